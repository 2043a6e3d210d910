import assert from 'node:assert/strict';
import type { ConnectorConfig } from '../../config/types.ts';
import type { BodyFormat, Verdict } from '../../connector/batch.ts';
import { Batcher } from '../../connector/batcher.ts';
import { type Block, FLAG_FILTERED, FLAG_INVALID, FLAG_OVERSIZE } from '../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../connector/block-builder.ts';
import type { Converter } from '../../connector/converters/choose.ts';
import { originalValueAt } from '../../connector/headers-column.ts';
import { createHttpSink } from '../../connector/http/sink.ts';
import type { Clock, HttpRequest, HttpResponse } from '../../connector/ports.ts';
import { reasonOf } from '../../connector/record-error.ts';
import { createRecordPath } from '../../connector/route/record-path.ts';
import { Scope } from '../../connector/scope.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { Assignment } from '../../worker/task/order/assignment.ts';
import { ScriptedTransport } from '../connector/http/fixtures.ts';
import { VirtualClock } from './clock.ts';
import { ANY_ROOM } from './places.ts';
import { MemoryFiles } from './small-files.ts';

/** @param number of the request, from 1; those for tokens count too */
export type Answers = (request: HttpRequest, number: number) => HttpResponse;

/** A record that no request may carry. */
export interface Unsent {
  readonly error: string;
}

/** What became of some records of one partition, with nothing between them and the network but what every record goes through. */
export interface SentOut {
  /** What went to the endpoint, and the records that stood between and were not sent, in their order. */
  readonly steps: readonly (HttpRequest | Unsent)[];
  readonly requests: readonly HttpRequest[];
  /** What went to the token endpoint. */
  readonly tokens: readonly HttpRequest[];
  /** By offset: why a record was not delivered. */
  readonly errors: Readonly<Record<number, string>>;
  /** Offsets that the endpoint confirmed, in the order of the verdicts. */
  readonly delivered: readonly number[];
  /** The offset to commit: every record before it was delivered, or has an error. */
  readonly committable: number | null;
  /** Milliseconds of the clock from the first delivery to the last one's end. */
  readonly elapsedMs: number;
}

/**
 * Converts, routes, batches and delivers them as one read that is there at once, one request after another. A record that
 * fails does not stop those behind it; what the sink does with a refused one depends on the connector's errors.tolerance.
 * @param clock a virtual one jumps over waits, but does not wait for work that Node does beside (signing by a key)
 */
export async function sendOut(
  connector: ConnectorConfig,
  records: readonly RecordLike[],
  answers: Answers,
  clock: Clock = new VirtualClock(),
): Promise<SentOut> {
  const { transport, steps, tokens } = network(connector, answers);
  const sink = createHttpSink({
    http: connector.http,
    batch: connector.batch,
    errorsTolerance: connector.errors.tolerance,
    transport,
    files: new MemoryFiles(),
    clock,
    random: () => 0.5,
    announce: () => {},
  });
  const transforms = createTransforms(connector.transforms, () => clock.wall());
  const path = createRecordPath(connector, sink.format, transforms, () => clock.now());
  const block = path.convert(read(records, sink.format, path));
  const books = new Books(block);
  const { lane } = books.assignment;
  const batcher = new Batcher(sink.format, 0);
  const began = clock.now();
  while (lane.waiting > 0) {
    if (lane.fault !== null) {
      const { start } = lane.takeFault();
      const error = faultOf(block, start, path, connector);
      books.conclude(start, error);
      steps.push({ error });
      continue;
    }
    const batch = batcher.take([lane], 0)!;
    const end = sink.deliver(batch, verdict => books.note(verdict), new Scope(), ANY_ROOM);
    await (clock instanceof VirtualClock ? clock.run(end) : end);
    lane.land(batch.records);
  }
  const elapsedMs = clock.now() - began;
  await sink.close();
  const requests = steps.filter((step): step is HttpRequest => !('error' in step));
  const { errors, delivered, assignment } = books;
  return { steps, requests, tokens, errors, delivered, committable: assignment.ledger.committable, elapsedMs };
}

/** The endpoint, and the token endpoint where there is one. */
function network({ http: { auth } }: ConnectorConfig, answers: Answers) {
  const isToken = ({ url }: HttpRequest): boolean =>
    auth.type === 'oauth2' && url.origin === auth.tokenUrl.origin && url.pathname === auth.tokenUrl.pathname;
  const steps: (HttpRequest | Unsent)[] = [];
  const tokens: HttpRequest[] = [];
  const transport = new ScriptedTransport((request, number) => {
    (isToken(request) ? tokens : steps).push(transport.requests.at(-1)!);
    return answers(request, number);
  });
  return { transport, steps, tokens };
}

function read(records: readonly RecordLike[], { separator }: BodyFormat, { needs }: Converter): Block {
  const placed = records.map((record, offset) => ({ topic: 'events', partition: 0, offset, ...record }));
  return buildBlock(placed, { separator, keys: needs.keys, headers: needs.headers });
}

/** Why a record is not sent. */
function faultOf(block: Block, index: number, path: Converter, { values }: ConnectorConfig): string {
  const flags = block.flags[index]!;
  if ((flags & FLAG_INVALID) !== 0) {
    return reasonOf(block.errors?.get(index) ?? path.explain(originalValueAt(block, index)!));
  }
  return (flags & FLAG_OVERSIZE) !== 0 ? 'too large' : `no value: ${values.onNull}`;
}

/** The assignment of the one partition of a block, and to what end each of its records came: to one, exactly once. */
class Books {
  readonly errors: Record<number, string> = {};
  readonly delivered: number[] = [];
  readonly assignment: Assignment;
  readonly #block: Block;

  constructor(block: Block) {
    this.#block = block;
    const { runs, count, offset, flags } = block;
    assert.equal(runs.length, 1, 'all records are of one partition');
    const options = { maxUncommitted: count, commitStart: false, now: 0, changed: () => {} };
    this.assignment = new Assignment({ ...runs[0]!, offset: offset[0]! }, options);
    this.assignment.ledger.receive(block, 0, count, 0);
    this.assignment.lane.push(block, { start: 0, end: count, first: 0 }, 0);
    for (let index = 0; index < count; index++) {
      if ((flags[index]! & FLAG_FILTERED) !== 0) this.conclude(index, 'dropped');
    }
  }

  note(verdict: Verdict): void {
    const error = verdict.kind === 'delivered' ? null : reasonOf(verdict.error);
    for (let index = verdict.start; index < verdict.end; index++) this.conclude(index, error);
  }

  conclude(index: number, error: string | null): void {
    const offset = this.#block.offset[index]!;
    assert.equal(this.assignment.resolve(index, index + 1), 1, `offset ${offset} had its verdict before`);
    if (error === null) this.delivered.push(offset);
    else this.errors[offset] = error;
  }
}
