import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditDemo, type DemoRun, renderAudit } from '../../../worker/demo/audit.ts';
import { DEMO_TOPICS, demoEvents } from '../../../worker/demo/events.ts';

const produced = [...demoEvents(1000)];
const broken = produced.filter(event => event.fate !== 'deliverable').length;

function run(change: (counts: Record<string, Record<string, number>>) => void = () => undefined): DemoRun {
  const counts: Record<string, { consumed: number; delivered: number; deadLettered: number; skipped: number }> = {};
  for (const topic of DEMO_TOPICS) {
    const events = produced.filter(event => event.topic === topic);
    const good = events.filter(event => event.fate === 'deliverable').length;
    counts[topic] = { consumed: events.length, delivered: good, deadLettered: events.length - good, skipped: 0 };
  }
  const received = Object.fromEntries(Object.entries(counts).map(([topic, each]) => [topic, each.delivered]));
  change(counts);
  return { produced, counts, endpoint: { received: topic => received[topic] ?? 0, duplicates: 0 } };
}

test('the events are as many as asked for, distinct, of three topics, and some of them break', () => {
  const ids = produced.map(event => event.value.match(/"id":"([^"]+)"/)?.[1]);
  assert.equal(new Set(ids).size, 1000);
  assert.deepEqual(new Set(produced.map(event => event.topic)), new Set(DEMO_TOPICS));
  assert.ok(broken >= 3 && broken < 10);
  for (const { fate, value } of produced) {
    if (fate === 'not JSON') assert.throws(() => JSON.parse(value));
    else assert.equal((JSON.parse(value) as { amount?: number }).amount === -1, fate === 'refused');
  }
  for (const amount of [1, 2, 7, 50_000]) assert.equal([...demoEvents(amount)].length, amount);
});

test('three accounts that agree are correct', () => {
  const audit = auditDemo(run());
  assert.equal(audit.correct, true);
  assert.equal(
    audit.lines.reduce((sum, line) => sum + line.deadLettered, 0),
    broken,
  );
});

const lies: Readonly<Record<string, (counts: Record<string, Record<string, number>>) => void>> = {
  'a record lost before it was counted': counts => (counts['demo-orders']!['consumed']! -= 1),
  'a delivery that the endpoint never saw': counts => (counts['demo-payments']!['delivered']! += 1),
  'a good record in the dead letter queue': counts => {
    counts['demo-clicks']!['delivered']! -= 1;
    counts['demo-clicks']!['deadLettered']! += 1;
  },
  'a record skipped': counts => {
    counts['demo-clicks']!['delivered']! -= 1;
    counts['demo-clicks']!['skipped']! += 1;
  },
  'a topic that never came': counts => {
    delete counts['demo-clicks'];
  },
};
for (const [name, lie] of Object.entries(lies)) {
  test(`${name} is found`, () => assert.equal(auditDemo(run(lie)).correct, false));
}

test('a record that arrived twice is found', () => {
  const { endpoint, ...rest } = run();
  assert.equal(auditDemo({ ...rest, endpoint: { ...endpoint, duplicates: 1 } }).correct, false);
});

test('the rendering has a line for each topic and says what batching saved', () => {
  const text = renderAudit(auditDemo(run()), {
    requests: 10,
    refused: 2,
    refusals: 'Refused',
    tokens: 1,
    duplicates: 0,
  });
  for (const topic of DEMO_TOPICS) assert.match(text, new RegExp(`^${topic} .* = .* \\+ .* \\+ .* yes$`, 'm'));
  assert.match(text, /^Refused: 2; /m);
  assert.match(text, new RegExp(`${1000 - broken - 10} requests saved by batching`));
});
