import type { FastifyInstance } from 'fastify';
import type { Value } from '../../../connector/data/model.ts';
import { isIntegral, isNumeric } from '../../../connector/data/scalars.ts';
import type { Herder, SinkOffset } from '../../herder.ts';
import { asObject, type JsonObject, objectOf } from '../json-body.ts';
import { RestError } from '../rest-error.ts';
import { type OfConnector, SLOW, WRITE } from './route-kinds.ts';
import { operation } from './operations.ts';

/** `/connectors/{connector}/offsets` (KIP-875), in the form that they have for sinks. */
export function registerOffsets(app: FastifyInstance, herder: Herder): void {
  app.get<OfConnector>(
    '/connectors/:connector/offsets',
    { config: SLOW, schema: operation('getOffsets') },
    async ({ params }) => ({
      offsets: (await herder.offsets(params.connector)).map(({ topic, partition, offset }) => ({
        partition: { kafka_topic: topic, kafka_partition: partition },
        offset: { kafka_offset: offset },
      })),
    }),
  );

  app.patch<OfConnector>(
    '/connectors/:connector/offsets',
    { config: WRITE, schema: operation('alterConnectorOffsets') },
    async ({ params, body }) => {
      await herder.alterOffsets(params.connector, offsetsIn(objectOf(body)));
      return { message: 'The Connect framework-managed offsets for this connector have been altered successfully' };
    },
  );

  app.delete<OfConnector>(
    '/connectors/:connector/offsets',
    { config: SLOW, schema: operation('resetConnectorOffsets') },
    async ({ params }) => {
      await herder.resetOffsets(params.connector);
      return { message: 'The Connect framework-managed offsets for this connector have been reset successfully' };
    },
  );
}

/** One for each partition, the last one that is given. @throws RestError */
function offsetsIn(body: JsonObject): readonly SinkOffset[] {
  const list = body.get('offsets');
  if (!Array.isArray(list) || list.length === 0) {
    throw new RestError(400, 'Partitions / offsets need to be provided for an alter offsets request');
  }
  const offsets = (list as readonly Value[]).map(offsetIn);
  return [...new Map(offsets.map(offset => [JSON.stringify([offset.topic, offset.partition]), offset])).values()];
}

function offsetIn(entry: Value): SinkOffset {
  const pair = asObject(entry, 'An item of the offsets');
  const partition = pair.get('partition');
  const offset = pair.get('offset') ?? null;
  if (!(partition instanceof Map)) throw new RestError(400, MISSING_PARTITION);
  const topic = (partition as JsonObject).get('kafka_topic');
  const number = (partition as JsonObject).get('kafka_partition');
  if (topic === undefined || topic === null || number === undefined || number === null) {
    throw new RestError(400, MISSING_PARTITION);
  }
  return {
    topic: String(topic),
    partition: integerOf(number, 'kafka_partition', MOST_PARTITION),
    offset: offset === null ? null : committedOf(offset),
  };
}

function committedOf(offset: Value): number {
  const value = offset instanceof Map ? (offset as JsonObject).get('kafka_offset') : undefined;
  if (value === undefined || value === null) {
    throw new RestError(
      400,
      'The offset for a sink connector should either be null or contain the key "kafka_offset", whose value is an integer',
    );
  }
  return integerOf(value, 'kafka_offset', Number.MAX_SAFE_INTEGER);
}

/** A number, or a text that is one, as in Kafka Connect. */
function integerOf(value: Value, key: string, most: number): number {
  const isNumber = isNumeric(value) ? isIntegral(value) : typeof value === 'string' && /^\d{1,19}$/.test(value);
  const number = Number(String(value));
  if (isNumber && number >= 0 && number <= most) return number;
  throw new RestError(400, `The value of "${key}" is not an integer from 0 to ${most}`);
}

const MOST_PARTITION = 2 ** 31 - 1;
const MISSING_PARTITION =
  'The partition for a sink connector offset must have the keys "kafka_topic" and "kafka_partition"';
