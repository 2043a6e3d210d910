import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig, TracesConfig } from '../../config/types.ts';
import type { Clock } from '../../connector/ports.ts';
import type { BuiltTask } from '../running-task.ts';
import type { TaskFact } from '../task/facts.ts';
import type { Task, TaskWorkerConfig } from '../task/task.ts';
import type { LineFields, Log, LogFields, LogLevel } from '../telemetry/log.ts';
import { createMasking } from '../telemetry/masking.ts';
import { createTidier, type Tidier } from '../telemetry/tidy.ts';
import type { Traces } from '../traces/exporter.ts';
import { reaches, type Threshold } from './levels.ts';
import type { FromTask, TaskStart, ToTask } from './messages.ts';
import { Outbox } from './outbox.ts';
import { type TaskConfig, unpack } from './pack.ts';

/** What a task in a process of its own is put together with. */
export interface TaskSurroundings {
  readonly worker: TaskWorkerConfig;
  readonly announce: (fact: TaskFact) => void;
  readonly log: Log;
  readonly mask: (text: string) => string;
  /** Null: there are none. */
  readonly traces: Traces | null;
}

/** Spans of the last requests are not waited for longer, milliseconds. */
const FLUSH_MS = 250;

export interface TaskProcessParts {
  /** To the worker; calls back when the channel has taken it. */
  readonly send: (message: FromTask, then: () => void) => void;
  readonly assemble: (connector: ConnectorConfig, taskId: number, surroundings: TaskSurroundings) => BuiltTask;
  readonly openTraces: (config: TracesConfig) => Promise<Traces>;
  readonly clock: Clock;
  /** How the process is shown in lists of processes. */
  readonly entitle: (title: string) => void;
  /** Ends the process. */
  readonly leave: (code: number) => void;
}

/**
 * The process of one task: what it is to do comes from the worker that started it, and what happens goes back. It holds the task from the start on,
 * and ends when the task has, which is when it was stopped.
 */
export class TaskProcess {
  readonly #parts: TaskProcessParts;
  readonly #outbox: Outbox;
  #threshold: Threshold = null;
  #task: Task | null = null;
  #isPaused = false;
  #gracefulMs = 0;

  constructor(parts: TaskProcessParts) {
    this.#parts = parts;
    this.#outbox = new Outbox(parts.send, parts.clock);
  }

  heard(message: ToTask): void {
    switch (message.kind) {
      case 'start':
        this.#threshold = message.threshold;
        this.#isPaused = message.isPaused;
        return void this.#run(message);
      case 'pause':
        this.#isPaused = true;
        return this.#task?.pause();
      case 'resume':
        this.#isPaused = false;
        return this.#task?.resume();
      case 'stop':
        return this.#stop(message.deadlineMs - Math.max(0, this.#parts.clock.wall() - message.sentAt));
      case 'threshold':
        this.#threshold = message.threshold;
    }
  }

  /** Somebody asks this process alone to end: it does so in order, and its worker starts another. */
  terminated(): void {
    this.#stop(this.#gracefulMs);
  }

  #stop(deadlineMs: number): void {
    if (this.#task === null) this.#parts.leave(0);
    else this.#task.stop(Math.max(0, deadlineMs));
  }

  async #run(start: TaskStart): Promise<void> {
    const config = unpack(start.config);
    const traces = config.traces === null ? null : await this.#parts.openTraces(config.traces);
    const built = this.#build(config, start, traces);
    if (built === null) return;
    const { task } = built;
    this.#task = task;
    if (this.#isPaused) task.pause();
    this.#outbox.tell(() => task.status());
    const end = await task.run();
    // The worker knows how it ended before anything can hang in closing what is left.
    await this.#outbox.end(end);
    await Promise.all([built.close().catch(() => undefined), traces?.close(FLUSH_MS)]);
    this.#parts.leave(0);
  }

  #build({ connector, worker }: TaskConfig, { taskId, secrets }: TaskStart, traces: Traces | null): BuiltTask | null {
    this.#gracefulMs = worker.taskShutdownGracefulTimeoutMs;
    this.#parts.entitle(`tailrace ${connector.name}-${taskId}`);
    const masking = createMasking(secrets.map(secret => new Secret(secret)));
    try {
      return this.#parts.assemble(connector, taskId, {
        worker,
        announce: fact => this.#outbox.announce(fact),
        log: this.#log({}, createTidier(masking)),
        mask: masking.mask,
        traces,
      });
    } catch (error) {
      this.#outbox.unbuilt(masking.mask(error instanceof Error ? error.message : String(error)));
      return null;
    }
  }

  /** Lines are tidied here, so that they are small and plain; the worker adds whose they are. */
  #log(fields: LogFields, tidy: Tidier): Log {
    const writes = (level: LogLevel): boolean => reaches(level, this.#threshold);
    return {
      write: (level, text, more) => {
        if (!writes(level)) return;
        const { message, data } = tidy(text, { ...fields, ...more });
        this.#outbox.line({ level, text: message, fields: data as LineFields });
      },
      writes,
      with: more => this.#log({ ...fields, ...more }, tidy),
    };
  }
}
