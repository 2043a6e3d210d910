import type { Schema, Struct, Value } from '../../connector/data/model.ts';
import type { ConnectRecord } from '../../connector/data/record.ts';
import { Decimal, isIntegral, JavaDate, JsonNumber, toNumber } from '../../connector/data/scalars.ts';

/** A record as ApplyChains.java writes what came out of Kafka Connect's own chain. */
export function describeRecord(record: ConnectRecord): object {
  const { topic, timestamp, keySchema, key, valueSchema, value, headers } = record;
  return {
    topic,
    timestamp,
    keySchema: describeSchema(keySchema),
    key: describeValue(key, keySchema),
    valueSchema: describeSchema(valueSchema),
    value: describeValue(value, valueSchema),
    headers: headers.map(header => [
      header.name,
      describeSchema(header.schema),
      describeValue(header.value, header.schema),
    ]),
  };
}

const NAMES: Readonly<Record<string, string>> = { FLOAT32: 'float32', FLOAT64: 'float64' };

function describeSchema(schema: Schema | null): object | null {
  if (schema === null) return null;
  const { type, optional, name, version, doc, parameters } = schema;
  const described: Record<string, unknown> = {
    type: NAMES[type] ?? type.toLowerCase(),
    optional,
    name: name ?? null,
    version: version ?? null,
    doc: doc ?? null,
    default: describeValue(schema.default ?? null, schema),
  };
  if (parameters !== undefined) described['parameters'] = Object.fromEntries([...parameters].sort());
  if (type === 'ARRAY') described['items'] = describeSchema(schema.valueSchema ?? null);
  if (type === 'MAP') {
    described['keys'] = describeSchema(schema.keySchema ?? null);
    described['values'] = describeSchema(schema.valueSchema ?? null);
  }
  if (type === 'STRUCT') described['fields'] = schema.fields.map(field => [field.name, describeSchema(field.schema)]);
  return described;
}

/** With the type that it has in Java; schemaless integers are all int64, since JSON knows one kind. */
function describeValue(value: Value, schema: Schema | null): unknown {
  if (value === null) return null;
  if (typeof value === 'boolean') return ['boolean', String(value)];
  if (typeof value === 'string') return ['string', value];
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonNumber)
    return number(value, schema);
  if (Buffer.isBuffer(value)) return ['bytes', value.toString('base64')];
  if (value instanceof Decimal) return ['decimal', String(value.unscaled), value.scale];
  if (value instanceof JavaDate) return ['date', String(value.ms)];
  if (Array.isArray(value)) {
    return ['array', (value as readonly Value[]).map(item => describeValue(item, schema?.valueSchema ?? null))];
  }
  if (value instanceof Map) return ['map', entries(value, schema)];
  const struct = value as Struct;
  const fields = struct.schema.fields.map(field => [
    field.name,
    describeValue(struct.atWithoutDefault(field), field.schema),
  ]);
  return ['struct', Object.fromEntries(fields)];
}

function entries(map: ReadonlyMap<Value, Value>, schema: Schema | null): unknown[] {
  const described = Array.from(map, ([key, value]) => [
    describeValue(key, schema?.keySchema ?? null),
    describeValue(value, schema?.valueSchema ?? null),
  ]);
  return described.sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1));
}

function number(value: number | bigint | JsonNumber, schema: Schema | null): unknown {
  const type = schema?.type ?? (isIntegral(value) ? 'INT64' : 'FLOAT64');
  if (type === 'FLOAT32' || type === 'FLOAT64') return [type.toLowerCase(), bits(toNumber(value), type === 'FLOAT32')];
  return [type.toLowerCase(), value instanceof JsonNumber ? String(value.asBigInt()) : String(value)];
}

function bits(value: number, single: boolean): string {
  const bytes = Buffer.alloc(8);
  if (single) return bytes.readUInt32BE(bytes.writeFloatBE(value) - 4).toString(16);
  return bytes.readBigUInt64BE(bytes.writeDoubleBE(value) - 8).toString(16);
}
