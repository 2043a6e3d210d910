import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Threshold } from '../../../worker/isolation/levels.ts';
import type { FromTask, ToTask } from '../../../worker/isolation/messages.ts';
import { ProcessTask } from '../../../worker/isolation/process-task.ts';
import type { TaskFact } from '../../../worker/task/facts.ts';
import type { TaskEnd } from '../../../worker/task/task.ts';
import { createManualClock } from '../manual-clock.ts';
import { createLines } from '../store/silent-log.ts';
import { RUNNING } from './running-status.ts';

const NOTHING = { facts: [], lines: [], status: null, now: 0, dropped: { facts: 0, lines: 0 } };
const WORD: FromTask = { kind: 'news', ...NOTHING };

/** A worker's side; the process on the other is played by the test. */
function setUp() {
  const clock = createManualClock();
  const { log, lines } = createLines();
  const told: ToTask[] = [];
  const facts: TaskFact[] = [];
  let kills = 0;
  let threshold: Threshold = 'info';
  let says!: (message: FromTask) => void;
  let exits!: (how: string, lastWords: string) => void;
  const task = new ProcessTask({
    start: { config: null, taskId: 3, secrets: [] },
    reader: 'native',
    spawn: () => ({
      pid: 77,
      send: message => void told.push(message),
      listen: ({ message, exited }) => {
        says = message;
        exits = exited;
      },
      kill: () => {
        kills += 1;
      },
    }),
    clock,
    announce: fact => void facts.push(fact),
    log,
    mask: text => text.replaceAll('a secret', '[hidden]'),
    threshold: () => threshold,
  });
  const ends: TaskEnd[] = [];
  void task.run().then(end => ends.push(end));
  return {
    clock,
    lines,
    told,
    facts,
    task,
    ends,
    says: (message: FromTask) => says(message),
    exits: (how: string, lastWords = '') => exits(how, lastWords),
    setThreshold: (to: Threshold) => {
      threshold = to;
    },
    get kills() {
      return kills;
    },
  };
}

const turn = (): Promise<void> => new Promise(setImmediate);

test('begins with all that the process needs, and says which one it is', () => {
  const { told, lines, task } = setUp();
  assert.deepEqual(told, [{ kind: 'start', config: null, taskId: 3, secrets: [], isPaused: false, threshold: 'info' }]);
  assert.deepEqual(lines, ['info The process of the task is 77']);
  assert.deepEqual([task.status().state, task.status().reader], ['UNASSIGNED', 'native']);
});

test('times of a status are moved to this clock', () => {
  const { clock, says, task } = setUp();
  const since = 2_500;
  const sink = { state: 'parked', reason: 'r', since } as const;
  says({ ...WORD, status: { ...RUNNING, sink: sink as never }, now: 6_000 } as FromTask);
  const shift = clock.now() - 6_000;
  const { lastPollAt, lastVerdictAt, sink: moved } = task.status();
  assert.deepEqual([lastPollAt, lastVerdictAt], [5_000 + shift, 4_000 + shift]);
  assert.deepEqual(moved, { ...sink, since: since + shift });
});

test('a minute without a word, and it is killed; a worker that stood still itself kills nobody', () => {
  const setting = setUp();
  const { clock, says, lines } = setting;
  for (let i = 0; i < 20; i++) {
    // What came meanwhile is heard behind the timer that is due.
    clock.advance(10_000);
    says(WORD);
  }
  assert.equal(setting.kills, 0);
  clock.advance(60_000);
  assert.equal(setting.kills, 0);
  clock.advance(10_000);
  assert.equal(setting.kills, 1);
  assert.deepEqual(lines.slice(1), ['error The process of the task has said nothing for 60 s: it is killed']);
});

test('a stop has its deadline and what a task may take beyond it; a later, shorter one wins, a longer one does not', async () => {
  const setting = setUp();
  const { clock, task, told, ends, exits } = setting;
  task.stop(10_000);
  task.stop(1_000);
  task.stop(60_000);
  assert.deepEqual(
    told.slice(1),
    [10_000, 1_000, 60_000].map(deadlineMs => ({ kind: 'stop', deadlineMs, sentAt: clock.wall() })),
  );
  clock.advance(2_599);
  assert.equal(setting.kills, 0);
  clock.advance(1);
  assert.equal(setting.kills, 1);
  exits('SIGKILL');
  await turn();
  assert.deepEqual(ends, [{ clean: false, trace: null }]);
  assert.deepEqual(setting.facts, [], 'what was stopped did not crash');
  assert.equal(clock.timers, 0);
});

test('how it ended counts, whatever hangs in the process afterwards', async () => {
  const { task, says, exits, ends, clock } = setUp();
  task.stop(1_000);
  says({ kind: 'end', end: { clean: true, trace: null } });
  clock.advance(2_600);
  exits('SIGKILL');
  await turn();
  assert.deepEqual(ends, [{ clean: true, trace: null }]);
});

test('one that the system refuses to start, or that ends by itself, is FAILED and told once; its last words are for the log', async () => {
  const { exits, facts, task, lines, ends } = setUp();
  exits('spawn EAGAIN', `a secret${'x'.repeat(2_044)}`);
  const reason = 'its process ended by itself: spawn EAGAIN';
  assert.deepEqual(facts, [{ kind: 'task-crashed', reason }]);
  assert.deepEqual([task.status().state, task.status().trace], ['FAILED', reason]);
  assert.equal(
    lines.at(-1),
    `error What the process of the task said last: den]${'x'.repeat(2_044)}`,
    'masked before it is cut',
  );
  await turn();
  assert.deepEqual(ends, [], 'it stays until it is stopped');
  task.stop(1_000);
  await turn();
  assert.deepEqual(ends, [{ clean: false, trace: reason }]);
});

test('levels go over when they change, and only then', () => {
  const { says, told, setThreshold } = setUp();
  says(WORD);
  setThreshold('trace');
  says(WORD);
  says(WORD);
  setThreshold(null);
  says(WORD);
  assert.deepEqual(told.slice(1), [
    { kind: 'threshold', threshold: 'trace' },
    { kind: 'threshold', threshold: null },
  ]);
});

test('what there was no room for is told, however often it happens, every ten seconds and at the end', () => {
  const { says, clock, lines, exits } = setUp();
  for (let i = 0; i < 100; i++) says({ ...WORD, dropped: { facts: 2, lines: 3 } } as FromTask);
  assert.equal(lines.length, 1);
  clock.advance(10_000);
  const missing = (facts: number, count: number): string =>
    `warn More happened in the process of the task than could be told: ${count} log lines and ${facts} facts for metrics are missing`;
  assert.deepEqual(lines.slice(1), [missing(200, 300)]);
  says({ ...WORD, dropped: { facts: 0, lines: 1 } } as FromTask);
  exits('SIGKILL');
  assert.deepEqual(lines.slice(2), [missing(0, 1)]);
});
