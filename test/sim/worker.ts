import type { ConnectorConfig } from '../../config/types.ts';
import type { Sink } from '../../connector/batch.ts';
import { type Block, blockBytes } from '../../connector/block.ts';
import type { Converter } from '../../connector/converters/choose.ts';
import { createDelivery } from '../../worker/endpoints.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import type { Task, TaskEnd } from '../../worker/task/task.ts';
import { createTask } from '../../worker/task/task-loop.ts';
import { MemoryFiles } from '../support/small-files.ts';
import { Accounts } from './accounts.ts';
import { Appetite } from './appetite.ts';
import { type Process, rulesOf } from './books.ts';
import type { ConsumerHooks } from './client.ts';
import { SimConsumer } from './consumer.ts';
import { Deadlines } from './deadlines.ts';
import type { Carried, TransportHooks } from './endpoint.ts';
import type { Epoch } from './epoch.ts';
import { checkFilled } from './filled.ts';
import { bytesOfTopics } from './held.ts';
import { Host, type Lane } from './host.ts';
import type { PartitionLog } from './log.ts';
import { isPlain } from './plain.ts';
import { type ProducerHooks, SimProducer } from './producer.ts';
import type { SeededRandom } from './random.ts';
import { checkReport, needsKeys } from './reports.ts';
import { throwing } from './throwing.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

/** What a task says that stands outside a log. */
const OUTSIDE = /^(t\d)-(\d+): .*(retention|beyond the end of the log).*auto\.offset\.reset/;

/** One worker process from its start to its end: the real task and the real sink, everything around them simulated. */
export class SimWorker {
  readonly host: Host;
  readonly task: Task;
  readonly consumer: SimConsumer;
  readonly config: ConnectorConfig;
  readonly #world: World;
  readonly #process: Process;
  readonly #random: SeededRandom;
  /** Kill it as soon as this happens. */
  #killAt: string | null = null;
  readonly #deadlines: Deadlines;
  readonly #appetite: Appetite;
  readonly #accounts: Accounts;
  failed: string | null = null;
  end: TaskEnd | null = null;

  constructor(world: World, name: string, config: ConnectorConfig) {
    const { scheduler, broker, endpoint, plan } = world;
    this.#world = world;
    this.config = config;
    this.#random = world.random.stream(`worker ${name}`);
    this.host = new Host(name, scheduler, this.#random.int(0, 1_000_000));
    this.#process = world.checker.process(name, rulesOf(config, plan));
    const { host } = this;
    this.#appetite = new Appetite(host, config, this.#process);
    this.#deadlines = new Deadlines(host, plan, config);
    this.#accounts = new Accounts(this.#process);
    const clock = host.clock();
    const draws = this.#random.stream('task');
    const random = (): number => draws.next();
    const announce = (fact: TaskFact): void => this.#fact(fact);
    const transport = endpoint.transport(host, this.#transportHooks());
    const seams = { files: new MemoryFiles(), clock, random, announce };
    const delivering = createDelivery(config, { errorsTolerance: config.errors.tolerance, transport, ...seams });
    const failures = this.#random.stream('converter');
    const spoilt = (one: Converter): Converter => throwing(one, broker, failures, () => this.#throws('convert'));
    const { needs, endpoints } = delivering;
    const parked = config.errors.deadLetterTopic !== null;
    this.consumer = new SimConsumer({
      host,
      broker,
      options: {
        protocol: plan.protocol,
        sessionMs: plan.sessionMs,
        heartbeatMs: plan.sessionMs / 4,
        maxPollMs: plan.maxPollMs,
        readMs: plan.readMs,
        queueRecords: plan.queueRecords,
        fetchRecords: plan.fetchRecords,
        separator: delivering.sink.format.separator,
        keys: needsKeys(config) || needs.keys,
        headers: parked || needs.headers,
        ahead: plan.native ? needs : null,
        pauseSurvives: plan.pauseSurvives,
        native: plan.native,
      },
      hooks: this.#consumerHooks(),
      random: this.#random.stream('consumer'),
    });
    const producing = { host, broker, hooks: this.#producerHooks(), random: this.#random.stream('producer') };
    const producer = parked || config.reporter !== null ? new SimProducer(producing) : null;
    this.task = createTask({
      config,
      worker: plan.worker,
      taskId: 0,
      consumer: this.consumer,
      reader: this.consumer,
      producer,
      sink: this.#watched(delivering.sink),
      converter: spoilt(delivering.converter),
      endpoints: endpoints && {
        ...endpoints,
        each: endpoints.each.map(one => ({ ...one, converter: spoilt(one.converter) })),
      },
      clock,
      random,
      announce,
    });
    void this.task.run().then(end => this.#ended(end));
  }

  get name(): string {
    return this.host.name;
  }

  /** What it has of the partitions. */
  get epochs(): readonly Epoch[] {
    return [...this.#process.epochs.values()];
  }

  /** Running, and nobody has asked it to end. */
  get serving(): boolean {
    return this.host.alive && !this.#deadlines.stopping && this.end === null;
  }

  // ---- what the world does to it

  kill(why: string): void {
    if (!this.host.alive) return;
    this.#world.mark(`killed: ${why}`);
    this.#world.trace(this.name, `killed (${why})`);
    this.host.kill();
    this.#world.broker.clients.delete(this.consumer);
    this.#world.checker.gone(this.#process, 'crash');
    this.#world.gone(this);
  }

  killAt(point: string): void {
    this.#killAt = point;
  }

  freeze(lanes: readonly Lane[], ms: number): void {
    if (this.host.frozen) return;
    this.#world.trace(this.name, `frozen (${lanes.join(', ')}) for ${Math.round(ms)} ms`);
    this.host.freeze(lanes);
    this.#world.scheduler.after(ms, () => this.thaw());
  }

  thaw(): void {
    if (!this.host.frozen) return;
    this.#world.trace(this.name, 'thawed');
    this.#deadlines.thawed();
    this.#appetite.thawed();
    this.host.thaw();
  }

  pause(): void {
    if (!this.serving || this.host.frozen) return;
    this.#world.trace(this.name, 'pause');
    this.#process.pausedAt ??= this.host.now;
    this.task.pause();
  }

  resume(): void {
    if (this.host.frozen) {
      this.#world.scheduler.after(1_000, () => this.resume());
      return;
    }
    if (!this.host.alive || this.#process.pausedAt === null) return;
    this.#world.trace(this.name, 'resume');
    this.#process.pausedAt = null;
    this.task.resume();
  }

  stop(deadlineMs: number): void {
    if (!this.serving || this.host.frozen) return;
    this.#world.trace(this.name, `stop within ${deadlineMs} ms`);
    this.#deadlines.stop(deadlineMs);
    this.#process.ending = true;
    this.task.stop(deadlineMs);
  }

  /** The user loses patience with a stop under way. */
  hasten(deadlineMs: number): void {
    if (!this.host.alive || this.end !== null || this.host.frozen || !this.#deadlines.stopping) return;
    this.#world.mark('second stop');
    this.#world.trace(this.name, `stop within ${deadlineMs} ms after all`);
    this.#deadlines.stop(deadlineMs);
    this.task.stop(deadlineMs);
  }

  // ---- what the checker asks after each event

  /** What the task says is wrong with its partitions. */
  faults(): string[] {
    if (!this.serving) return [];
    return this.task.status().partitions.flatMap(({ fault }) => (fault === null ? [] : [`${this.name}: ${fault}`]));
  }

  check(): void {
    const { host } = this;
    if (!host.alive || this.end !== null) return;
    this.#deadlines.check();
    this.#appetite.checkStarved(this.consumer.allPaused);
    if (!host.touched) return;
    host.touched = false;
    const status = this.task.status();
    const { room } = this.#appetite;
    if (status.bufferedBytes > room) {
      throw new Violation('I11', `${this.name} holds ${status.bufferedBytes} bytes, ${room} are allowed`);
    }
    this.#accounts.check(status);
    for (const { topic, partition, committed } of status.partitions) {
      const epoch = [...this.#process.epochs.values()].find(
        ({ log }) => log.topic === topic && log.partition === partition,
      );
      // What the group has in a topic that is gone, it forgets.
      if (epoch === undefined || epoch.log.gone) continue;
      const truth = this.#world.broker.committedFor(epoch.log) ?? epoch.log.low;
      if (committed !== null && committed > truth) {
        throw new Violation(
          'I4',
          `${this.name} takes ${committed} for committed on ${topic}-${partition}, it is ${truth}`,
        );
      }
    }
  }

  // ---- what it does

  #ended(end: TaskEnd): void {
    if (!this.host.alive) return;
    this.end = end;
    this.#world.trace(this.name, `ended ${end.clean ? 'clean' : 'unclean'}`);
    if (!this.#deadlines.stopping)
      this.#world.violate(new Violation('I16', `${this.name} ended without being asked to`));
    if (!end.clean && this.#process.rules.faultFree) {
      this.#world.violate(new Violation('I7', `${this.name} did not stop clean though nothing went wrong`));
    }
    if (!end.clean) this.#world.mark('unclean stop');
    this.host.kill();
    this.#world.broker.clients.delete(this.consumer);
    this.#world.checker.gone(this.#process, 'stop deadline');
    this.#world.gone(this);
  }

  #fact(fact: TaskFact): void {
    if (!this.host.alive) return;
    this.#world.fact(this.name, fact);
    this.#world.attempt(() => {
      if (!isPlain(fact)) throw new Violation('port', `${this.name} announces ${fact.kind} not as plain data`);
      this.#world.checker.fact(this.#process, fact);
      this.#judge(fact);
    });
  }

  #judge(fact: TaskFact): void {
    switch (fact.kind) {
      case 'records-unowned':
        return this.#accounts.unowned(fact.topic, fact.records);
      case 'records-repeated':
        throw new Violation('I9', `${this.name} takes ${fact.records} records of ${fact.topic} for repeated ones`);
      case 'partitions-revoked':
        if (!fact.drained) this.#world.mark('drain deadline');
        return;
      case 'partition-stalled':
        return this.#appetite.stalled(this.consumer.madeFor(fact));
      case 'intake-paused':
        return this.#world.mark('intake paused');
      case 'task-state':
        if (fact.state === 'FAILED') this.#failed(fact.reason ?? '');
        return;
      case 'dead-letter-failed':
        return this.#reach('dead letter failed');
      case 'report-failed':
        return this.#reach('report failed');
      default:
        return;
    }
  }

  #failed(reason: string): void {
    this.failed = reason;
    this.#deadlines.failed();
    this.#world.mark('task failed');
    const { errors, http } = this.config;
    const spoiled = this.#world.broker.logs.some(
      log => reason.startsWith(`${log.topic}-${log.partition} can not be read`) && this.#isSpoiled(log),
    );
    if (spoiled) this.#world.mark('failed of a partition');
    const dead = this.#deadlines.clientIsDead || this.#process.broken;
    const asked = errors.tolerance === 'none' || http.authFailFast || this.#process.attempts.failOn(reason);
    const allowed = this.#isOutside(reason) || asked || dead || spoiled;
    if (!allowed) throw new Violation('I24', `${this.name} failed: ${reason}`);
    this.#process.ending = true;
    this.#world.checker.excuse(this.#process, 'failed task');
  }

  /** A commit that can't be started is tried again, and leaving goes on; every other call that fails ends the task. */
  #throws(call: string): void {
    this.#world.mark(`throws: ${call}`);
    this.#world.trace(this.name, `${call} throws`);
    if (call !== 'commit' && call !== 'unsubscribe') this.#process.broken = true;
  }

  /** A log has lost its beginning or its end, and the user has not written what to do then. */
  #isOutside(reason: string): boolean {
    const [, topic, partition] = OUTSIDE.exec(reason) ?? [];
    const log = this.#world.broker.logs.find(one => one.topic === topic && `${one.partition}` === partition);
    const moved = this.#world.broker.logs.some(one => one.slot === log?.slot && (one.trimmed || one.truncated));
    return moved && this.config.kafka.offsetOutOfRange === 'fail';
  }

  /** Nothing of it could be fetched for about as long as a task has patience with one fault. */
  #isSpoiled({ spoiledSince }: PartitionLog): boolean {
    return spoiledSince !== null && this.host.now - spoiledSince >= 29_000;
  }

  /** A crash point: the kill takes effect once the event under way is over. */
  #reach(point: string): void {
    if (this.#killAt !== point) return;
    this.#killAt = null;
    this.#world.scheduler.after(0, () => this.kill(point));
  }

  #consumerHooks(): ConsumerHooks {
    const world = this.#world;
    const { checker } = world;
    return {
      contract: broken => {
        const violation = new Violation('port', `${this.name}: ${broken}`);
        world.violate(violation);
        throw violation;
      },
      assigned: (log, offset) => {
        world.attempt(() => checker.assigned(this.#process, log, offset));
        this.#appetite.assigned(log);
        this.#reach('assigned');
      },
      revokeSeen: (logs, lost) => {
        this.#deadlines.revokeSeen();
        for (const log of logs) checker.revokeSeen(this.#process, log, lost);
        this.#reach('revoke seen');
      },
      unassigned: log => {
        this.#accounts.unassigned();
        if (this.#deadlines.stopDrainIsOver) checker.excuse(this.#process, 'stop deadline');
        const { revokeWaited } = this.#deadlines;
        world.attempt(() => checker.unassigned(this.#process, log, revokeWaited));
        if (![...this.#process.epochs.values()].some(({ revoking }) => revoking)) this.#deadlines.revokeAnswered();
      },
      refetched: (log, offset) => world.attempt(() => checker.refetched(this.#process, log, offset)),
      replaced: log => {
        this.#accounts.unassigned();
        checker.replaced(this.#process, log);
      },
      paused: (log, paused) => (paused ? this.#appetite.paused(log) : this.#appetite.resumed(log)),
      readStarts: () => this.#deadlines.readStarts(),
      asks: () => {
        if (this.#process.ending)
          world.violate(new Violation('I16', `${this.name} asks the brokers though it is ending`));
      },
      readEnds: (block, ordinals) => this.#readEnds(block, ordinals),
      commitStarts: offsets => this.#commitStarts(offsets),
      stored: (log, offset) => checker.storedSeen(this.#process, log, offset),
      refused: log => checker.refusedSeen(this.#process, log),
      faultTold: () => this.#appetite.faultTold(),
      unsubscribes: () => checker.unsubscribes(this.#process),
      throws: call => this.#throws(call),
      leftUnanswered: () => {
        world.mark('left with an event unanswered');
        if (!this.#process.rules.faultFree) return;
        world.violate(new Violation('port', `${this.name} leaves with a rebalance event that it did not answer`));
      },
      joined: () => {
        this.#process.kicked = false;
      },
      fatalSeen: () => this.#deadlines.fatalSeen(),
      kicked: () => {
        if (this.host.alive) checker.kicked(this.#process);
      },
      left: () => this.#deadlines.left(),
      mark: name => world.mark(name),
      trace: text => world.trace(this.name, text),
    };
  }

  #commitStarts(offsets: readonly { log: PartitionLog; offset: number }[]): (code: number) => void {
    const world = this.#world;
    const { checker } = world;
    const text = offsets.map(({ log, offset }) => `${log.index}:${offset}`).join(' ');
    world.trace(this.name, `commit ${text}`);
    const issued = offsets.map(({ log, offset }) => ({
      offset,
      epoch: world.attempt(() => checker.commitIssued(this.#process, log, offset)),
    }));
    this.#reach('commit sent');
    return code => {
      world.trace(this.name, `commit ${text} ${code === 0 ? 'acknowledged' : `failed (${code})`}`);
      for (const { epoch, offset } of issued) if (epoch !== undefined) checker.commitAnswered(epoch, offset, code);
      this.#reach(code === 0 ? 'commit acknowledged' : 'commit failed');
    };
  }

  #readEnds(block: Block | null, ordinals: ReadonlyMap<number, readonly number[]>): void {
    this.#deadlines.readEnds();
    if (block === null) return;
    const { checker, broker, plan } = this.#world;
    const bytes = blockBytes(block) + plan.requests.bytesFor(ordinals, broker.logs);
    const logs = [...ordinals.keys()].map(p => broker.logs[p]!);
    this.#world.attempt(() => this.#appetite.blockRead(logs, bytes));
    const portions = this.config.endpoints === null ? null : bytesOfTopics(block);
    const { slack } = this.#appetite;
    this.#world.attempt(() => checker.received(this.#process, ordinals, bytes, slack, this.host.now, portions));
    this.#reach('block read');
  }

  #producerHooks(): ProducerHooks {
    const world = this.#world;
    return {
      starts: record => {
        const isLetter = record.topic === this.config.errors.deadLetterTopic;
        const what = isLetter ? 'dead letter' : 'report';
        this.#reach(`${what} sent`);
        if (this.#deadlines.stopIsOver)
          world.violate(new Violation('I16', `${this.name} sends a ${what} after the deadline of its stop`));
        const report = () => checkReport(this.#process, world.broker.logs, record, this.config);
        const told = world.attempt(() => (isLetter ? world.checker.deadLetter(this.#process, record) : report()));
        return {
          written: () => told?.written(),
          acknowledged: () => {
            world.attempt(() => told?.acknowledged());
            this.#reach(`${what} acknowledged`);
          },
        };
      },
      contract: broken => world.violate(new Violation('port', `${this.name}: ${broken}`)),
      mark: name => world.mark(name),
    };
  }

  #transportHooks(): TransportHooks {
    const { checker } = this.#world;
    return {
      starts: request => {
        this.#world.trace(this.name, `request ${request.id}: ${describe(request.carried)}`);
        this.#world.attempt(() => checker.requestStarts(this.#process, request));
        this.#reach('request sent');
      },
      applied: (request, carried, byProxy) =>
        this.#world.attempt(() => checker.applied(this.#process, request, carried, byProxy)),
      ends: (request, end) => {
        this.#world.trace(this.name, `request ${request.id} ended: ${end.status ?? 'no answer'}`);
        this.#world.attempt(() => checker.requestEnds(this.#process, request, end));
        this.#reach(end.status === null ? 'attempt failed' : 'answer read');
      },
      tokenStarts: () => {
        this.#process.tokens++;
        if (this.#process.tokens > 1) {
          this.#world.violate(new Violation('I14', `${this.name}: ${this.#process.tokens} token requests in flight`));
        }
        this.#reach('token requested');
      },
      tokenEnds: () => {
        this.#process.tokens--;
      },
      mark: name => this.#world.mark(name),
    };
  }

  /** The real sink, with a look at what it is given. */
  #watched(sink: Sink): Sink {
    return {
      format: sink.format,
      deliver: (batch, report, signal, places) => {
        const { sincePoll } = this.#deadlines;
        this.#world.attempt(() => this.#world.checker.handed(this.#process, batch, this.host.now, sincePoll));
        this.#world.attempt(() => checkFilled(batch, this.#process.rules));
        return sink.deliver(batch, report, signal, places);
      },
      get state() {
        return sink.state;
      },
      close: () => sink.close(),
    };
  }
}

function describe(carried: readonly Carried[]): string {
  const parts: string[] = [];
  for (let from = 0, to = 1; to <= carried.length; to++) {
    if (to < carried.length && carried[to]!.log === carried[from]!.log) continue;
    parts.push(`${carried[from]!.log.index}:${carried[from]!.record.offset}-${carried[to - 1]!.record.offset}`);
    from = to;
  }
  return parts.join(' ');
}
