import type { ConnectorConfig } from '../../config/types.ts';
import type { Batch, DeliveryEnd, Sink, Verdict } from '../../connector/batch.ts';
import { Batcher } from '../../connector/batcher.ts';
import { type Block, FLAG_FILTERED } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import type { Needs } from '../../connector/converters/choose.ts';
import { reasonOf } from '../../connector/record-error.ts';
import { Scope } from '../../connector/scope.ts';
import { Dispatcher } from '../task/delivery/dispatcher.ts';
import { faultOf, isIgnored } from '../task/delivery/record-fault.ts';
import { Lane, type LaneOwner } from '../task/order/lane.ts';
import type { TaskEndpoint } from '../task/task.ts';
import { keyOf } from '../task/topic-partition.ts';
import type { Belonging } from './belonging.ts';
import type { Letter } from './letter.ts';
import { type Outcome, ReplayError, type Target } from './target.ts';

/** The connector's own way to its endpoints, as a task has it. Its sink leaves nothing out behind a rejected record. */
export interface EndpointParts {
  readonly belonging: Belonging;
  readonly sink: Sink;
  /** At least one. */
  readonly endpoints: readonly TaskEndpoint[];
  /** Which of them has a topic that the connector reads. */
  readonly endpointOf: (topic: string) => number;
  readonly needs: Pick<Needs, 'keys' | 'headers'>;
  readonly delivery: Pick<ConnectorConfig['delivery'], 'maxInFlight'>;
}

type Settle = (index: number, outcome: Outcome) => void;
type OriginLane = Lane<LaneOwner>;

/** A letter that goes to the endpoint: the record that it holds, and its index among those to be delivered. */
interface Item {
  readonly letter: Letter;
  readonly index: number;
}

/** Sends records to the connector's endpoint as of their topic, partition and offset, through its converters, transforms, route and sink. */
export function createEndpointTarget(parts: EndpointParts): Target {
  return {
    async deliver(letters, settle, signals) {
      const items: Item[][] = parts.endpoints.map(() => []);
      for (const [index, letter] of letters.entries()) {
        const reason = parts.belonging(letter);
        if (reason !== null) settle(index, { kind: 'misplaced', reason });
        else items[parts.endpointOf(letter.origin!.topic)]!.push({ letter, index });
      }
      const loads = items.map((of, endpoint) => new Load(parts, parts.endpoints[endpoint]!, of, settle));
      const scope = new Scope(signals.abort);
      try {
        // The first one that can't go on ends all.
        await Promise.all(loads.map(load => load.send(signals.stop, scope)));
      } finally {
        scope.abort();
        scope.release();
      }
    },
    close: () => parts.sink.close(),
  };
}

/** What one endpoint gets of a stretch. */
class Load {
  readonly #sink: Sink;
  readonly #endpoint: TaskEndpoint;
  readonly #batcher: Batcher;
  readonly #dispatcher: Dispatcher;
  /** In the order of the block's records. */
  readonly #items: readonly Item[];
  readonly #settle: Settle;
  readonly #lanes: readonly OriginLane[];
  #underWay = 0;
  #fatal: Error | null = null;
  #wake: () => void = () => {};

  constructor(
    { sink, needs, delivery }: EndpointParts,
    endpoint: TaskEndpoint,
    items: readonly Item[],
    settle: Settle,
  ) {
    this.#sink = sink;
    this.#endpoint = endpoint;
    this.#batcher = new Batcher(endpoint.format, 0);
    this.#dispatcher = new Dispatcher(delivery.maxInFlight, () => queueMicrotask(() => this.#turn()));
    this.#settle = settle;
    const lanes = byOrigin(items);
    this.#items = lanes.flat();
    this.#lanes = this.#items.length === 0 ? [] : this.#fill(lanes, needs);
  }

  /** @throws ReplayError when the endpoint refuses us for good */
  async send(stop: AbortSignal, scope: Scope): Promise<void> {
    for (;;) {
      const turned = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      for (const lane of this.#lanes) this.#takeFaults(lane);
      if (this.#fatal !== null) scope.abort();
      if (!stop.aborted && !scope.aborted) this.#submit(scope);
      if (this.#underWay === 0) break;
      await turned;
    }
    if (this.#fatal !== null) throw new ReplayError(this.#fatal.message);
  }

  #turn(): void {
    this.#dispatcher.readmit();
    this.#wake();
  }

  /** Puts the records into lanes, those of one partition into one. Offsets within a slice ascend, those of letters need not. */
  #fill(origins: readonly (readonly Item[])[], needs: EndpointParts['needs']): readonly OriginLane[] {
    const { format, converter } = this.#endpoint;
    const records = this.#items.map(({ letter: { record, origin, headers } }) => ({ ...record, ...origin!, headers }));
    const block = converter.convert(buildBlock(records, { separator: format.separator, ...needs }));
    let next = 0;
    return origins.map(items => {
      const { topic, partition } = items[0]!.letter.origin!;
      const lane = new Lane(
        { topic, partition, revoking: false, room: Number.POSITIVE_INFINITY, handOut() {} },
        () => {},
      );
      for (const end = next + items.length; next < end; ) {
        const start = next++;
        while (next < end && block.offset[next]! > block.offset[next - 1]!) next++;
        lane.push(block, { start, end: next, first: start }, 0);
        this.#drop(block, start, next);
      }
      return lane;
    });
  }

  #drop(block: Block, start: number, end: number): void {
    for (let at = start; at < end; at++)
      if ((block.flags[at]! & FLAG_FILTERED) !== 0) this.#conclude(at, { kind: 'dropped' });
  }

  #takeFaults(lane: OriginLane): void {
    while (lane.fault !== null) {
      const fault = lane.takeFault();
      if (isIgnored(fault, this.#endpoint.values)) this.#conclude(fault.start, { kind: 'dropped' });
      else this.#conclude(fault.start, { kind: 'refused', reason: reasonOf(faultOf(fault, this.#endpoint)) });
    }
  }

  #submit(scope: Scope): void {
    while (this.#dispatcher.hasRoom) {
      const batch = this.#batcher.take(
        this.#lanes.filter(({ ready }) => ready),
        0,
      );
      if (batch === null) return;
      this.#underWay += 1;
      void this.#send(batch, scope);
    }
  }

  async #send(batch: Batch, scope: Scope): Promise<void> {
    const left = new Map(batch.items.map(item => [item, item.slice.end - item.slice.start]));
    const report = (verdict: Verdict): void => {
      const { item, start, end } = verdict;
      left.set(item, left.get(item)! - (end - start));
      (item.lane as OriginLane).land(end - start);
      for (let at = start; at < end; at++) this.#conclude(at, outcomeOf(verdict));
      this.#wake();
    };
    const end = await this.#dispatcher
      .submit(places => this.#sink.deliver(batch, report, scope, places))
      .catch(
        (error: unknown): DeliveryEnd => ({
          kind: 'fatal',
          error: error instanceof Error ? error : new Error(String(error)),
        }),
      );
    // Nobody sends again what has no verdict: its lanes stay held.
    if (end.kind === 'fatal') this.#fatal ??= end.error;
    this.#underWay -= 1;
    this.#wake();
  }

  #conclude(at: number, outcome: Outcome): void {
    this.#settle(this.#items[at]!.index, outcome);
  }
}

function byOrigin(items: readonly Item[]): readonly (readonly Item[])[] {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item.letter.origin!);
    const known = lanes.get(key);
    if (known === undefined) lanes.set(key, [item]);
    else known.push(item);
  }
  return [...lanes.values()];
}

function outcomeOf(verdict: Verdict): Outcome {
  return verdict.kind === 'delivered' ? { kind: 'replayed' } : { kind: 'refused', reason: reasonOf(verdict.error) };
}
