import type { Batch, Verdict } from '../../../connector/batch.ts';
import { Batcher } from '../../../connector/batcher.ts';
import { FLAG_FILTERED, FLAG_INVALID, FLAG_NULL } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { createHttpSink } from '../../../connector/http/sink.ts';
import type { HttpRequest, HttpResponse } from '../../../connector/ports.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { Scope } from '../../../connector/scope.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { Assignment } from '../../../worker/task/order/assignment.ts';
import { connectorOf, type Keys } from '../../config/written.ts';
import { VirtualClock } from '../../support/clock.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { MemoryFiles } from '../../support/small-files.ts';
import { answer, ScriptedTransport } from '../http/fixtures.ts';

/** What a table expects of one request, all of it. */
export interface Sent {
  /** Method, scheme, host, path and query. */
  readonly line: string;
  /** All but `user-agent` and `accept-encoding`, which every client has its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Outcome {
  readonly sent: readonly Sent[];
  readonly tokens: readonly Sent[];
  /** By offset: why a record is not sent, or was refused. */
  readonly errors: Readonly<Record<number, string>>;
  /** Virtual milliseconds that it took. */
  readonly elapsedMs: number;
}

export interface Script {
  /** Statuses of the endpoint, the last one for all further requests; 200 by default. */
  readonly statuses?: readonly number[];
  /** Answers of the token endpoint, the last one for all further requests. */
  readonly tokens?: readonly object[];
}

const TP = { topic: 'events', partition: 0 };
const PRIVATE = new Set(['user-agent', 'accept-encoding']);

function shown({ method, url, headers, body }: HttpRequest): Sent {
  const told = Object.entries(headers).filter(([name]) => !PRIVATE.has(name));
  return { line: `${method} ${url.href}`, headers: Object.fromEntries(told), body: body.toString() };
}

/** A connector file and records of one partition, through everything between reader and network, in virtual time. */
export async function deliver(keys: Keys, records: readonly RecordLike[], script: Script = {}): Promise<Outcome> {
  const config = connectorOf(keys);
  const { auth } = config.http;
  const tokenUrl = auth.type === 'oauth2' ? auth.tokenUrl.href : null;
  const [sent, tokens]: [Sent[], Sent[]] = [[], []];
  const nth = <T>(all: readonly T[], count: number): T => all[Math.min(count, all.length) - 1]!;
  const transport = new ScriptedTransport((request): HttpResponse => {
    if (request.url.href.split('?')[0] === tokenUrl) {
      tokens.push(shown(request));
      return answer(200, JSON.stringify(nth(script.tokens ?? [{ access_token: 't' }], tokens.length)));
    }
    sent.push(shown(request));
    return answer(nth(script.statuses ?? [200], sent.length));
  });
  const clock = new VirtualClock();
  const sink = createHttpSink({
    http: config.http,
    batch: config.batch,
    errorsTolerance: config.errors.tolerance,
    transport,
    files: new MemoryFiles(),
    clock,
    random: () => 0.5,
    announce: () => {},
  });
  const transforms = createTransforms(config.transforms, () => 0);
  const path = createRecordPath(config, sink.format, transforms, () => clock.now());
  const written = records.map((record, offset) => ({ ...TP, offset, ...record }));
  const block = path.convert(buildBlock(written, { separator: sink.format.separator }));
  const { lane, ledger } = new Assignment(
    { ...TP, offset: 0 },
    { maxUncommitted: 1_000, commitStart: false, now: 0, changed: () => {} },
  );
  ledger.receive(block, 0, block.count, 0);
  lane.push(block, { start: 0, end: block.count, first: 0 }, 0);
  const errors: Record<number, string> = {};
  for (let index = 0; index < block.count; index++) {
    const flags = block.flags[index]!;
    if ((flags & FLAG_FILTERED) !== 0) errors[index] = 'dropped';
    else if ((flags & FLAG_INVALID) !== 0) errors[index] = block.errors?.get(index)?.message ?? 'no JSON';
    else if ((flags & FLAG_NULL) !== 0) errors[index] = 'null';
  }
  const batcher = new Batcher(sink.format, 0);
  const verdicts: Verdict[] = [];
  const began = clock.now();
  while (lane.waiting > 0) {
    if (lane.fault !== null) {
      lane.takeFault();
      continue;
    }
    const batch: Batch = batcher.take([lane], 0)!;
    await clock.run(sink.deliver(batch, verdict => verdicts.push(verdict), new Scope(), ANY_ROOM));
    lane.land(batch.records);
  }
  const elapsedMs = clock.now() - began;
  await sink.close();
  for (const verdict of verdicts) {
    if (verdict.kind !== 'rejected') continue;
    for (let index = verdict.start; index < verdict.end; index++) {
      errors[verdict.item.slice.block.offset[index]!] = verdict.error.message;
    }
  }
  return { sent, tokens, errors, elapsedMs };
}
