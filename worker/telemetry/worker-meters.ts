import type { Clock } from '../../connector/ports.ts';
import type { MetricId } from './metrics.ts';
import type { MetricRegistry } from './registry.ts';
import { createWindow } from './window.ts';

/** What is counted over all connectors of the worker, and stays when they go. */
export interface WorkerMeters {
  started(what: 'connector' | 'task', good: boolean): void;
  /** @param ms what giving partitions up took; null where a task got some */
  rebalanced(ms: number | null): void;
  publish(): void;
}

type Startups = readonly [all: MetricId, good: MetricId, bad: MetricId, success: MetricId, failure: MetricId];

const STARTUPS: Readonly<Record<'connector' | 'task', Startups>> = {
  connector: [
    'connectorStartups',
    'connectorStartupsGood',
    'connectorStartupsBad',
    'connectorStartupSuccess',
    'connectorStartupFailure',
  ],
  task: ['taskStartups', 'taskStartupsGood', 'taskStartupsBad', 'taskStartupSuccess', 'taskStartupFailure'],
};

export function createWorkerMeters(registry: MetricRegistry, clock: Clock): WorkerMeters {
  const times = createWindow(clock);
  const startups = { connector: { good: 0, bad: 0 }, task: { good: 0, bad: 0 } };
  let rebalancedAt: number | null = null;
  return {
    started(what, good) {
      startups[what][good ? 'good' : 'bad'] += 1;
      const [all, goodOnes, badOnes] = STARTUPS[what];
      registry.add(all, 1, {});
      registry.add(good ? goodOnes : badOnes, 1, {});
    },
    rebalanced(ms) {
      rebalancedAt = clock.now();
      if (ms === null) registry.add('groupRebalances', 1, {});
      else times.add(ms);
    },
    publish() {
      for (const what of ['connector', 'task'] as const) {
        const { good, bad } = startups[what];
        const [, , , success, failure] = STARTUPS[what];
        const all = Math.max(good + bad, 1);
        registry.set(success, good / all, {});
        registry.set(failure, bad / all, {});
      }
      registry.set('rebalanceMax', times.max(), {});
      registry.set('rebalanceAvg', times.average(), {});
      const age = rebalancedAt === null ? Number.POSITIVE_INFINITY : clock.now() - rebalancedAt;
      registry.set('rebalanceAge', age, {});
    },
  };
}
