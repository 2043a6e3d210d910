import type { Clock } from '../../connector/ports.ts';
import type { TaskFact } from '../task/facts.ts';
import type { Task, TaskEnd, TaskStatus } from '../task/task.ts';
import type { Log } from '../telemetry/log.ts';
import type { FromTask, ToTask } from './messages.ts';

/** A process of its own for a task, from its start on; its channel keeps the order of messages. */
export interface TaskProcess {
  send(message: ToTask): void;
  /** Called once. `exited` comes last: how it ended, and what it wrote to its standard error at the end. */
  listen(listeners: {
    readonly message: (message: FromTask) => void;
    readonly exited: (how: string, lastWords: string) => void;
  }): void;
  /** Ends it now, whatever it is at. */
  kill(): void;
}

export interface ProcessTaskParts {
  readonly start: Omit<ToTask & { readonly kind: 'start' }, 'kind' | 'isPaused'>;
  readonly spawn: () => TaskProcess;
  readonly clock: Clock;
  readonly announce: (fact: TaskFact) => void;
  readonly log: Log;
}

/** A process that says nothing for so long is not coming back: each says something a few times a second. */
const SILENCE_MS = 60_000;
/** Beyond the deadline of its task, before it is killed. */
const GRACE_MS = 1_500;

/**
 * A task in a process of its own. It is the same task, told of through a channel: facts, status and log lines come over as they are, and this
 * worker counts, shows and writes them. One that ends by itself leaves the task FAILED, and whoever supervises it starts another.
 */
export function createProcessTask(parts: ProcessTaskParts): Task {
  return new ProcessTask(parts);
}

class ProcessTask implements Task {
  readonly #parts: ProcessTaskParts;
  #process: TaskProcess | null = null;
  #status: TaskStatus = NOT_YET;
  #end: TaskEnd | null = null;
  #isPaused = false;
  #isStopping = false;
  #hasExited = false;
  #killAt = Number.POSITIVE_INFINITY;
  #cancelKill = (): void => undefined;
  #cancelSilence = (): void => undefined;
  #resolveRun!: (end: TaskEnd) => void;
  readonly #run = new Promise<TaskEnd>(resolve => {
    this.#resolveRun = resolve;
  });

  constructor(parts: ProcessTaskParts) {
    this.#parts = parts;
  }

  run(): Promise<TaskEnd> {
    const process = this.#parts.spawn();
    this.#process = process;
    process.listen({
      message: message => this.#heard(message),
      exited: (how, lastWords) => this.#exited(how, lastWords),
    });
    process.send({ kind: 'start', ...this.#parts.start, isPaused: this.#isPaused });
    this.#listenOn();
    return this.#run;
  }

  pause(): void {
    this.#isPaused = true;
    this.#process?.send({ kind: 'pause' });
  }

  resume(): void {
    this.#isPaused = false;
    this.#process?.send({ kind: 'resume' });
  }

  stop(deadlineMs: number): void {
    this.#isStopping = true;
    if (this.#hasExited) return this.#over();
    this.#process?.send({ kind: 'stop', deadlineMs });
    const at = this.#parts.clock.now() + deadlineMs + GRACE_MS;
    if (at >= this.#killAt) return;
    this.#cancelKill();
    this.#killAt = at;
    this.#cancelKill = this.#parts.clock.timer(deadlineMs + GRACE_MS, () => this.#process?.kill());
  }

  status(): TaskStatus {
    return this.#status;
  }

  #heard(message: FromTask): void {
    this.#listenOn();
    switch (message.kind) {
      case 'facts':
        for (const fact of message.facts) this.#parts.announce(fact);
        return;
      case 'status':
        this.#status = rebased(message.status, this.#parts.clock.now() - message.now);
        return;
      case 'line':
        return this.#parts.log.write(message.level, message.text, message.fields);
      case 'unbuilt':
        this.#status = { ...this.#status, state: 'FAILED', trace: message.reason };
        return this.#parts.announce({ kind: 'task-state', state: 'FAILED', reason: message.reason });
      case 'end':
        this.#end = message.end;
    }
  }

  /** Each word puts off what happens when there are none. */
  #listenOn(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#parts.clock.timer(SILENCE_MS, () => {
      this.#parts.log.write(
        'error',
        `The process of the task has said nothing for ${SILENCE_MS / 1000} s: it is killed`,
      );
      this.#process?.kill();
    });
  }

  #exited(how: string, lastWords: string): void {
    this.#hasExited = true;
    this.#cancelSilence();
    if (this.#isStopping) return this.#over();
    const reason = `its process ended by itself: ${how}`;
    // They may hold anything: the log masks them, the status is open to others.
    if (lastWords !== '') this.#parts.log.write('error', `What the process of the task said last: ${lastWords}`);
    this.#status = {
      ...this.#status,
      state: 'FAILED',
      trace: reason,
      partitions: [],
      requestsInFlight: 0,
      bufferedBytes: 0,
    };
    this.#end = { clean: false, trace: reason };
    this.#parts.announce({ kind: 'task-crashed', reason });
  }

  #over(): void {
    this.#cancelKill();
    this.#resolveRun(this.#end ?? { clean: false, trace: this.#status.trace });
  }
}

/** What is shown of a process that has not said anything yet. */
const NOT_YET: TaskStatus = {
  state: 'UNASSIGNED',
  trace: null,
  reader: 'unknown',
  sink: { state: 'ok' },
  clientFault: null,
  commitFault: null,
  partitions: [],
  topics: {},
  missingTopics: [],
  requestsInFlight: 0,
  bufferedBytes: 0,
  lastPollAt: null,
  lastVerdictAt: null,
  idle: false,
};

/** @param shift from the process's monotonic time to ours, milliseconds; the message's way counts as none */
function rebased(status: TaskStatus, shift: number): TaskStatus {
  const { sink } = status;
  const moved = (at: number | null): number | null => (at === null ? null : at + shift);
  return {
    ...status,
    lastPollAt: moved(status.lastPollAt),
    lastVerdictAt: moved(status.lastVerdictAt),
    sink: sink.state === 'ok' ? sink : { ...sink, since: sink.since + shift },
  };
}
