import type { Clock } from '../connector/ports.ts';
import type { Task, TaskEnd, TaskStatus } from './task/task.ts';
import type { Log } from './telemetry/log.ts';

/** A task that was built and is not started. */
export interface BuiltTask {
  readonly task: Task;
  /** Frees what the task leaves open (connections), once it has ended. */
  close(): Promise<void>;
}

/** A task from its start to its end. */
export interface RunningTask {
  pause(): void;
  resume(): void;
  status(): TaskStatus;
  /** It has `deadlineMs` to end. Idempotent; a later, shorter deadline wins. */
  stop(deadlineMs: number): void;
  /** Resolves after `stop`, `GRACE_MS` past its deadline at the latest. Never rejects. */
  readonly ended: Promise<TaskEnd>;
}

/**
 * What a task and its connections may take to say goodbye beyond the deadline, before they are left behind. A task takes less;
 * the process has to end within two seconds.
 */
const GRACE_MS = 1_700;

/** @param log writes lines that carry the task's name */
export function startTask({ task, close }: BuiltTask, isPaused: boolean, clock: Clock, log: Log): RunningTask {
  let trace: string | null = null;
  let taskEnd: TaskEnd | null = null;
  let isOver = false;
  let limitAt = Number.POSITIVE_INFINITY;
  let cancelLimit = (): void => undefined;
  let resolveEnd!: (end: TaskEnd) => void;
  const ended = new Promise<TaskEnd>(resolve => {
    resolveEnd = resolve;
  });

  /** A task never rejects; should one do so, that is a defect, and the others are not to suffer for it. */
  async function run(): Promise<TaskEnd> {
    try {
      return await task.run();
    } catch (error) {
      const text = `Internal error: ${error instanceof Error ? error.message : String(error)}`;
      log.write('error', text, { event: 'task-defect', error });
      return { clean: false, trace: text };
    }
  }

  async function runAndClose(): Promise<TaskEnd> {
    const end = await run();
    taskEnd = end;
    await close().catch(error =>
      log.write('warn', 'Closing the connections failed', { event: 'connections-not-closed', error }),
    );
    trace = end.trace;
    return end;
  }

  function finish(end: TaskEnd): void {
    isOver = true;
    cancelLimit();
    resolveEnd(end);
  }

  if (isPaused) task.pause();
  const whole = runAndClose();
  log.write('info', `Task started, with the ${task.status().reader} reader`, { event: 'task-started' });

  return {
    pause: () => task.pause(),
    resume: () => task.resume(),
    ended,
    stop(deadlineMs) {
      if (isOver) return;
      task.stop(deadlineMs);
      const at = clock.now() + deadlineMs + GRACE_MS;
      if (limitAt === Number.POSITIVE_INFINITY) void whole.then(finish);
      if (at >= limitAt) return;
      cancelLimit();
      limitAt = at;
      // What is known of the task counts, however its connections hang.
      cancelLimit = clock.timer(deadlineMs + GRACE_MS, () => finish(taskEnd ?? UNKNOWN_END));
    },
    status: () => failedStatus(task.status(), trace),
  };
}

const UNKNOWN_END: TaskEnd = { clean: false, trace: null };

/** A task whose run has ended with a trace is FAILED, whatever it last said. */
function failedStatus(status: TaskStatus, trace: string | null): TaskStatus {
  return trace === null || status.state === 'FAILED' ? status : { ...status, state: 'FAILED', trace };
}
