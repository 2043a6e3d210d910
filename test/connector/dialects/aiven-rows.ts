import type { RecordLike } from '../../../connector/block-builder.ts';
import type { Keys } from '../../config/written.ts';

/** What a table expects of one request. */
export interface Sent {
  /** Method, scheme, host, path and query. */
  readonly line: string;
  /** All but `user-agent` and `accept-encoding`, which every client has its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One row of what Aiven's sink was read to do: records in, requests out. */
export interface Row {
  readonly name: string;
  /** Where it is to be read in Aiven's sources: class and method. */
  readonly source: string;
  /** On top of the plain file. */
  readonly keys?: Keys;
  /** Values, or whole records. */
  readonly records: readonly (string | Buffer | null | RecordLike)[];
  /** Statuses of the endpoint, the last one for all further requests; 200 by default. */
  readonly statuses?: readonly number[];
  /** Answers of the token endpoint, the last one for all further requests. */
  readonly tokens?: readonly object[];
  /** Bodies alone where the rest is that of the plain file. */
  readonly sent: readonly (string | Partial<Sent>)[];
  readonly tokenRequests?: readonly Partial<Sent>[];
  readonly errors?: Readonly<Record<number, RegExp | string>>;
  /** Virtual milliseconds that all of it took. */
  readonly elapsedMs?: number;
}

const TEXTS: Keys = { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' };
const JSON_WITH_SCHEMAS: Keys = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'true',
};
const JSON_PLAIN: Keys = {
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
};
const BYTES: Keys = { 'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter' };
const BATCHED: Keys = { 'batching.enabled': 'true' };
const ALL: Keys = { 'errors.tolerance': 'all' };

const SINGLE = 'SingleRecordSender.send';
const BODY = 'BatchRecordSender.createRequestBody';
const CONVERT = 'RecordValueConverter.convert';
const JSON_OF = 'JsonRecordValueConverter.convert';
const NOT_SENT = /neither a string nor an object/;

const struct = (type: object, field: unknown): string =>
  JSON.stringify({ schema: { type: 'struct', fields: [{ field: 'f', ...type }] }, payload: { f: field } });

/** Unscaled 1436 as the bytes of a BigInteger, scale 2: 14.36. */
const DECIMAL = {
  type: 'bytes',
  name: 'org.apache.kafka.connect.data.Decimal',
  version: 1,
  parameters: { scale: '2' },
};

export const BODIES: readonly Row[] = [
  { name: 'a text is the body', source: SINGLE, keys: TEXTS, records: ['some-str-value'], sent: ['some-str-value'] },
  { name: 'a record each', source: SINGLE, keys: TEXTS, records: ['a', 'b', 'c'], sent: ['a', 'b', 'c'] },
  { name: 'an empty text is an empty body', source: SINGLE, keys: TEXTS, records: [''], sent: [''] },
  {
    name: 'a text of JSON stays as it is',
    source: SINGLE,
    keys: TEXTS,
    records: ['{ "a" : 1.0 }'],
    sent: ['{ "a" : 1.0 }'],
  },
  { name: 'a text of an array is a text', source: CONVERT, keys: TEXTS, records: ['[1]'], sent: ['[1]'] },
  {
    name: 'UTF-8, line ends and quotes',
    source: 'BodyPublishers.ofString',
    keys: TEXTS,
    records: ['é€😀"\r\n'],
    sent: ['é€😀"\r\n'],
  },
  {
    name: 'a record of several megabytes, and a batch of them',
    source: 'BodyPublishers.ofString',
    keys: { ...TEXTS, ...BATCHED },
    records: ['a'.repeat(3_000_000), 'b'.repeat(4_000_000)],
    sent: [`${'a'.repeat(3_000_000)}\n${'b'.repeat(4_000_000)}\n`],
  },
  {
    name: 'single bodies have no prefix, separator or suffix',
    source: 'RecordSender.createRecordSender',
    keys: { ...TEXTS, 'batch.prefix': '[', 'batch.suffix': ']' },
    records: ['a', 'b'],
    sent: ['a', 'b'],
  },
  {
    name: 'batches end with a line end, and have one between records',
    source: 'HttpSinkConfig.batchSuffix',
    keys: { ...TEXTS, ...BATCHED },
    records: ['a', 'b', 'c'],
    sent: ['a\nb\nc\n'],
  },
  {
    name: 'a batch of one record has its suffix',
    source: BODY,
    keys: { ...TEXTS, ...BATCHED },
    records: ['a'],
    sent: ['a\n'],
  },
  {
    name: 'a batch is full at batch.max.size',
    source: 'BatchRecordSender.send',
    keys: { ...TEXTS, ...BATCHED, 'batch.max.size': '2' },
    records: ['a', 'b', 'c', 'd', 'e'],
    sent: ['a\nb\n', 'c\nd\n', 'e\n'],
  },
  {
    name: '500 records by default',
    source: 'HttpSinkConfig.addBatchingConfigGroup',
    keys: { ...TEXTS, ...BATCHED, 'batch.separator': '', 'batch.suffix': '' },
    records: Array.from({ length: 501 }, () => 'x'),
    sent: ['x'.repeat(500), 'x'],
  },
  {
    name: 'a JSON array by prefix, separator and suffix',
    source: BODY,
    keys: { ...TEXTS, ...BATCHED, 'batch.prefix': '[', 'batch.separator': ',', 'batch.suffix': ']' },
    records: ['{"a":1}', '{"a":2}'],
    sent: ['[{"a":1},{"a":2}]'],
  },
  {
    name: 'blanks around separators count',
    source: 'HttpSinkConfig.getOriginalString',
    keys: { ...TEXTS, ...BATCHED, 'batch.separator': '\\ | ', 'batch.suffix': '\\u0020' },
    records: ['a', 'b'],
    sent: ['a | b '],
  },
  {
    name: 'an empty separator and an empty suffix are nothing',
    source: BODY,
    keys: { ...TEXTS, ...BATCHED, 'batch.separator': '', 'batch.suffix': '' },
    records: ['a', 'b'],
    sent: ['ab'],
  },
  {
    name: 'a backslash that the file has left is one',
    source: 'HttpSinkConfig.getOriginalString',
    keys: { ...TEXTS, ...BATCHED, 'batch.separator': '\\\\n', 'batch.prefix': '\\\\t', 'batch.suffix': '\\\\' },
    records: ['a', 'b'],
    sent: ['\\ta\\nb\\'],
  },
  {
    name: 'escapes of the properties file are read by the file',
    source: 'HttpSinkConfig.getOriginalString',
    keys: { ...TEXTS, ...BATCHED, 'batch.separator': '\\r\\n', 'batch.suffix': '\\u00e9' },
    records: ['a', 'b'],
    sent: ['a\r\nbé'],
  },
  {
    name: 'a separator may look like a macro',
    source: BODY,
    keys: { ...TEXTS, ...BATCHED, 'batch.separator': '$' + '{key}' },
    records: ['a', 'b'],
    sent: ['a$' + '{key}b\n'],
  },
];

export const VALUES: readonly Row[] = [
  { name: 'a map is JSON', source: JSON_OF, keys: JSON_PLAIN, records: ['{"key":"value"}'], sent: ['{"key":"value"}'] },
  {
    name: 'a Struct is JSON without its schema',
    source: JSON_OF,
    keys: JSON_WITH_SCHEMAS,
    records: [struct({ type: 'string' }, 'user-0')],
    sent: ['{"f":"user-0"}'],
  },
  {
    name: 'a JSON string goes raw',
    source: CONVERT,
    keys: JSON_PLAIN,
    records: ['"some \\"text\\""'],
    sent: ['some "text"'],
  },
  {
    name: 'a string with a schema goes raw',
    source: CONVERT,
    keys: JSON_WITH_SCHEMAS,
    records: ['{"schema":{"type":"string"},"payload":"text"}'],
    sent: ['text'],
  },
  {
    name: 'raw strings and maps in one batch',
    source: BODY,
    keys: { ...JSON_PLAIN, ...BATCHED },
    records: ['{"a":1}', '"b"'],
    sent: ['{"a":1}\nb\n'],
  },
  ...['1', '1.5', 'true', '[1]', '["a"]'].map(
    (value): Row => ({
      name: `${value} is refused: neither String nor Struct nor Map`,
      source: 'RecordValueConverter.validateConvertibility',
      keys: { ...JSON_PLAIN, ...ALL },
      records: [value, '{"a":1}'],
      sent: ['{"a":1}'],
      errors: { 0: NOT_SENT },
    }),
  ),
  {
    name: 'a number with a schema is refused',
    source: 'RecordValueConverterTest.throwsDataExceptionForUnknownRecordValueClass',
    keys: { ...JSON_WITH_SCHEMAS, ...ALL },
    records: ['{"schema":{"type":"int64"},"payload":42}'],
    sent: [],
    errors: { 0: NOT_SENT },
  },
  {
    name: 'bytes are refused',
    source: CONVERT,
    keys: { ...BYTES, ...ALL },
    records: ['{"a":1}'],
    sent: [],
    errors: { 0: NOT_SENT },
  },
  {
    name: 'a Long is refused',
    source: CONVERT,
    keys: { 'value.converter': 'org.apache.kafka.connect.converters.LongConverter', ...ALL },
    records: [Buffer.alloc(8)],
    sent: [],
    errors: { 0: NOT_SENT },
  },
  {
    name: 'what a transform made is refused by the same rule',
    source: CONVERT,
    keys: {
      ...JSON_PLAIN,
      ...ALL,
      transforms: 'x',
      'transforms.x.type': 'org.apache.kafka.connect.transforms.ExtractField$Value',
      'transforms.x.field': 'f',
    },
    records: ['{"f":1}', '{"f":"raw"}', '{"f":{"g":2}}', '{"f":[3]}'],
    sent: ['raw', '{"g":2}'],
    errors: { 0: NOT_SENT, 3: NOT_SENT },
  },
  {
    name: 'a null is an error, in single mode',
    source: 'HttpSinkTask.put',
    keys: { ...TEXTS, ...ALL },
    records: [null, 'a'],
    sent: ['a'],
    errors: { 0: 'no value: fail' },
  },
  {
    name: 'a null is an error, in a batch',
    source: 'HttpSinkTask.put',
    keys: { ...TEXTS, ...ALL, ...BATCHED },
    records: [null, 'a', 'b'],
    sent: ['a\nb\n'],
    errors: { 0: 'no value: fail' },
  },
  {
    name: 'JSON’s null is one, too',
    source: 'HttpSinkTask.put',
    keys: { ...JSON_PLAIN, ...ALL },
    records: ['null'],
    sent: [],
    errors: { 0: 'no value: fail' },
  },
  {
    name: 'a Decimal is base64 by default',
    source: 'HttpSinkConfig.decimalFormat',
    keys: JSON_WITH_SCHEMAS,
    records: [struct(DECIMAL, 'BZw=')],
    sent: ['{"f":"BZw="}'],
  },
  {
    name: 'a Decimal is a number with decimal.format=NUMERIC',
    source: 'JsonRecordValueConverter.<init>',
    keys: { ...JSON_WITH_SCHEMAS, 'decimal.format': 'NUMERIC' },
    records: [struct(DECIMAL, 'BZw=')],
    sent: ['{"f":14.36}'],
  },
  {
    name: 'value.converter.decimal.format has no say: the sink’s own converter writes',
    source: 'JsonRecordValueConverter.<init>',
    keys: { ...JSON_WITH_SCHEMAS, 'value.converter.decimal.format': 'NUMERIC' },
    records: [struct(DECIMAL, 'BZw=')],
    sent: ['{"f":"BZw="}'],
  },
  {
    name: 'bytes and dates of a Struct as its JsonConverter writes them',
    source: JSON_OF,
    keys: JSON_WITH_SCHEMAS,
    records: [
      struct({ type: 'bytes' }, 'AQI='),
      struct({ type: 'int64', name: 'org.apache.kafka.connect.data.Timestamp', version: 1 }, 1_700_000_000_000),
      struct({ type: 'int32', name: 'org.apache.kafka.connect.data.Date', version: 1 }, 19_000),
    ],
    sent: ['{"f":"AQI="}', '{"f":1700000000000}', '{"f":19000}'],
  },
  {
    name: 'an optional field that is null is written',
    source: JSON_OF,
    keys: JSON_WITH_SCHEMAS,
    records: [struct({ type: 'string', optional: true }, null)],
    sent: ['{"f":null}'],
  },
];
