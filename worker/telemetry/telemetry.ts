import type { WorkerConfig } from '../../config/types.ts';
import type { Clock } from '../../connector/ports.ts';
import type { ConnectorStatus } from '../status.ts';
import type { TaskFact } from '../task/facts.ts';
import { Activity } from './activity.ts';
import { ANNOUNCEMENTS, type Announcement } from './announcements.ts';
import { createFactLog } from './fact-log.ts';
import type { Log } from './log.ts';
import { createRegistry } from './registry.ts';
import { activeOf, measureStatus } from './status-metrics.ts';
import { createTaskMeters, type TaskMeters } from './task-meters.ts';
import { createWindow } from './window.ts';
import { createWorkerMeters } from './worker-meters.ts';

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly metricNames: WorkerConfig['metricNames'];
  /** Asked at each scrape. */
  readonly status: () => readonly ConnectorStatus[];
  /** Log lines that nobody received. */
  readonly droppedLines: () => number;
  /** How late the event loop was since this was last asked, seconds, by quantiles of 0 to 1. */
  readonly loopDelay: (quantiles: readonly number[]) => readonly number[];
}

export interface Telemetry {
  /** One for each task, from when it is built. */
  announcer(task: TaskIdentity): Announcer;
  /** What a task has done; null where there is none of the name. */
  observed(connector: string, task: number): Observed | null;
  /** A connector was started, or could not be. */
  connectorStarted(good: boolean): void;
  /** The metrics in Prometheus' text format. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** What a task has done: its counters, and what they do not say. */
export interface Observed {
  readonly total: TaskMeters['total'];
  readonly activity: Activity;
}

/** Where one task announces its facts. */
export interface Announcer {
  announce(fact: TaskFact): void;
  /**
   * The task is gone: its series leave the metrics, nothing waits to be logged, and what it may still announce is
   * dropped. One of the same name begins at zero. Call it before that one's announcer is made. Idempotent.
   */
  forget(): void;
}

export interface TaskIdentity {
  readonly connector: string;
  readonly task: number;
  /** `errors.log.enable`: every record error gets a line. */
  readonly logEveryRecordError: boolean;
}

/** How often the tasks are asked how many records they hold, at most, while records come; milliseconds. */
const LOOK_MS = 5_000;

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, log, version } = options;
  const registry = createRegistry(options.metricNames);
  const worker = createWorkerMeters(registry, clock);
  registry.set('appInfo', 1, { version });
  registry.set('startTime', clock.wall(), {});
  const tasks = new Map<string, { readonly meters: TaskMeters; readonly activity: Activity }>();
  const longestDelay = createWindow(clock);
  let lookedAt = clock.now();

  /** What tasks hold is no fact: it is seen when one looks. */
  function look(statuses: readonly ConnectorStatus[]): void {
    lookedAt = clock.now();
    for (const { config, tasks: slots } of statuses) {
      for (const { id, status } of slots) tasks.get(nameOf(config.name, id))?.meters.active(activeOf(status));
    }
  }

  return {
    contentType: registry.contentType,
    observed(connector, task) {
      const own = tasks.get(nameOf(connector, task));
      return own === undefined ? null : { total: own.meters.total, activity: own.activity };
    },
    connectorStarted: good => worker.started('connector', good),
    announcer(task) {
      const name = nameOf(task.connector, task.task);
      const meters = createTaskMeters(task, registry, worker, clock);
      const activity = new Activity(clock);
      const own = { meters, activity };
      tasks.set(name, own);
      const lines = createFactLog(task, log.with({ connector: task.connector, task: task.task }), clock, meters);
      return {
        announce(fact) {
          if (tasks.get(name) !== own) return;
          const announcement = ANNOUNCEMENTS[fact.kind] as Announcement<TaskFact['kind']>;
          announcement.measure?.(fact as never, meters);
          activity.take(fact);
          lines.write(fact, announcement);
          const changes = fact.kind === 'block-received' || fact.kind === 'commit-acknowledged';
          if (changes && clock.now() - lookedAt >= LOOK_MS) look(options.status());
        },
        forget() {
          if (tasks.get(name) !== own) return;
          tasks.delete(name);
          lines.end();
          meters.remove();
        },
      };
    },
    render() {
      const statuses = options.status();
      look(statuses);
      for (const { meters } of tasks.values()) meters.publish();
      worker.publish();
      measureStatus(statuses, version, registry);
      registry.reset('logDropped');
      registry.add('logDropped', options.droppedLines(), {});
      const [median, high, longest] = options.loopDelay([0.5, 0.99, 1]) as [number, number, number];
      registry.set('loopDelay', median, { quantile: '0.5' });
      registry.set('loopDelay', high, { quantile: '0.99' });
      longestDelay.add(longest);
      registry.set('loopDelayMax', longestDelay.max(), {});
      return registry.render();
    },
  };
}

function nameOf(connector: string, task: number): string {
  return `${task}/${connector}`;
}
