import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../config/load.ts';
import { systemFiles } from '../../../config/source/files.ts';
import type { ConnectorConfig } from '../../../config/types.ts';
import { stylesOf, widthOf } from '../../../worker/cli/terminal.ts';
import { type Advice, type AdviceParts, advise } from '../../../worker/tune/advice.ts';
import { fitPoints } from '../../../worker/tune/model.ts';
import type { Point } from '../../../worker/tune/point.ts';
import { renderReport } from '../../../worker/tune/report.ts';
import type { Choice, TuneResult } from '../../../worker/tune/session.ts';
import type { Account } from '../../../worker/tune/summary.ts';
import { renderAccount } from '../../../worker/tune/text.ts';
import { GRID, pointOf, WORKERS } from './models.ts';

function configOf(more = ''): ConnectorConfig {
  const sink = `name=c\nconnector.class=HttpSink\ntopics=t\nhttp.url=https://collector.example.org/in\n${more}`;
  const { connectors } = parseConfig({
    worker: { name: 'worker', text: 'bootstrap.servers=kafka:9092\n' },
    connectors: [{ name: 'sink', text: sink }],
    env: {},
    overrides: [],
    files: systemFiles,
  });
  return connectors[0]!;
}

const LOAD = { batch: 1_000, inFlight: 8 };
const SAMPLE = { records: 5_000, unfit: 0, bytes: { mean: 200, p99: 300, most: 900 }, arrivalPerSecond: null };

interface Scene {
  readonly load?: typeof LOAD;
  readonly sink?: string;
  readonly points?: readonly Point[];
  readonly arrivalPerSecond?: number;
  readonly parts?: Partial<AdviceParts>;
  readonly confirmed?: number | null;
}

function scene({ load = LOAD, sink = '', points, arrivalPerSecond, parts, confirmed = 1.02 }: Scene = {}) {
  const all = points ?? GRID.map(each => pointOf(WORKERS, each));
  const prediction = pointOf(WORKERS, load);
  const choice: Choice = {
    codec: null,
    prediction,
    confirmed: confirmed === null ? null : pointOf(WORKERS, load, confirmed),
    best: pointOf(WORKERS, { batch: 10_000, inFlight: 64 }),
  };
  const result: TuneResult = {
    sample: { ...SAMPLE, arrivalPerSecond: arrivalPerSecond ?? null },
    results: [{ codec: null, points: all, complete: true, fitted: fitPoints(all) }],
    choice,
    refused: null,
    interrupted: false,
    limits: { requests: 20_000, bytes: 2e9, ms: 300_000 },
    used: { requests: 5_000, bytes: 1e9, ms: 60_000 },
    reached: null,
  };
  const advice = advise(choice, result, {
    config: configOf(sink),
    prefix: '',
    worker: { offsetFlushIntervalMs: 5_000 },
    partitions: 12,
    latencyP99Ms: null,
    ...parts,
  });
  return { advice, result, choice };
}

function settingOf({ lines }: Advice, key: string): string | undefined {
  return lines.find(line => line.key === key)?.value;
}

test('what was chosen becomes keys, beside what they were', () => {
  const { advice } = scene();
  const [records, , , inFlight] = advice.lines;
  assert.deepEqual([records!.key, records!.value, records!.before], ['batch.max.records', '1000', '500']);
  assert.deepEqual([inFlight!.key, inFlight!.value, inFlight!.before], ['delivery.max.in.flight', '8', '8']);
  assert.ok(Math.abs(advice.deviation! - 0.02) < 1e-9);
  assert.ok(Math.abs(advice.knee - 8) < 0.5, `${advice.knee}`);
  assert.equal(scene({ confirmed: null }).advice.deviation, null);
});

test('what is configured is predicted too', () => {
  const { configured } = scene({ sink: 'batch.max.records=100\ndelivery.max.in.flight=2\n' }).advice;
  const truth = pointOf(WORKERS, { batch: 100, inFlight: 2 });
  assert.ok(Math.abs(configured.recordsPerSecond / truth.recordsPerSecond - 1) < 0.05);
});

test('requests in flight are parted among tasks, of which there are never more than partitions', () => {
  assert.equal(settingOf(scene({ sink: 'tasks.max=3\n' }).advice, 'delivery.max.in.flight'), '3');
  assert.equal(
    settingOf(scene({ sink: 'tasks.max=3\n', parts: { partitions: 2 } }).advice, 'delivery.max.in.flight'),
    '4',
  );
});

test('bodies have room for large records, and stay as they are where they have it', () => {
  assert.equal(settingOf(scene().advice, 'batch.max.bytes'), '1048576');
  const large = scene({ load: { batch: 8_000, inFlight: 2 } }).advice;
  assert.ok(Number(settingOf(large, 'batch.max.bytes')) >= 8_000 * 200 * 1.25);
});

test('a body that the endpoint refuses is never allowed', () => {
  const tooLarge = { kind: 'too-large', text: '413' } as const;
  const points = GRID.map(load => {
    const point = pointOf(WORKERS, load);
    return load.batch <= 1_000 ? point : { ...point, requests: 0, bodyBytes: 0, objection: tooLarge };
  });
  const bytes = Number(settingOf(scene({ points }).advice, 'batch.max.bytes'));
  assert.ok(bytes >= 1_000 * 200 && bytes < 10_000 * 200, `${bytes}`);
});

test('linger: until a batch is full, but no longer than a request takes, or than the objective leaves', () => {
  const linger = (more: Scene) => Number(settingOf(scene(more).advice, 'batch.linger.ms'));
  const { p50Ms, p99Ms } = pointOf(WORKERS, LOAD, 1.02);
  assert.equal(linger({ arrivalPerSecond: 100_000 }), 10);
  assert.equal(linger({ arrivalPerSecond: 1 }), Math.ceil(p50Ms));
  assert.equal(linger({ arrivalPerSecond: 1, parts: { latencyP99Ms: 500 } }), Math.ceil(500 - p99Ms));
  assert.equal(linger({ arrivalPerSecond: 1, parts: { latencyP99Ms: 1 } }), 0);
  assert.equal(linger({}), 20, 'as configured where nothing is known');
});

test('what may come twice: what is between two commits, at most what partitions may have', () => {
  const rate = pointOf(WORKERS, LOAD, 1.02).recordsPerSecond;
  assert.equal(scene({ parts: { partitions: 1_000 } }).advice.duplicates.records, Math.ceil(rate * 5) + 8_000);
  assert.deepEqual(scene({ parts: { partitions: 2 } }).advice.duplicates, { records: 20_000, ofPartition: 10_000 });
});

test('a buffer or a cap that would starve it is told as well', () => {
  const { advice } = scene({ load: { batch: 10_000, inFlight: 8 }, sink: 'buffer.max.bytes=4194304\n' });
  assert.ok(Number(settingOf(advice, 'buffer.max.bytes')) >= 10 * 10_000 * 200);
  assert.equal(settingOf(advice, 'delivery.max.uncommitted.records'), '20000');
  assert.equal(settingOf(scene().advice, 'buffer.max.bytes'), undefined);
});

function accountOf(more: Partial<Account> = {}): Account {
  const { advice, result } = scene({ arrivalPerSecond: 18_000 });
  return { subject: 'https://collector.example.org/in', connector: 'orders', source: 'of t', result, advice, ...more };
}

const PLAIN = stylesOf({ terminal: false, env: {} });

test('a terminal of 40 columns has no line that is longer, and what is pasted is whole', () => {
  const text = renderAccount(accountOf(), { styles: PLAIN, width: 40 });
  for (const line of text.split('\n')) assert.ok(widthOf(line) <= 40 || line.includes('='), line);
  assert.match(text, /^batch\.max\.records=1000$/m);
});

test('without a terminal nothing is cut', () => {
  const text = renderAccount(accountOf(), { styles: PLAIN, width: null });
  assert.match(
    text,
    /^batch\.max\.records=1000 +# in place of 500: the smallest batch that comes within 3 % of the fastest$/m,
  );
  assert.match(
    text,
    /It gives .* records\/s in .* requests\/s, p50 .*, p99 .*: measured, 2 % more than the .* predicted\./,
  );
});

test('what keeps it from being all that it could be is told', () => {
  const { result } = accountOf();
  const say = (more: Partial<TuneResult>) =>
    renderAccount(accountOf({ result: { ...result, ...more } }), { styles: PLAIN, width: null });
  const cut = result.results.map(each => ({ ...each, complete: false }));
  assert.match(say({ interrupted: true }), /It was interrupted/);
  assert.match(say({ results: cut, reached: 'bytes' }), /--max-bytes left no room/);
  assert.match(
    say({ choice: { ...result.choice!, confirmed: { ...result.choice!.confirmed!, busy: 0.99 } } }),
    /This process was busy/,
  );
  assert.match(say({ choice: { ...result.choice!, confirmed: null } }), /not measured itself/);
  assert.match(say({ sample: { ...result.sample, arrivalPerSecond: 1e7 } }), /The lag grows/);
  assert.doesNotMatch(say({}), /interrupted|no room|This process was busy|not measured itself|lag grows/);
});

test('the report has each plot for its readers, each point in its table, and nothing that is loaded', () => {
  const account = accountOf({ subject: '<img src=x onerror=y>' });
  const html = renderReport(account, '2026-01-31T12:00:00Z');
  assert.equal(html.match(/<svg [^>]*role="img" aria-labelledby=/g)!.length, 4);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'ids are distinct');
  assert.equal(html.match(/<tr[ >]/g)!.length, 1 + GRID.length);
  assert.ok(!html.includes('<img'));
  assert.doesNotMatch(html, /https?:\/\/(?!collector)|url\(|@import|NaN|Infinity|undefined/);
});
