import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createModelEndpoint } from '../../../worker/tune/model-endpoint.ts';
import { createReplay, figuresLine, parseRecording, RECORDING_HEAD } from '../../../worker/tune/recording.ts';
import { NO_COSTS, parseSimulation, SimulationError } from '../../../worker/tune/simulation.ts';
import { seeded } from './models.ts';

const ARRIVAL = { now: 0, records: 1, bytes: 100, others: 0 };
const NO_CHANCE = () => 0.5;

test('a made-up endpoint is read from what is said of it', () => {
  assert.deepEqual(parseSimulation('latency=20ms, per-record=50us,workers=8,jitter=0.2,bandwidth=20MB/s'), {
    ...NO_COSTS,
    latency: 20,
    perRecord: 0.05,
    workers: 8,
    jitter: 0.2,
    bandwidth: 20e6,
  });
  const others = parseSimulation('serial=10us,serial-per-record=1.5ms,rate=100/s,limit=50,errors=0.01,max-bytes=1MiB');
  assert.deepEqual(others, {
    ...NO_COSTS,
    serial: 0.01,
    serialPerRecord: 1.5,
    rate: 100,
    limit: 50,
    errors: 0.01,
    maxBytes: 2 ** 20,
  });
});

for (const text of [
  '',
  'latency',
  'latency=',
  'latency=20',
  'latency=-1ms',
  'latency=1e9ms',
  'workers=0',
  'workers=1.5',
  'jitter=2',
  'rate=0',
  'constructor=1ms',
  '__proto__=1',
  'latency=1ms,latency=2ms',
  'bandwidth=20MB',
  'latency=1ms,',
]) {
  test(`"${text}" is none`, () => {
    assert.throws(() => parseSimulation(text), SimulationError);
  });
}

test('latency passes beside others, what there is one of does not', () => {
  const own = createModelEndpoint({ ...NO_COSTS, latency: 20, perRecord: 0.1 }, NO_CHANCE);
  assert.deepEqual(
    [1, 2, 3].map(() => own({ ...ARRIVAL, records: 100 }).at),
    [30, 30, 30],
  );
  const serial = createModelEndpoint({ ...NO_COSTS, latency: 20, serial: 1, serialPerRecord: 0.1 }, NO_CHANCE);
  assert.deepEqual(
    [1, 2, 3].map(() => serial({ ...ARRIVAL, records: 10 }).at),
    [22, 24, 26],
  );
});

test('so many workers serve so many at a time, the next when one is free', () => {
  const answer = createModelEndpoint({ ...NO_COSTS, latency: 10, workers: 2 }, NO_CHANCE);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => answer(ARRIVAL).at),
    [10, 10, 20, 20, 30],
  );
  assert.equal(answer({ ...ARRIVAL, now: 100 }).at, 110);
});

test('a rate lets requests wait, a limit refuses them, bandwidth is by bytes', () => {
  const slow = createModelEndpoint({ ...NO_COSTS, rate: 100 }, NO_CHANCE);
  assert.deepEqual(
    [1, 2, 3].map(() => slow(ARRIVAL).at),
    [10, 20, 30],
  );
  const strict = createModelEndpoint({ ...NO_COSTS, limit: 2 }, NO_CHANCE);
  assert.deepEqual(
    [1, 2, 3].map(() => strict(ARRIVAL).status),
    [200, 200, 429],
  );
  assert.equal(strict({ ...ARRIVAL, now: 1_001 }).status, 200);
  const thin = createModelEndpoint({ ...NO_COSTS, bandwidth: 1_000 }, NO_CHANCE);
  assert.equal(thin({ ...ARRIVAL, bytes: 500 }).at, 500);
  const small = createModelEndpoint({ ...NO_COSTS, maxBytes: 100 }, NO_CHANCE);
  assert.deepEqual([small(ARRIVAL).status, small({ ...ARRIVAL, bytes: 101 }).status], [200, 413]);
});

test('errors and jitter are as many as was said', () => {
  const answer = createModelEndpoint({ ...NO_COSTS, latency: 10, jitter: 0.2, errors: 0.1 }, seeded(1));
  const answers = Array.from({ length: 2_000 }, () => answer(ARRIVAL));
  const failed = answers.filter(({ status }) => status === 500).length;
  assert.ok(failed > 140 && failed < 260, `${failed}`);
  assert.ok(answers.every(({ at }) => at >= 8 && at <= 12));
  assert.ok(Math.max(...answers.map(({ at }) => at)) > 11.8);
});

const FIGURES = [
  { inFlight: 1, records: 10, bytes: 1_000, ms: 20.5, status: 200 },
  { inFlight: 8, records: 1_000, bytes: 100_000, ms: 90, status: 200 },
  { inFlight: 64, records: 1_000, bytes: 0, ms: 5, status: null },
];

test('a recording is read as it was written; a last line that is cut is left out', () => {
  const text = RECORDING_HEAD + FIGURES.map(figuresLine).join('');
  assert.deepEqual(parseRecording(text), FIGURES);
  assert.deepEqual(parseRecording(text.slice(0, -5)), FIGURES.slice(0, -1));
});

for (const [name, text] of Object.entries({
  empty: '',
  'another file': '{"id":1}\n{"id":2}\n',
  'another version': '{"kind":"tailrace-tune-recording","version":2}\n',
  'no request': RECORDING_HEAD,
  'no figures': `${RECORDING_HEAD}{"inFlight":0,"records":1,"bytes":0,"ms":1,"status":200}\n`,
  'a status that is none': `${RECORDING_HEAD}{"inFlight":1,"records":1,"bytes":0,"ms":1,"status":99}\n`,
  'no object': `${RECORDING_HEAD}null\n`,
})) {
  test(`a recording that is none: ${name}`, () => {
    assert.throws(() => parseRecording(text), { name: 'Error' });
  });
}

test('a replay answers as the recorded requests did that are most like it', () => {
  const answer = createReplay(FIGURES, NO_CHANCE);
  assert.deepEqual(answer({ now: 7, records: 20, bytes: 1, others: 0 }), { at: 27.5, status: 200 });
  assert.deepEqual(answer({ now: 0, records: 700, bytes: 1, others: 9 }), { at: 90, status: 200 });
  assert.deepEqual(answer({ now: 0, records: 700, bytes: 1, others: 63 }), { at: 5, status: 503 });
});
