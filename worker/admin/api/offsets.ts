import type { FastifyInstance } from 'fastify';
import type { Value } from '../../../connector/data/model.ts';
import type { Herder, SinkOffset } from '../../herder.ts';
import { excerpt } from '../../telemetry/text.ts';
import { asObject, type JsonObject, objectOf } from '../json-body.ts';
import { RestError } from '../rest-error.ts';
import { operation } from './operations.ts';
import { type OfConnector, SLOW, WRITE } from './route-kinds.ts';

/** `/connectors/{connector}/offsets` (KIP-875), in the form that they have for sinks. */
export function registerOffsets(app: FastifyInstance, herder: Herder): void {
  app.get<OfConnector>(
    '/connectors/:connector/offsets',
    { config: SLOW, schema: operation('getOffsets') },
    async ({ params }) => ({
      offsets: (await herder.offsets(params.connector)).map(({ topic, partition, offset }) => ({
        partition: { kafka_partition: partition, kafka_topic: topic },
        offset: { kafka_offset: offset },
      })),
    }),
  );

  app.patch<OfConnector>(
    '/connectors/:connector/offsets',
    { config: WRITE, schema: operation('alterConnectorOffsets') },
    async request => {
      await herder.alterOffsets(request.params.connector, offsetsIn(objectOf(request, ['offsets'])));
      return { message: done('altered') };
    },
  );

  app.delete<OfConnector>(
    '/connectors/:connector/offsets',
    { config: SLOW, schema: operation('resetConnectorOffsets') },
    async ({ params }) => {
      await herder.resetOffsets(params.connector);
      return { message: done('reset') };
    },
  );
}

function done(what: 'altered' | 'reset'): string {
  return (
    `The Connect framework-managed offsets for this connector have been ${what} successfully. However, if this connector manages offsets ` +
    `externally, they will need to be manually ${what} in the system that the connector uses.`
  );
}

/** One for each partition, the last one that is given. @throws RestError */
function offsetsIn(body: JsonObject): readonly SinkOffset[] {
  const list = body.get('offsets') ?? [];
  if (!Array.isArray(list)) throw new RestError(500, 'The offsets are no JSON array');
  if (list.length === 0) {
    throw new RestError(400, 'Partitions / offsets need to be provided for an alter offsets request');
  }
  const offsets = (list as readonly Value[]).map(offsetIn);
  return [...new Map(offsets.map(offset => [JSON.stringify([offset.topic, offset.partition]), offset])).values()];
}

function offsetIn(entry: Value): SinkOffset {
  const pair = asObject(entry, 'An item of the offsets');
  const partition = pair.get('partition') ?? null;
  const offset = pair.get('offset') ?? null;
  if (partition === null) {
    throw new RestError(400, 'The partition for a sink connector offset cannot be null or missing');
  }
  return {
    ...partitionIn(asObject(partition, 'A partition')),
    offset: offset === null ? null : committedIn(asObject(offset, 'An offset')),
  };
}

function partitionIn(partition: JsonObject): { readonly topic: string; readonly partition: number } {
  const topic = partition.get('kafka_topic');
  const number = partition.get('kafka_partition');
  if (topic === undefined || number === undefined) {
    throw new RestError(
      400,
      "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'",
    );
  }
  if (topic === null) throw new RestError(400, 'Kafka topic names must be valid strings and may not be null');
  if (number === null) throw new RestError(400, 'Kafka partitions must be valid numbers and may not be null');
  return { topic: String(topic), partition: integerOf(number, 'partition', MOST_PARTITION) };
}

function committedIn(offset: JsonObject): number {
  const value = offset.get('kafka_offset');
  if (value !== undefined) return integerOf(value, 'offset', Number.MAX_SAFE_INTEGER);
  throw new RestError(400, "The offset for a sink connector should either be null or contain the key 'kafka_offset'");
}

/** A number, or a text that is one, as in Kafka Connect. */
function integerOf(value: Value, what: 'partition' | 'offset', most: number): number {
  const text = String(value);
  const number = Number(text);
  if (/^[+-]?\d{1,19}$/.test(text) && Math.abs(number) <= most) return number;
  const kind = what === 'partition' ? 'Partition' : 'Offset';
  throw new RestError(
    400,
    `Failed to parse the following Kafka ${what} value in the provided offsets: '${excerpt(text, MOST_TEXT)}'. ${kind} values for sink connectors need to be integers.`,
  );
}

/** Bytes of what could not be read, in an answer. */
const MOST_TEXT = 200;
const MOST_PARTITION = 2 ** 31 - 1;
