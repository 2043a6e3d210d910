import { Secret } from '../config/secret.ts';
import type { ConnectorConfig } from '../config/types.ts';
import { assembleTask } from './assemble.ts';
import { endProcess } from './cli/process-end.ts';
import { systemClock, systemRandom } from './clock.ts';
import { FACTS_MS, type FromTask, STATUS_MS, type ToTask } from './isolation/messages.ts';
import { unpack } from './isolation/pack.ts';
import type { TaskFact } from './task/facts.ts';
import type { Task } from './task/task.ts';
import type { Log, LogFields, LogLevel } from './telemetry/log.ts';
import { createMasking } from './telemetry/masking.ts';

/**
 * The process of one task (`task.isolation=process`). What it is to do comes over the channel from the worker that started it, and what happens
 * goes back over it; without a channel there is nobody to work for.
 */

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const facts: TaskFact[] = [];
let level: LogLevel = 'info';
let task: Task | null = null;

function send(message: FromTask, then: () => void = () => undefined): void {
  if (process.connected) process.send!(message, undefined, {}, then);
}

function sendFacts(): void {
  if (facts.length > 0) send({ kind: 'facts', facts: facts.splice(0) });
}

function sendStatus(): void {
  if (task !== null) send({ kind: 'status', status: task.status(), now: systemClock.now() });
}

function announce(fact: TaskFact): void {
  if (facts.push(fact) === 1) systemClock.timer(FACTS_MS, sendFacts);
}

function createLog(fields: LogFields): Log {
  return {
    write(of, text, more = {}) {
      if (this.writes(of)) send({ kind: 'line', level: of, text, fields: { ...fields, ...more } });
    },
    writes: of => LEVELS.indexOf(of) >= LEVELS.indexOf(level),
    with: more => createLog({ ...fields, ...more }),
  };
}

function tellOn(): void {
  sendStatus();
  systemClock.timer(STATUS_MS, tellOn);
}

async function run(start: ToTask & { readonly kind: 'start' }): Promise<void> {
  const { connector, worker } = unpack(start.config);
  process.title = titleOf(connector, start.taskId);
  const { mask } = createMasking(start.secrets.map(secret => new Secret(secret)));
  let built: ReturnType<typeof assembleTask>;
  try {
    const surroundings = { worker, clock: systemClock, random: systemRandom, announce, log: createLog({}), mask };
    built = assembleTask(connector, start.taskId, surroundings);
  } catch (error) {
    return send({ kind: 'unbuilt', reason: error instanceof Error ? error.message : String(error) });
  }
  task = built.task;
  if (start.isPaused) task.pause();
  tellOn();
  const end = await task.run();
  await built.close();
  sendFacts();
  sendStatus();
  send({ kind: 'end', end }, () => leave(0));
}

function titleOf({ name }: ConnectorConfig, taskId: number): string {
  return `tailrace ${name}-${taskId}`;
}

function leave(code: number): never {
  endProcess(code);
  process.exit(code);
}

process.on('message', (message: ToTask) => {
  switch (message.kind) {
    case 'start':
      level = message.logLevel;
      void run(message);
      return;
    case 'pause':
      return task?.pause();
    case 'resume':
      return task?.resume();
    case 'stop':
      if (task === null) leave(0);
      return task.stop(message.deadlineMs);
    case 'log-level':
      level = message.level;
  }
});
// What is not confirmed is not committed: whoever has the partitions next sends it again.
process.on('disconnect', () => leave(0));
// A terminal and a service manager signal the worker too, which stops its tasks in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
