import type { Clock } from '../../connector/ports.ts';
import type { TaskFact } from '../task/facts.ts';
import { NOTHING_KNOWN, type Task, type TaskEnd, type TaskStatus } from '../task/task.ts';
import type { Log } from '../telemetry/log.ts';
import type { Threshold } from './levels.ts';
import type { FromTask, News, TaskStart, ToTask } from './messages.ts';

/** A process of its own for a task, from its start on; its channel keeps the order of messages. */
export interface StartedProcess {
  /** Null where the system refused it. */
  readonly pid: number | null;
  send(message: ToTask): void;
  /** Called once. `exited` comes once, as the last: how it ended, and what it wrote to its standard error at the end. */
  listen(listeners: {
    readonly message: (message: FromTask) => void;
    readonly exited: (how: string, lastWords: string) => void;
  }): void;
  /** Ends it now, whatever it is at. */
  kill(): void;
}

export interface ProcessTaskParts {
  readonly start: Omit<TaskStart, 'isPaused' | 'threshold'>;
  /** What its reader will be called. */
  readonly reader: string;
  readonly spawn: () => StartedProcess;
  readonly clock: Clock;
  readonly announce: (fact: TaskFact) => void;
  /** Its lines carry the task's name. */
  readonly log: Log;
  /** Hides secrets in a text. */
  readonly mask: (text: string) => string;
  /** From which level on `log` writes the lines of a task. */
  readonly threshold: () => Threshold;
}

/** A process that says nothing for so long is not coming back: each says something a few times a second. */
const SILENCE_MS = 60_000;
/**
 * It is looked for in so many steps: a worker that stood still itself finds one step over, and not all, before it hears what has come meanwhile.
 */
const LOOKS = 6;
/** Beyond the deadline of its task, before it is killed: a task takes 1,500 at most. */
const GRACE_MS = 1_600;
/** Characters of what a process said last that the log has. */
const LAST_WORDS = 2_048;
/** How often at most the log says that there was more than could be told, milliseconds. */
const DROPS_MS = 10_000;

/**
 * A task in a process of its own. It is the same task, told of through a channel: facts, status and log lines come over, and this worker counts,
 * shows and writes them. One that ends by itself leaves the task FAILED, and whoever supervises it starts another.
 */
export class ProcessTask implements Task {
  readonly #parts: ProcessTaskParts;
  #process: StartedProcess | null = null;
  #status: TaskStatus;
  #end: TaskEnd | null = null;
  #isPaused = false;
  #isStopping = false;
  #hasExited = false;
  #threshold: Threshold = null;
  #killAt = Number.POSITIVE_INFINITY;
  #cancelKill = (): void => undefined;
  /** Looks in a row that found no word. */
  #silentLooks = 0;
  #cancelLook = (): void => undefined;
  #dropped = { facts: 0, lines: 0 };
  #cancelDrops: (() => void) | null = null;
  #resolveRun!: (end: TaskEnd) => void;
  readonly #run = new Promise<TaskEnd>(resolve => {
    this.#resolveRun = resolve;
  });

  constructor(parts: ProcessTaskParts) {
    this.#parts = parts;
    this.#status = { ...NOTHING_KNOWN, state: 'UNASSIGNED', reader: parts.reader, idle: false };
  }

  run(): Promise<TaskEnd> {
    const { spawn, start, threshold, log } = this.#parts;
    const process = spawn();
    this.#process = process;
    process.listen({
      message: message => this.#heard(message),
      exited: (how, lastWords) => this.#exited(how, lastWords),
    });
    log.write('info', `The process of the task is ${process.pid}`, { event: 'task-process', pid: process.pid });
    this.#threshold = threshold();
    process.send({ kind: 'start', ...start, isPaused: this.#isPaused, threshold: this.#threshold });
    this.#lookAgain();
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
    const { clock } = this.#parts;
    this.#process?.send({ kind: 'stop', deadlineMs, sentAt: clock.wall() });
    const at = clock.now() + deadlineMs + GRACE_MS;
    if (at >= this.#killAt) return;
    this.#cancelKill();
    this.#killAt = at;
    this.#cancelKill = clock.timer(deadlineMs + GRACE_MS, () => this.#process?.kill());
  }

  status(): TaskStatus {
    return this.#status;
  }

  #heard(message: FromTask): void {
    this.#silentLooks = 0;
    switch (message.kind) {
      case 'news':
        return this.#news(message);
      case 'unbuilt':
        this.#status = { ...this.#status, state: 'FAILED', trace: message.reason };
        return this.#parts.announce({ kind: 'task-state', state: 'FAILED', reason: message.reason });
      case 'end':
        this.#end = message.end;
    }
  }

  #news({ facts, lines, status, now, dropped }: News): void {
    const { announce, log, clock } = this.#parts;
    if (status !== null) this.#status = rebased(status, clock.now() - now);
    for (const fact of facts) announce(fact);
    for (const { level, text, fields } of lines) log.write(level, text, fields);
    if (dropped.facts + dropped.lines > 0) this.#drop(dropped);
    const threshold = this.#parts.threshold();
    if (threshold === this.#threshold) return;
    this.#threshold = threshold;
    this.#process?.send({ kind: 'threshold', threshold });
  }

  #drop({ facts, lines }: News['dropped']): void {
    this.#dropped.facts += facts;
    this.#dropped.lines += lines;
    this.#cancelDrops ??= this.#parts.clock.timer(DROPS_MS, () => this.#tellDrops());
  }

  #tellDrops(): void {
    this.#cancelDrops?.();
    this.#cancelDrops = null;
    const { facts, lines } = this.#dropped;
    this.#dropped = { facts: 0, lines: 0 };
    if (facts + lines === 0) return;
    const text = `More happened in the process of the task than could be told: ${lines} log lines and ${facts} facts for metrics are missing`;
    this.#parts.log.write('warn', text, { event: 'task-news-dropped', lines, facts });
  }

  #lookAgain(): void {
    this.#cancelLook = this.#parts.clock.timer(SILENCE_MS / LOOKS, () => {
      this.#silentLooks += 1;
      if (this.#silentLooks > LOOKS) {
        const text = `The process of the task has said nothing for ${SILENCE_MS / 1000} s: it is killed`;
        this.#parts.log.write('error', text, { event: 'task-silent' });
        this.#process?.kill();
      } else this.#lookAgain();
    });
  }

  #exited(how: string, lastWords: string): void {
    const { log, announce, mask } = this.#parts;
    this.#hasExited = true;
    this.#cancelLook();
    this.#tellDrops();
    if (this.#isStopping) return this.#over();
    // They may hold anything: the status is open to others. Half a secret would not be found.
    const words = mask(lastWords).slice(-LAST_WORDS);
    if (words !== '')
      log.write('error', `What the process of the task said last: ${words}`, { event: 'task-last-words' });
    const reason =
      this.#end === null
        ? `its process ended by itself: ${how}`
        : 'its process was told to end by somebody else than its worker';
    const nothing = { partitions: [], requestsInFlight: 0, bufferedBytes: 0 };
    this.#status = { ...this.#status, state: 'FAILED', trace: reason, ...nothing };
    this.#end ??= { clean: false, trace: reason };
    announce({ kind: 'task-crashed', reason });
  }

  #over(): void {
    this.#cancelKill();
    this.#resolveRun(this.#end ?? { clean: false, trace: this.#status.trace });
  }
}

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
