import { Bounds } from './bounds.ts';
import { NO_BROKER_FAULTS } from './broker.ts';
import { CODE } from './group.ts';
import { Isolation } from './isolation.ts';
import type { PartitionLog } from './log.ts';
import { DISTURBANCES, type Disturbance, drawPlan, type Plan } from './plan.ts';
import type { SeededRandom } from './random.ts';
import { repaired } from './repaired.ts';
import { Violation } from './violation.ts';
import type { SimWorker } from './worker.ts';
import { World } from './world.ts';

/** After healing, everything must be done within this much virtual time (I22). */
const LIVENESS_MS = 600_000;
const CALM_MS = 2_000;
/** No seed has come near this; a hot loop would. */
const MAX_EVENTS = 1_000_000;
/** A damaged batch, a codec that fails, READ taken away. */
const SPOILED = [-199, -198, 29];
const KILL_POINTS = [
  'now',
  'assigned',
  'block read',
  'request sent',
  'answer read',
  'attempt failed',
  'commit sent',
  'commit acknowledged',
  'commit failed',
  'revoke seen',
  'dead letter sent',
  'dead letter acknowledged',
  'dead letter failed',
  'report sent',
  'report acknowledged',
  'report failed',
  'token requested',
];

export interface SeedResult {
  readonly seed: number;
  readonly plan: Plan;
  readonly violation: Violation | null;
  readonly virtualMs: number;
  readonly events: number;
  readonly records: number;
  readonly duplicates: number;
  readonly hash: number;
  readonly marks: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
}

/** Runs one seed: faults first, then everything heals and must be finished, then everybody stops. */
export async function runSeed(seed: number, keepTrace = false): Promise<SeedResult> {
  const plan = drawPlan(seed);
  const world = new World(plan, keepTrace);
  const rejected = (reason: unknown): void => {
    world.violate(new Violation('rejection', `unhandled: ${String((reason as Error)?.stack ?? reason)}`));
  };
  process.on('unhandledRejection', rejected);
  try {
    await new Run(world).run();
  } catch (error: unknown) {
    if (!(error instanceof Violation)) throw error;
    world.violate(error);
  } finally {
    process.off('unhandledRejection', rejected);
    for (const worker of world.workers) worker.host.kill();
  }
  return {
    seed,
    plan,
    violation: world.violation,
    virtualMs: world.scheduler.now,
    events: world.scheduler.executed,
    records: world.broker.logs.reduce((sum, log) => sum + log.records.length, 0),
    duplicates: world.checker.duplicates,
    hash: world.hash,
    marks: world.marks,
    trace: world.lines,
  };
}

type Phase = 'faults' | 'healed' | 'stopping' | 'done';

class Run {
  readonly #world: World;
  #phase: Phase = 'faults';
  #healedAt = 0;
  #calmSince: number | null = null;
  readonly #recreations = new Set<() => void>();
  readonly #bounds: Bounds | null;

  constructor(world: World) {
    this.#world = world;
    this.#bounds = world.plan.bounds === null ? null : new Bounds(world);
  }

  async run(): Promise<void> {
    const { plan, broker, endpoint, scheduler } = this.#world;
    Object.assign(broker.faults, plan.broker);
    Object.assign(endpoint.faults, plan.endpoint);
    this.#fillLogs();
    for (let i = 0; i < plan.workers; i++) this.#world.start(plan.connector);
    for (const disturbance of DISTURBANCES) this.#schedule(disturbance);
    scheduler.after(plan.safetyMs, () => this.#heal());
    this.#replaceFailed();
    if (plan.isolation) this.#watchIsolation();
    this.#bounds?.schedule();
    await scheduler.run(() => this.#settled());
    if (this.#phase !== 'done') throw new Violation('I22', `nothing is left to happen in phase ${this.#phase}`);
  }

  /** Asked after each event. */
  #settled(): boolean {
    const world = this.#world;
    for (const worker of world.workers) world.attempt(() => worker.check());
    world.attempt(() => world.checker.ranges.check());
    if (world.violation !== null) throw world.violation;
    if (world.scheduler.executed > MAX_EVENTS) throw new Violation('I13', `${MAX_EVENTS} events and no end`);
    if (this.#bounds?.over() === true) this.#phase = 'done';
    else if (this.#phase === 'healed') this.#checkProgress();
    else if (this.#phase === 'stopping' && world.workers.size === 0) this.#finish();
    return this.#phase === 'done';
  }

  // ---- records

  #fillLogs(): void {
    const { plan, broker, scheduler, random } = this.#world;
    const producer = random.stream('produce');
    const late = this.#lateness(producer);
    for (const log of broker.logs) {
      const share = Math.ceil((plan.backlog / plan.partitions) * producer.between(0, 2));
      const count = share + (log.index === 0 ? Math.ceil(plan.backlog * plan.hot) : 0);
      const reveal = (): void => {
        broker.append(log, count, plan.mixture);
        broker.reveal(log);
      };
      const delay = late.get(log);
      if (delay === undefined) reveal();
      else scheduler.after(delay, reveal);
    }
    let left = plan.produced;
    while (left > 0) {
      const some = Math.min(left, producer.logInt(1, 60));
      left -= some;
      const log = producer.chance(plan.hot) ? broker.logs[0]! : producer.pick(broker.logs);
      scheduler.after(producer.between(0, plan.safetyMs), () => broker.append(log, some, plan.mixture));
    }
  }

  /** Which partitions exist only later, and after how many milliseconds: a topic grows at its end. */
  #lateness(producer: SeededRandom): Map<PartitionLog, number> {
    const { plan, broker } = this.#world;
    const ascending = broker.logs.toSorted((a, b) => a.partition - b.partition);
    const late = ascending.slice(ascending.length - plan.grown);
    const delays = late.map(() => producer.between(0, plan.safetyMs)).sort((a, b) => a - b);
    return new Map(late.map((log, i) => [log, delays[i]!]));
  }

  // ---- disturbances

  #schedule(disturbance: Disturbance): void {
    const { plan, scheduler, random } = this.#world;
    const mean = plan.every[disturbance];
    if (mean === 0) return;
    const draw = random.stream(`disturb ${disturbance}`);
    const next = (): void => {
      scheduler.after(draw.exponential(mean), () => {
        if (this.#phase !== 'faults') return;
        this.#disturb(disturbance, draw);
        next();
      });
    };
    next();
  }

  #disturb(disturbance: Disturbance, draw: World['random']): void {
    const world = this.#world;
    const { plan, broker, endpoint, scheduler } = world;
    const serving = [...world.workers].filter(worker => worker.serving);
    const worker = serving.length === 0 ? null : draw.pick(serving);
    switch (disturbance) {
      case 'kill':
        if (worker !== null) this.#kill(worker, draw);
        return;
      case 'freeze':
        return worker?.freeze(draw.chance(0.5) ? ['loop', 'native'] : ['loop'], draw.between(10, 3 * plan.sessionMs));
      case 'stop':
        if (worker !== null) this.#stop(worker, draw);
        return;
      case 'pause':
        if (worker === null) return;
        worker.pause();
        scheduler.after(draw.logInt(10, 90_000), () => worker.resume());
        return;
      case 'join':
        if (serving.length < 4) world.start(plan.connector);
        else if (worker !== null) worker.stop(plan.worker.taskShutdownGracefulTimeoutMs + 25_000);
        return;
      case 'spell': {
        const spell = draw.pick(plan.spells);
        world.mark(`spell: ${spell}`);
        return endpoint.cast(spell, draw.logInt(100, 60_000));
      }
      case 'outage':
        world.mark('all brokers away');
        broker.setAway(true);
        scheduler.after(draw.logInt(100, 60_000), () => broker.setAway(false));
        return;
      case 'cutOff':
        world.mark('cut off from the brokers');
        return worker?.consumer.cutOff(draw.logInt(100, 3 * plan.sessionMs));
      case 'recreate':
        return this.#recreate(`t${draw.int(0, plan.topics - 1)}`, draw);
      case 'fence':
        return worker?.consumer.fence();
      case 'refuse': {
        const { slot } = draw.pick(broker.logs);
        world.mark('a partition may not be committed');
        broker.refused.set(slot, draw.pick([CODE.unknownTopic, CODE.topicNotAuthorized]));
        scheduler.after(draw.logInt(1_000, 200_000), () => {
          if (this.#phase === 'faults') broker.refused.delete(slot);
        });
        return;
      }
      case 'spoil':
        return this.#spoil(draw);
      case 'retain':
        return this.#retain(draw);
      case 'wall':
        if (worker !== null) worker.host.wallOffset += draw.pick([-86_400_000, -1_000, 1_000, 86_400_000]);
        return;
    }
  }

  /** Somebody deletes a topic and creates it anew: with fewer records, as many or more; at once or a while later. */
  #recreate(topic: string, draw: World['random']): void {
    const { broker, plan, scheduler } = this.#world;
    this.#world.mark('a topic is deleted');
    broker.delete(topic, draw.between(0, 3_000));
    if (draw.chance(0.5)) scheduler.after(draw.between(0, 5_000), () => broker.forget(topic));
    const records = ({ records: { length } }: PartitionLog): number =>
      draw.pick([0, length, draw.int(0, length), length + draw.logInt(1, 50)]);
    const create = (): void => broker.createAnew(topic, records, plan.mixture);
    this.#recreations.add(create);
    scheduler.after(draw.chance(0.3) ? draw.between(0, 300) : draw.logInt(300, 20_000), create);
  }

  /** Retention deletes the beginning of a log: up to somewhere, to a little behind what is committed, or all of it. */
  #retain(draw: World['random']): void {
    const { broker } = this.#world;
    const log = draw.pick(broker.logs);
    if (log.gone) return;
    const committed = broker.committedFor(log) ?? log.low;
    const { length } = log.records;
    const ordinal = draw.pick([draw.int(0, length), log.ordinalAt(committed) + draw.logInt(1, 30), length]);
    log.loseBefore(Math.min(ordinal, length));
    const gone = log.ordinalAt(log.low);
    const unread = gone - log.ordinalAt(Math.min(committed, log.low));
    this.#world.mark(unread > 0 ? 'retention deletes what is not committed' : 'retention deletes what is committed');
  }

  /** Fetches of one partition fail; mostly for a shorter time than a task has patience. */
  #spoil(draw: World['random']): void {
    const { broker, scheduler } = this.#world;
    const log = draw.pick(broker.logs);
    if (log.fault !== 0) return;
    broker.spoil(log, draw.pick(SPOILED));
    scheduler.after(draw.chance(0.8) ? draw.logInt(500, 25_000) : draw.between(25_000, 120_000), () =>
      broker.spoil(log, 0),
    );
  }

  #kill(worker: SimWorker, draw: World['random']): void {
    const { scheduler, plan } = this.#world;
    const point = draw.pick(KILL_POINTS);
    if (point === 'now') worker.kill('now');
    else worker.killAt(point);
    scheduler.after(draw.between(0, 10_000), () => {
      if (this.#phase === 'faults') this.#world.start(plan.connector);
    });
  }

  /** In fault-free seeds with time enough to end in good order, else with any deadline; a new one starts now or later. */
  #stop(worker: SimWorker, draw: World['random']): void {
    const { scheduler, plan } = this.#world;
    worker.stop(plan.families.size === 0 ? 30_000 : draw.pick([0, 500, 5_000, 30_000]));
    if (plan.families.has('hung ends') && draw.chance(0.3)) {
      scheduler.after(draw.between(0, 5_000), () => worker.hasten(draw.pick([0, 500, 2_000])));
    }
    scheduler.after(draw.between(0, 10_000), () => {
      if (this.#phase === 'faults' && [...this.#world.workers].filter(one => one.serving).length < 4) {
        this.#world.start(plan.connector);
      }
    });
  }

  /** The user restarts tasks that FAILED, and finds out what they need once everything has healed. */
  #replaceFailed(): void {
    const { scheduler, plan, workers } = this.#world;
    scheduler.after(5_000, () => {
      if (this.#phase === 'stopping' || this.#phase === 'done') return;
      for (const worker of [...workers]) {
        if (worker.failed === null || !worker.serving || worker.host.frozen) continue;
        worker.stop(1_000);
        this.#world.start(this.#phase === 'faults' ? plan.connector : repaired(plan.connector));
      }
      this.#replaceFailed();
    });
  }

  /** Looks once a second for as long as something is stuck. */
  #watchIsolation(): void {
    const world = this.#world;
    const isolation = new Isolation(world.checker, world.broker.logs, world.plan.endpoint);
    const look = (): void => {
      if (this.#phase !== 'faults') return;
      world.attempt(() => isolation.check(world.scheduler.now));
      world.scheduler.after(1_000, look);
    };
    look();
  }

  // ---- healing and the end

  #heal(): void {
    const { broker, endpoint, scheduler, workers, plan } = this.#world;
    this.#phase = 'healed';
    this.#healedAt = scheduler.now;
    this.#world.trace('--', 'everything heals');
    Object.assign(broker.faults, NO_BROKER_FAULTS);
    for (const log of broker.logs) broker.spoil(log, 0);
    broker.setAway(false);
    for (const create of this.#recreations) create();
    endpoint.heal();
    for (const worker of workers) {
      worker.thaw();
      worker.consumer.heal();
      worker.killAt('never');
      worker.resume();
    }
    if (![...workers].some(worker => worker.serving)) this.#world.start(plan.connector);
  }

  #checkProgress(): void {
    const { scheduler, checker, workers } = this.#world;
    const { now } = scheduler;
    const open = checker.unfinished();
    this.#liftRefusals();
    if (open.length === 0) for (const worker of workers) open.push(...worker.faults());
    if (open.length > 0 || [...workers].some(worker => worker.failed !== null)) {
      this.#calmSince = null;
      if (now - this.#healedAt > LIVENESS_MS) {
        throw new Violation(
          'I22',
          `not done ${LIVENESS_MS / 60_000} minutes after everything healed: ${open.join('; ')}`,
        );
      }
      return;
    }
    this.#calmSince ??= now;
    if (now - this.#calmSince < CALM_MS) return;
    this.#phase = 'stopping';
    for (const worker of workers) if (worker.serving) worker.stop(30_000);
  }

  /** A partition that is refused for good holds up no other: what is refused stays so until all the others are done. */
  #liftRefusals(): void {
    const { checker, broker } = this.#world;
    if (broker.refused.size > 0 && checker.unfinished(log => !broker.refused.has(log.slot)).length === 0)
      broker.refused.clear();
  }

  #finish(): void {
    // In a log that is empty by now, whoever is the last to commit may stand before its start: there is nothing left to do.
    const open = this.#world.checker.unfinished(({ low, doneAt }) => low < doneAt);
    if (open.length > 0) throw new Violation('I3', `after the end: ${open.join('; ')}`);
    this.#phase = 'done';
  }
}
