import type { RecordLike } from '../../../connector/block-builder.ts';
import { CODE, JWT, OAUTH } from '../../config/dialects/adobe-rows.ts';
import type { Keys } from '../../config/written.ts';
import type { Answers } from '../../support/sent-out.ts';
import { moved, refused, takes } from './adobe-answers.ts';

/** Records in, requests out: what Adobe's sink 0.0.30 sends of them, or where ours is another, why. */
export interface Exchange {
  /** Where in its sources that is said. */
  readonly source: string;
  readonly what: string;
  readonly keys?: Keys;
  /** Of values alone, or records. */
  readonly records: readonly (string | Buffer | null | RecordLike)[];
  readonly answers?: Answers;
  /** The bodies, one request each, posted to the batch endpoint with the headers of all. */
  readonly bodies: readonly string[];
  /** Headers besides. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
  /** Of requests to IMS: the address, and the form; a pattern stands for what chance has a part in. */
  readonly tokens?: readonly (readonly [url: string, form: Readonly<Record<string, string | RegExp>>])[];
  readonly errors?: Readonly<Record<number, RegExp>>;
}

const JSON_CLASS = 'org.apache.kafka.connect.json.JsonConverter';
const TEXT: Keys = { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' };
const SCHEMAS: Keys = { 'value.converter': JSON_CLASS, 'value.converter.schemas.enable': 'true' };
const PATCH = 'com.adobe.platform.streaming.sink.transformation.JsonPatchTransform';
const patched = (operations: string): Keys => ({
  transforms: 'p',
  'transforms.p.type': PATCH,
  'transforms.p.operations': operations,
});
const SCOPE = 'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session';
const IMS = 'https://ims-na1.adobelogin.com';
const OAUTH_FORM = {
  grant_type: 'client_credentials',
  client_id: 'client',
  client_secret: 'hush',
  scope: SCOPE,
} as const;
const KB = (kb: number): Keys => ({ 'aep.flush.bytes.kb': String(kb) });
/** A value of so many bytes. */
const sized = (bytes: number): string => `[${'7'.repeat(bytes - 2)}]`;
/** Of 1028 bytes, and half as many characters. */
const UMLAUTS = `{"k":"${'é'.repeat(510)}"}`;
const m = (...values: readonly string[]): string => `{"messages":[${values.join(',')}]}`;

const VALUES: readonly Exchange[] = [
  {
    source: 'AEPPublisher.publishData',
    what: 'one record is a batch of one',
    records: ['{"a":1}'],
    bodies: ['{"messages":[{"a":1}]}'],
  },
  {
    source: 'AEPPublisher.publishData',
    what: 'records in their order',
    records: ['{"a":1}', '{"a":2}', '{"a":3}'],
    bodies: [m('{"a":1}', '{"a":2}', '{"a":3}')],
  },
  {
    source: 'AEPPublisher.publishData',
    what: 'arrays, numbers and booleans are messages too',
    records: ['[1,2]', '7', 'true'],
    bodies: [m('[1,2]', '7', 'true')],
  },
  {
    source: 'SinkUtils.getStringPayload: a String as it is',
    what: 'a string of JsonConverter is JSON text',
    records: ['"{\\"a\\":1}"'],
    bodies: [m('{"a":1}')],
  },
  {
    source: 'ObjectMapper.readTree of that text',
    what: 'a string of JSON within such a string stays one',
    records: ['"\\"b\\""'],
    bodies: [m('"b"')],
  },
  {
    source: 'SinkUtils.getStringPayload',
    what: 'texts of StringConverter are JSON',
    keys: TEXT,
    records: ['{"a":1}', '"b"', '3'],
    bodies: [m('{"a":1}', '"b"', '3')],
  },
  {
    source: 'ObjectMapper.readTree without FAIL_ON_TRAILING_TOKENS',
    what: 'of several values in a text the first one',
    keys: TEXT,
    records: ['{"a":1} {"b":2}'],
    bodies: [m('{"a":1}')],
  },
  {
    source: 'differs: AEPPublisher filters it out in silence',
    what: 'a text that is no JSON is an error of the record',
    keys: TEXT,
    records: ['{"a":1}', 'hello', '{"a":2}'],
    bodies: [m('{"a":1}'), m('{"a":2}')],
    errors: { 1: /holds no JSON/ },
  },
  {
    source: 'differs: the same',
    what: 'a string of JsonConverter that holds none too',
    records: ['"hello"', '2'],
    bodies: [m('2')],
    errors: { 0: /holds no JSON/ },
  },
  {
    source: 'JsonConverter.toConnectData: DataException, errors.tolerance',
    what: 'a value that is no JSON to JsonConverter is an error',
    records: ['{"a":', '2'],
    bodies: [m('2')],
    errors: { 0: /serialization error/ },
  },
  {
    source: 'differs: DataException out of put(), task FAILED',
    what: 'a tombstone is an error of the record',
    records: ['1', null, '2'],
    bodies: [m('1'), m('2')],
    errors: { 1: /no value/ },
  },
  {
    source: 'differs: JsonConverter.fromConnectData(null) is null',
    what: "JSON's null too",
    records: ['null', '2'],
    bodies: [m('2')],
    errors: { 0: /no value/ },
  },
  {
    source: 'SinkUtils: the value alone',
    what: 'keys, headers and timestamps go nowhere',
    records: [
      { key: Buffer.from('k'), value: '1', timestamp: 1_700_000_000_000, headers: [['trace', Buffer.from('t')]] },
    ],
    bodies: [m('1')],
  },
  {
    source: 'differs: Jackson writes 1.0E20 and 12345678901234567890123',
    what: 'numbers keep their digits',
    records: ['{"n":1.0,"e":1e20,"b":12345678901234567890123}'],
    bodies: [m('{"n":1.0,"e":1e20,"b":12345678901234567890123}')],
  },
  {
    source: 'differs: Jackson writes it without blanks',
    what: 'blanks between tokens stay',
    records: ['{ "a" : 1 }'],
    bodies: [m('{ "a" : 1 }')],
  },
  {
    source: 'ObjectMapper.writeValueAsBytes: UTF-8',
    what: 'characters beyond ASCII in UTF-8',
    records: ['{"a":"grün ☂ 😀"}'],
    bodies: [m('{"a":"grün ☂ 😀"}')],
  },
  {
    source: 'JsonConverter with schemas.enable=false in AbstractSinkTask',
    what: 'of a schema the payload alone',
    keys: SCHEMAS,
    records: [
      '{"schema":{"type":"struct","fields":[{"type":"int32","optional":false,"field":"i"},{"type":"string","optional":true,"field":"s"}],"optional":false},"payload":{"i":5,"s":null}}',
    ],
    bodies: [m('{"i":5,"s":null}')],
  },
  {
    source: 'JsonConverter: Decimal in base64, Date in days',
    what: 'logical types as JsonConverter has them',
    keys: SCHEMAS,
    records: [
      '{"schema":{"type":"struct","fields":[{"type":"bytes","optional":false,"field":"p","name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2"}},{"type":"int32","optional":false,"field":"d","name":"org.apache.kafka.connect.data.Date","version":1}],"optional":false},"payload":{"p":"AfQ=","d":19675}}',
    ],
    bodies: [m('{"p":"AfQ=","d":19675}')],
  },
  {
    source: 'JsonConverter: bytes in base64',
    what: 'bytes of a schema',
    keys: SCHEMAS,
    records: [
      '{"schema":{"type":"struct","fields":[{"type":"bytes","optional":false,"field":"b"}],"optional":false},"payload":{"b":"AQI="}}',
    ],
    bodies: [m('{"b":"AQI="}')],
  },
  {
    source: 'SinkUtils: Schema.STRING is a String',
    what: 'a string with a schema is JSON text',
    keys: SCHEMAS,
    records: ['{"schema":{"type":"string","optional":false},"payload":"{\\"a\\":1}"}'],
    bodies: [m('{"a":1}')],
  },
];

const TRANSFORMS: readonly Exchange[] = [
  {
    source: 'JsonPatchTransform.apply',
    what: 'add',
    keys: patched('[{"op":"add","path":"/b","value":{"c":2}}]'),
    records: ['{"a":1}'],
    bodies: [m('{"a":1,"b":{"c":2}}')],
  },
  {
    source: 'JsonPatchTransform.apply',
    what: 'remove and copy',
    keys: patched('[{"op":"copy","from":"/a","path":"/b"},{"op":"remove","path":"/a"}]'),
    records: ['{"a":[1],"z":0}'],
    bodies: [m('{"z":0,"b":[1]}')],
  },
  {
    source: 'ObjectNodeConverter: of a String too',
    what: 'a text of StringConverter is patched as JSON',
    keys: { ...TEXT, ...patched('[{"op":"replace","path":"/a","value":2}]') },
    records: ['{"a":1}'],
    bodies: [m('{"a":2}')],
  },
  {
    source: 'differs: it logs, and sends the record unpatched',
    what: 'what can not be patched is an error of the record',
    keys: patched('[{"op":"remove","path":"/none"}]'),
    records: ['{"a":1}'],
    bodies: [],
    errors: { 0: /./ },
  },
  {
    source: 'TransformationChain',
    what: "Connect's own transforms in front",
    keys: {
      transforms: 'i',
      'transforms.i.type': 'org.apache.kafka.connect.transforms.InsertField$Value',
      'transforms.i.static.field': 'o',
      'transforms.i.static.value': 'k',
    },
    records: ['{"a":1}'],
    bodies: [m('{"a":1,"o":"k"}')],
  },
];

const FLUSHES: readonly Exchange[] = [
  {
    source: 'AbstractSinkTask.flushNow: bytesRead >= flushBytesCount',
    what: 'the record that reaches aep.flush.bytes.kb is sent with the others',
    keys: KB(1),
    records: [sized(400), sized(400), sized(400), sized(400)],
    bodies: [m(sized(400), sized(400), sized(400)), m(sized(400))],
  },
  {
    source: 'AbstractSinkTask.put: add, then look',
    what: 'a record that is larger goes alone',
    keys: KB(1),
    records: [sized(5000), sized(10)],
    bodies: [m(sized(5000)), m(sized(10))],
  },
  {
    source: 'AbstractSinkTask.put: add, then look',
    what: 'or with what came before it',
    keys: KB(1),
    records: [sized(10), sized(5000)],
    bodies: [m(sized(10), sized(5000))],
  },
  {
    source: 'AbstractSinkTask: DEFAULT_FLUSH_BYTES_KB = 4',
    what: 'four KB by default',
    records: [sized(2000), sized(2000), sized(100), sized(10)],
    bodies: [m(sized(2000), sized(2000), sized(100)), m(sized(10))],
  },
  {
    source: 'SinkUtils.getProperty: below 1 the default',
    what: '0 is 4',
    keys: KB(0),
    records: [sized(4090), sized(10)],
    bodies: [m(sized(4090)), m(sized(10))],
  },
  {
    source: 'differs: it counts characters of the records alone',
    what: 'bytes of the body count',
    keys: KB(1),
    records: [UMLAUTS, '1'],
    bodies: [m(UMLAUTS), m('1')],
  },
  {
    source: 'consumer max.poll.records=500: put() sends what is left',
    what: '500 records at most',
    keys: KB(900),
    records: Array.from({ length: 501 }, () => '1'),
    bodies: [m(...Array.from({ length: 500 }, () => '1')), m('1')],
  },
  {
    source: 'differs: it has no limit, and gets 413',
    what: 'no body is larger than the API takes',
    keys: KB(2000),
    records: [sized(600_000), sized(600_000)],
    bodies: [m(sized(600_000)), m(sized(600_000))],
  },
  {
    source: 'differs: the same',
    what: 'a record that is larger than a request is an error',
    records: [sized(1_100_000), '1'],
    bodies: [m('1')],
    errors: { 0: /too large/ },
  },
];

const REQUESTS: readonly Exchange[] = [
  {
    source: 'AbstractAEPPublisher.getAepEndpoint',
    what: 'the batch endpoint, and its query',
    keys: { 'aep.endpoint': 'http://h:8080/collection/x?x-adobe-flow-id=1' },
    records: ['1'],
    url: 'http://h:8080/collection/batch/x?x-adobe-flow-id=1',
    bodies: [m('1')],
  },
  {
    source: 'String.replace: every one',
    what: 'all of several',
    keys: { 'aep.endpoint': 'http://h/collection/a/collection/b' },
    records: ['1'],
    url: 'http://h/collection/batch/a/collection/batch/b',
    bodies: [m('1')],
  },
  {
    source: 'HttpProducer.withHeaders',
    what: 'more headers',
    keys: { 'aep.connection.endpoint.headers': '{"x-adobe-flow-id":"f","n":1}' },
    records: ['1'],
    headers: { 'x-adobe-flow-id': 'f', n: '1' },
    bodies: [m('1')],
  },
  {
    source: 'HttpConnection: setRequestProperty',
    what: 'a content type of the file',
    keys: { 'aep.connection.endpoint.headers': '{"Content-Type":"application/vnd.adobe.xed-full+json"}' },
    records: ['1'],
    headers: { 'content-type': 'application/vnd.adobe.xed-full+json' },
    bodies: [m('1')],
  },
  {
    source: 'HttpConnection: Bearer behind the headers',
    what: 'the token in place of an Authorization of the file',
    keys: { ...OAUTH, 'aep.connection.endpoint.headers': '{"Authorization":"mine"}' },
    records: ['1'],
    headers: { authorization: 'Bearer token-1' },
    tokens: [[`${IMS}/ims/token/v3`, OAUTH_FORM]],
    bodies: [m('1')],
  },
  {
    source: 'HttpURLConnection.restrictedHeaders',
    what: 'a Host of the file is left out',
    keys: { 'aep.connection.endpoint.headers': '{"Host":"other","x":"1"}' },
    records: ['1'],
    headers: { x: '1' },
    bodies: [m('1')],
  },
  {
    source: 'OAuth2IMSTokenProvider.getTokenResponse',
    what: 'client credentials, once for all requests',
    keys: { ...OAUTH, ...KB(1) },
    records: [sized(1100), sized(1100)],
    headers: { authorization: 'Bearer token-1' },
    tokens: [[`${IMS}/ims/token/v3`, OAUTH_FORM]],
    bodies: [m(sized(1100)), m(sized(1100))],
  },
  {
    source: 'IMSTokenProvider.getTokenResponse',
    what: 'an authorization code',
    keys: CODE,
    records: ['1'],
    headers: { authorization: 'Bearer token-1' },
    tokens: [
      [
        `${IMS}/ims/token/v1`,
        { grant_type: 'authorization_code', client_id: 'client', client_secret: 'hush', code: 'code' },
      ],
    ],
    bodies: [m('1')],
  },
  {
    source: 'JWTTokenProvider.getTokenResponse',
    what: 'a signed JWT',
    keys: JWT,
    records: ['1'],
    headers: { authorization: 'Bearer token-1' },
    tokens: [
      [
        `${IMS}/ims/exchange/jwt/`,
        { client_id: 'client', client_secret: 'hush', jwt_token: /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/ },
      ],
    ],
    bodies: [m('1')],
  },
  {
    source: 'differs: the form is not encoded',
    what: 'a secret with & and + arrives as it is',
    keys: { ...OAUTH, 'aep.connection.auth.client.secret': 'a&b+c%20' },
    records: ['1'],
    headers: { authorization: 'Bearer token-1' },
    tokens: [[`${IMS}/ims/token/v3`, { ...OAUTH_FORM, client_secret: 'a&b+c%20' }]],
    bodies: [m('1')],
  },
];

const ANSWERS: readonly Exchange[] = [
  {
    source: 'AEPPublisher: hasNonNull(status)',
    what: 'of a 207 those with a status are errors',
    records: ['1', '2', '3'],
    answers: refused({ 1: { status: 400 } }),
    bodies: [m('1', '2', '3')],
    errors: { 1: /answered 400/ },
  },
  {
    source: 'AEPPublisher.getFailedMessageIndex',
    what: 'a failed entry counts by its xactionId, wherever it stands',
    records: ['1', '2', '3'],
    answers: moved,
    bodies: [m('1', '2', '3')],
    errors: { 2: /answered 400/ },
  },
  {
    source: 'differs: HttpException, all to the reporter or the task FAILED',
    what: 'one without an xactionId by its place',
    records: ['1', '2'],
    answers: refused({ 0: { statusCode: '400', message: 'no' } }, false),
    bodies: [m('1', '2')],
    errors: { 0: /answered 400/ },
  },
  {
    source: 'differs: those of 500 and more are dropped or reported',
    what: 'an entry of 503 is sent again, alone',
    records: ['1', '2'],
    answers: (request, number) =>
      number === 1 ? refused({ 1: { status: 503 } })(request, number) : takes(request, number),
    bodies: [m('1', '2'), m('2')],
  },
  {
    source: 'differs: three attempts, then dropped',
    what: '503, 504, 429 and 408 are waited out',
    records: ['1'],
    answers: (request, number) =>
      number < 9 ? { ...takes(request, number), status: [503, 504, 429, 408][number % 4]! } : takes(request, number),
    bodies: Array.from({ length: 9 }, () => m('1')),
  },
  {
    source: 'differs: the task is FAILED',
    what: 'a 403 renews the token, once',
    keys: OAUTH,
    records: ['1'],
    answers: (request, number) => (number === 2 ? { ...takes(request, number), status: 403 } : takes(request, number)),
    headers: {},
    tokens: [
      [`${IMS}/ims/token/v3`, OAUTH_FORM],
      [`${IMS}/ims/token/v3`, OAUTH_FORM],
    ],
    bodies: [m('1'), m('1')],
  },
  {
    source: 'differs: all four are reported, or dropped',
    what: 'a 400 of the whole is taken apart',
    records: ['1', '2', '3', '4'],
    answers: (request, number) =>
      /[^\d]3/.test(request.body.toString()) ? { ...takes(request, number), status: 400 } : takes(request, number),
    bodies: [m('1', '2', '3', '4'), m('1', '2'), m('3', '4'), m('3'), m('4')],
    errors: { 2: /answered 400/ },
  },
  {
    source: 'differs: dropped',
    what: 'a 413 is sent in two',
    records: ['1', '2'],
    answers: (request, number) => (number === 1 ? { ...takes(request, number), status: 413 } : takes(request, number)),
    bodies: [m('1', '2'), m('1'), m('2')],
  },
  {
    source: 'HttpUtil.is2xx',
    what: 'any other 2xx confirms',
    records: ['1', '2'],
    answers: (request, number) => ({ ...takes(request, number), status: 202, body: Buffer.from('') }),
    bodies: [m('1', '2')],
  },
  {
    source: 'ContentHandler.jsonHandler on 200',
    what: 'a 200 is read as a 207',
    records: ['1', '2'],
    answers: (request, number) => ({ ...refused({ 0: { status: 400 } })(request, number), status: 200 }),
    bodies: [m('1', '2')],
    errors: { 0: /answered 400/ },
  },
];

export const EXCHANGES: readonly Exchange[] = [...VALUES, ...TRANSFORMS, ...FLUSHES, ...REQUESTS, ...ANSWERS];
