import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { TaskFact } from '../../worker/task/facts.ts';
import { OFFSET_BEGINNING } from '../../worker/task/ports.ts';
import { hasOutcome, newProcess, newTruth, type Process, type Rules, type Truth } from './books.ts';
import { Epoch } from './epoch.ts';
import { Held } from './held.ts';
import { PartitionLog } from './log.ts';
import { Ranges } from './ranges.ts';
import { Violation } from './violation.ts';

let log: PartitionLog;
let truth: Truth;
let ranges: Ranges;

beforeEach(() => {
  log = new PartitionLog(0, 't', 0, 0);
  for (let offset = 0; offset < 10; offset++)
    log.records.push({ offset, kind: 'good', value: Buffer.from('1'), text: '1', timestamp: 0 });
  log.end = 10;
  truth = newTruth();
  ranges = new Ranges(() => truth);
});

/** A process that has read the records 0 … 2. */
function reading(outOfRange: Rules['outOfRange']): { process: Process; epoch: Epoch } {
  const process = newProcess('p', { outOfRange } as Rules);
  const epoch = new Epoch('p', log, 0);
  process.epochs.set(0, epoch);
  for (const ordinal of [0, 1, 2]) epoch.receive(ordinal, new Held(1, 0, () => {}));
  return { process, epoch };
}

const told = (from: number, to: number): TaskFact & { kind: 'offset-reset' } => {
  return { kind: 'offset-reset', topic: 't', partition: 0, reset: 'earliest', from, to, low: log.low, high: log.end };
};

function breaks(invariant: string, action: () => unknown): void {
  assert.throws(action, (error: unknown) => error instanceof Violation && error.message.startsWith(invariant));
}

test('what retention took may be passed over where that is written, and must be told as it is', () => {
  const { process, epoch } = reading('earliest');
  log.loseBefore(6);
  assert.equal(ranges.refetched(process, epoch, 6), false);
  breaks('I1', () => ranges.told(process, told(3, 7)));
  breaks('I1', () => ranges.told(process, told(4, 6)));
  ranges.told(process, told(3, 6));
  ranges.check();
  assert.deepEqual(
    [3, 4, 5, 6].map(ordinal => hasOutcome(truth, ordinal)),
    [true, true, true, false],
  );
  breaks('I1', () => ranges.told(process, told(3, 6)));
});

test('nothing is passed over in silence, without the word for it, or while the log holds it', () => {
  const silent = reading('earliest');
  log.loseBefore(6);
  ranges.refetched(silent.process, silent.epoch, 6);
  breaks('I1', () => ranges.check());
  const unwritten = reading('fail');
  breaks('I1', () => ranges.refetched(unwritten.process, unwritten.epoch, 6));
  const far = reading('earliest');
  breaks('I1', () => ranges.refetched(far.process, far.epoch, 7));
  const latest = reading('latest');
  ranges.refetched(latest.process, latest.epoch, 10);
  ranges.told(latest.process, told(3, 10));
  log.low = 3;
  const inside = reading('latest');
  breaks('I1', () => ranges.refetched(inside.process, inside.epoch, 10));
});

test('nobody goes back, unless the log has lost its end and that is written', () => {
  const { process, epoch } = reading('earliest');
  const unwritten = reading('fail');
  breaks('I7', () => ranges.refetched(process, epoch, 0));
  breaks('I7', () => ranges.refetched(process, epoch, OFFSET_BEGINNING));
  log.loseFrom(2);
  truth.applied.push(1, 1, 1);
  ranges.truncated(0, 2);
  assert.equal(hasOutcome(truth, 2), false, 'what comes there next is another record');
  breaks('I7', () => ranges.refetched(process, epoch, 1));
  breaks('I7', () => ranges.refetched(unwritten.process, unwritten.epoch, 0));
  assert.equal(ranges.refetched(process, epoch, 0), true);
  const anew = new Epoch('p', log, 0);
  process.epochs.set(0, anew);
  ranges.rewound(epoch, anew);
  ranges.committed(truth, 'less than before');
  breaks('I3', () => ranges.committed(truth, 'less than before'));
  breaks('I1', () => ranges.check());
  ranges.rewound(epoch, anew);
  ranges.told(process, told(3, 0));
  ranges.check();
});

test('a partition in which the group has no place yet begins where its log does', () => {
  const process = newProcess('p', { outOfRange: 'fail' } as Rules);
  const epoch = new Epoch('p', log, 0);
  log.loseBefore(4);
  assert.equal(ranges.refetched(process, epoch, OFFSET_BEGINNING), false);
  ranges.check();
  assert.deepEqual([epoch.next, hasOutcome(truth, 3)], [4, true]);
  log.loseBefore(5);
  ranges.refetched(process, epoch, OFFSET_BEGINNING);
  assert.deepEqual([epoch.next, hasOutcome(truth, 4)], [5, true], 'however often');
});
