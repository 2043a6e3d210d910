import type { ConnectorConfig } from '../../../config/types.ts';
import type { Verdict } from '../../../connector/batch.ts';
import { Batcher } from '../../../connector/batcher.ts';
import { FLAG_NULL, FLAG_OVERSIZE } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { createHttpSink } from '../../../connector/http/sink.ts';
import type { Clock, HttpRequest, HttpResponse } from '../../../connector/ports.ts';
import { reasonOf } from '../../../connector/record-error.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { SliceQueue } from '../../../worker/task/order/slice-queue.ts';
import { ScriptedTransport } from '../../connector/http/fixtures.ts';
import { VirtualClock } from '../../support/clock.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { MemoryFiles } from '../../support/small-files.ts';

export type Answers = (request: HttpRequest, number: number) => HttpResponse;

/** What became of some records of one partition, with nothing between them and the network but what every record goes through. */
export interface SentOut {
  readonly requests: readonly HttpRequest[];
  /** By offset: why a record was not delivered. */
  readonly errors: Readonly<Record<number, string>>;
  readonly delivered: number;
}

/**
 * Converts, routes, batches and delivers them as one read that is there at once, one request after another.
 * @param clock a virtual one jumps over waits, and over work that Node does beside (signing by a key)
 */
export async function sendOut(
  connector: ConnectorConfig,
  records: readonly RecordLike[],
  answers: Answers,
  clock: Clock = new VirtualClock(),
): Promise<SentOut> {
  const transport = new ScriptedTransport(answers);
  const sink = createHttpSink({
    http: connector.http,
    batch: connector.batch,
    errorsTolerance: 'all',
    transport,
    files: new MemoryFiles(),
    clock,
    random: () => 0.5,
    announce: () => {},
  });
  const transforms = createTransforms(connector.transforms, () => clock.wall());
  const path = createRecordPath(connector, sink.format, transforms, () => clock.now());
  const block = path.convert(
    buildBlock(
      records.map((record, offset) => ({ topic: 'events', partition: 0, offset, ...record })),
      { separator: sink.format.separator, keys: path.needs.keys, headers: path.needs.headers },
    ),
  );
  const lane = new SliceQueue();
  for (const run of block.runs) lane.push(block, { ...run, first: run.start }, run, 0);
  const batcher = new Batcher(sink.format, 0);
  const errors: Record<number, string> = {};
  let delivered = 0;
  const report = (verdict: Verdict): void => {
    const { offset } = verdict.item.slice.block;
    for (let i = verdict.start; i < verdict.end; i++) {
      if (verdict.kind === 'delivered') delivered++;
      else errors[offset[i]!] = reasonOf(verdict.error);
    }
  };
  for (;;) {
    if (lane.fault !== null) {
      const { start } = lane.takeFault();
      errors[block.offset[start]!] = reasonFor(start);
      continue;
    }
    const batch = lane.records > 0 ? batcher.take([lane], 0) : null;
    if (batch === null) break;
    const end = sink.deliver(batch, report, new AbortController().signal, ANY_ROOM);
    await (clock instanceof VirtualClock ? clock.run(end) : end);
  }
  await sink.close();
  return { requests: transport.requests, errors, delivered };

  function reasonFor(index: number): string {
    const flags = block.flags[index]!;
    if ((flags & FLAG_NULL) !== 0) return 'no value';
    if ((flags & FLAG_OVERSIZE) !== 0) return 'too large';
    return reasonOf(block.errors?.get(index) ?? path.explain(originalValueAt(block, index)!));
  }
}
