import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Appetite } from './appetite.ts';
import { newProcess, type Process, rulesOf } from './books.ts';
import { Deadlines } from './deadlines.ts';
import { Held } from './held.ts';
import { Host } from './host.ts';
import { Isolation } from './isolation.ts';
import { type LogRecord, PartitionLog } from './log.ts';
import { drawPlan, type Plan } from './plan.ts';
import { Scheduler } from './scheduler.ts';
import { Violation } from './violation.ts';

const DRAWN = drawPlan(1);
const PLAN: Plan = {
  ...DRAWN,
  maxPollMs: 300_000,
  readMs: 1_000,
  connector: {
    ...DRAWN.connector,
    transforms: [],
    delivery: { ...DRAWN.connector.delivery, drainTimeoutMs: 2_000, bufferMaxBytes: 8_000 },
  },
};
const REVOKE_MS = 2_000 + PLAN.worker.offsetFlushTimeoutMs + 1_000 + 1_000;

let scheduler: Scheduler;
let host: Host;
let deadlines: Deadlines;
let process: Process;
let appetite: Appetite;
let log: PartitionLog;

beforeEach(() => {
  scheduler = new Scheduler();
  host = new Host('w', scheduler, 0);
  deadlines = new Deadlines(host, PLAN, PLAN.connector);
  process = newProcess('w', rulesOf(PLAN.connector, PLAN));
  appetite = new Appetite(host, PLAN.connector, process);
  log = new PartitionLog(0, 't', 0, 0);
});

async function pass(ms: number): Promise<void> {
  scheduler.after(ms, () => {});
  await scheduler.run(() => false);
}

function breaks(invariant: string, check: () => void): void {
  assert.throws(check, (error: unknown) => error instanceof Violation && error.invariant === invariant);
}

test('I16: a stop has its time and two seconds more; a second one counts where it ends sooner', async () => {
  deadlines.stop(10_000);
  await pass(1_000);
  deadlines.stop(30_000);
  await pass(11_000);
  deadlines.check();
  await pass(1);
  breaks('I16', () => deadlines.check());
});

test('I16: a second stop with less time is held to that', async () => {
  deadlines.stop(30_000);
  await pass(1_000);
  deadlines.stop(0);
  await pass(2_000);
  deadlines.check();
  await pass(1);
  breaks('I16', () => deadlines.check());
});

test('the time in a freeze does not count', async () => {
  deadlines.stop(0);
  host.freeze(['loop']);
  await pass(60_000);
  deadlines.check();
  host.thaw();
  deadlines.thawed();
  await pass(2_000);
  deadlines.check();
  await pass(1);
  breaks('I16', () => deadlines.check());
});

test('I16: a failed task leaves its group within the graceful time and two seconds', async () => {
  deadlines.readStarts();
  deadlines.failed();
  await pass(PLAN.worker.taskShutdownGracefulTimeoutMs + 2_000);
  deadlines.check();
  await pass(1);
  breaks('I16', () => deadlines.check());
  deadlines.left();
  deadlines.check();
});

test('I24: a client that can not go on fails its task at once', async () => {
  deadlines.fatalSeen();
  await pass(1_000);
  deadlines.check();
  await pass(1);
  breaks('I24', () => deadlines.check());
  deadlines.failed();
  deadlines.check();
});

test('I15: polls come at least every fifth of the interval, for as long as it is a member', async () => {
  deadlines.readStarts();
  await pass(60_001);
  breaks('I15', () => deadlines.check());
  deadlines.left();
  deadlines.check();
});

test('I5: a revoke is answered in the time for requests and the last commit', async () => {
  deadlines.revokeSeen();
  await pass(REVOKE_MS);
  deadlines.check();
  await pass(1);
  breaks('I5', () => deadlines.check());
  deadlines.revokeAnswered();
  deadlines.check();
});

test('I11: more is read than the budget and two blocks', () => {
  appetite.assigned(log);
  process.heldBytes = 8_200;
  appetite.blockRead([log], 100);
  process.heldBytes = 8_201;
  process.blocks.add(new Held(8_201, 0, () => {}));
  breaks('I11', () => appetite.blockRead([log], 100));
});

test('I11: what has its outcome of a block that waits may have been freed', async () => {
  appetite.assigned(log);
  const block = new Held(8_201, host.now, () => {});
  block.add(90);
  block.add(10);
  block.release(10);
  process.heldBytes = 8_201;
  process.blocks.add(block);
  breaks('I11', () => appetite.blockRead([log], 100));
  await pass(2_000);
  appetite.blockRead([log], 100);
});

test('I22: a partition is called stalled that has had no time to bring anything', async () => {
  appetite.assigned(log);
  await pass(20_000);
  breaks('I22', () => appetite.stalled(log));
  await pass(10_000);
  appetite.stalled(log);
  // What comes now may have crossed the question that was asked before.
  appetite.blockRead([log], 100);
  await pass(5_000);
  appetite.stalled(log);
  await pass(5_000);
  breaks('I22', () => appetite.stalled(log));
});

test('I22: what passes in a pause is no silence', async () => {
  appetite.assigned(log);
  appetite.paused(log);
  await pass(60_000);
  appetite.resumed(log);
  await pass(1_000);
  breaks('I22', () => appetite.stalled(log));
});

test('I23: all stays paused though next to nothing is held', async () => {
  process.heldBytes = 1_000;
  appetite.checkStarved(true);
  await pass(15_001);
  breaks('I23', () => appetite.checkStarved(true));
  process.heldBytes = 1_001;
  appetite.checkStarved(true);
  process.heldBytes = 0;
  process.pausedAt = 0;
  appetite.checkStarved(true);
});

test('I23: a record of another partition than the stuck one waits for more than a minute', () => {
  const stuck = new PartitionLog(1, 't', 1, 0);
  const record = (timestamp: number): LogRecord => ({ offset: 0, kind: 'good', value: null, text: '', timestamp });
  log.records.push(record(5_000));
  stuck.records.push(record(0));
  let done = false;
  const isolation = new Isolation({ hasOutcome: () => done }, [log, stuck], { stuck: 1, stuckTo: -1, stuckAt: null });
  isolation.check(65_000);
  breaks('I23', () => isolation.check(65_001));
  done = true;
  isolation.check(65_001);
});

test('I23: what stands before a record that goes where nothing is taken waits for more than a minute', () => {
  const record = (offset: number, to: number): LogRecord => {
    const told = { to, key: '', headers: [], members: '' };
    return { offset, kind: 'good', value: null, text: '', timestamp: 0, told };
  };
  log.records.push(record(0, 1), record(1, 0), record(2, 1));
  let done = 0;
  const isolation = new Isolation({ hasOutcome: (_, ordinal) => ordinal < done }, [log], {
    stuck: -1,
    stuckTo: 0,
    stuckAt: null,
  });
  isolation.check(60_000);
  breaks('I23', () => isolation.check(60_001));
  done = 1;
  isolation.check(60_001);
  done = 2;
  breaks('I23', () => isolation.check(60_001));
});
