import { Batcher } from '../../../connector/batcher.ts';
import { FLAG_INVALID, FLAG_NULL } from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { bodyFormat } from '../../../connector/http/encode.ts';
import { createRecordPath } from '../../../connector/route/record-path.ts';
import { createTransforms } from '../../../connector/transforms/create.ts';
import { Assignment } from '../../../worker/task/order/assignment.ts';
import { answer, Bench } from '../../connector/http/fixtures.ts';
import { connectorOf, type Keys } from '../written.ts';

/** A record of a topic as Kafka has it; texts are UTF-8. */
export interface In {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
  readonly timestamp?: number;
}

/** A request as it is sent, of its headers those that are asked for; or a record that is none of any. */
export interface Out {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TP = { topic: 'orders', partition: 3, offset: 0 };

/** Everything that these records make a connector send, over all of its way but Kafka and the network; errors are told in their place. */
export async function requestsOf(
  keys: Keys,
  records: readonly In[],
): Promise<readonly (Out | { readonly error: string })[]> {
  const config = connectorOf({ topics: TP.topic, 'http.url': null, ...keys });
  const format = bodyFormat(config.batch);
  const path = createRecordPath(
    config,
    format,
    createTransforms(config.transforms, () => 0),
    () => 0,
  );
  const block = path.convert(buildBlock(records.map(asRecord), { separator: format.separator }));
  const { lane, ledger } = new Assignment(TP, {
    maxUncommitted: 10_000,
    commitStart: false,
    now: 0,
    changed: () => {},
  });
  ledger.receive(block, 0, block.count, 0);
  lane.push(block, { start: 0, end: block.count, first: 0 }, 0);
  const bench = new Bench(() => answer(200), { http: config.http, batch: config.batch });
  const batcher = new Batcher(format, 0);
  const made: (Out | { readonly error: string })[] = [];
  while (lane.waiting > 0) {
    if (lane.fault !== null) {
      const { start } = lane.fault;
      const isNull = (block.flags[start]! & (FLAG_NULL | FLAG_INVALID)) === FLAG_NULL;
      made.push({
        error: isNull ? `no value: ${config.values.onNull}` : (block.errors?.get(start)?.message ?? 'invalid'),
      });
      lane.takeFault();
      continue;
    }
    const batch = batcher.take([lane], 0)!;
    await bench.deliver(batch);
    lane.land(batch.records);
    const { method, url, headers, body } = bench.transport.requests.at(-1)!;
    made.push({ line: `${method} ${url.href}`, headers, body: body.toString() });
  }
  await bench.sink.close();
  return made;
}

function asRecord({ key = null, value, headers = [], timestamp = 1_700_000_000_000 }: In, offset: number): RecordLike {
  return {
    ...TP,
    offset,
    timestamp,
    key: typeof key === 'string' ? Buffer.from(key) : key,
    value,
    headers: headers.map(([name, text]) => [name, text === null ? null : Buffer.from(text)] as const),
  };
}
