import type { ConnectorConfig } from '../../config/types.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import { SimBroker } from './broker.ts';
import { Checker } from './checker.ts';
import { SimEndpoint } from './endpoint.ts';
import { PartitionLog } from './log.ts';
import { type Plan, TOKEN_URL } from './plan.ts';
import { SeededRandom } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { Violation } from './violation.ts';
import { SimWorker } from './worker.ts';

const TRACE_LINES = 400;

/** Everything that a seed's workers share: virtual time, brokers, endpoint, and the checker that watches them. */
export class World {
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly scheduler = new Scheduler();
  readonly broker: SimBroker;
  readonly endpoint: SimEndpoint;
  readonly checker: Checker;
  readonly marks = new Map<string, number>();
  readonly workers = new Set<SimWorker>();
  /** Partitions of which a task has said that it goes on elsewhere. */
  readonly resets = new Set<string>();
  readonly #keepTrace: boolean;
  readonly lines: string[] = [];
  /** FNV-1a over all that was traced: two runs of a seed must agree on it. */
  hash = 0x811c9dc5;
  violation: Violation | null = null;
  #started = 0;

  constructor(plan: Plan, keepTrace: boolean) {
    this.plan = plan;
    this.#keepTrace = keepTrace;
    this.random = new SeededRandom(`${plan.seed}`);
    const { scheduler } = this;
    this.broker = new SimBroker({
      scheduler,
      random: this.random.stream('broker'),
      group: {
        protocol: plan.protocol,
        sessionMs: plan.sessionMs,
        rebalanceMs: plan.maxPollMs,
        churn: plan.churn,
      },
      hooks: {
        committed: (p, before, offset) => this.attempt(() => this.checker.committed(p, before, offset)),
        mark: name => this.mark(name),
      },
    });
    this.endpoint = new SimEndpoint({
      scheduler,
      random: this.random.stream('endpoint'),
      logs: this.broker.logs,
      perRecord: plan.perRecord,
      maxBytes: plan.maxBodyBytes,
      oauth: plan.connector.http.auth.type === 'oauth2',
      tokenPath: TOKEN_URL.pathname,
      routing: plan.routing,
    });
    const committed = (p: number): number | undefined => this.broker.committedFor(this.broker.logs[p]!);
    this.checker = new Checker(this.broker.logs, committed, name => this.mark(name));
    this.#createLogs();
  }

  #createLogs(): void {
    const { plan, broker } = this;
    const random = this.random.stream('logs');
    for (let i = 0; i < plan.partitions; i++) {
      const log = new PartitionLog(i, `t${i % plan.topics}`, Math.floor(i / plan.topics), random.pick([0, 0, 100]));
      broker.create(log);
    }
  }

  start(config: ConnectorConfig): SimWorker {
    const topics = config.topics?.slice(0, this.plan.topics) ?? null;
    const worker = new SimWorker(this, `w${++this.#started}`, { ...config, topics });
    this.workers.add(worker);
    this.trace(worker.name, 'started');
    return worker;
  }

  gone(worker: SimWorker): void {
    this.workers.delete(worker);
  }

  mark(name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1);
  }

  trace(who: string, text: string): void {
    let { hash } = this;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.hash = Math.imul(hash ^ (this.scheduler.now * 1_000), 0x01000193) >>> 0;
    if (!this.#keepTrace) return;
    this.lines.push(`${(this.scheduler.now / 1_000).toFixed(4).padStart(9)}s ${who} ${text}`);
    if (this.lines.length > 4 * TRACE_LINES) this.lines.splice(0, this.lines.length - TRACE_LINES);
  }

  fact(who: string, fact: TaskFact): void {
    if (fact.kind === 'request-given-up') this.mark(`given up after ${fact.attempts}: ${fact.outcome}`);
    if (fact.kind === 'batch-split') this.mark('batch split');
    if (fact.kind === 'offset-reset') {
      this.resets.add(`${fact.topic}-${fact.partition}`);
      this.mark(`offset reset: ${fact.reset}, ${fact.from < fact.low ? 'deleted' : 'truncated'}`);
    }
    if (fact.kind === 'block-received' || fact.kind === 'commit-skipped') return;
    if (!this.#keepTrace) return this.trace(who, fact.kind);
    this.trace(who, `· ${JSON.stringify(fact)}`);
  }

  /** The first violation ends the seed after the event under way. */
  violate(violation: Violation): void {
    this.violation ??= violation;
  }

  /** Runs a check whose caller may be the code under test, which must not get to see what it throws. */
  attempt<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error: unknown) {
      this.violate(
        error instanceof Violation ? error : new Violation('simulation', String((error as Error).stack ?? error)),
      );
      return undefined;
    }
  }
}
