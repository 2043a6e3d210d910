import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapedText } from '../../config/schema/escapes.ts';
import { readValue } from '../../config/schema/formats.ts';
import { DEFAULT_VALUES } from '../support/converters.ts';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

const JOINED: Keys = { 'batch.format': 'joined' };
const notices = (connector: Keys): string => parse({ connector }).notices.join('\n');

test('connector: a single record a request', () => {
  assert.equal(connectorOf({ 'batch.format': 'single' }).batch.maxRecords, 1);
  assert.deepEqual(parse({ connector: { 'batch.format': 'single' } }).notices, []);
  const notices = parse({ connector: { 'batch.format': 'single', 'batch.max.records': '5' } }).notices;
  assert.match(notices.join(), /batch\.max\.records has no effect/);
});

test('joined bodies: nothing around the values and a line end between them, unless it is written', () => {
  const { prefix, separator, suffix } = connectorOf(JOINED).batch;
  assert.deepEqual([prefix, separator, suffix], ['', '\n', '']);
  const none = connectorOf({ ...JOINED, 'batch.separator': '' }).batch;
  assert.equal(none.separator, '');
});

test('joined bodies: what stands around values is never trimmed, and has escapes behind those of the file', () => {
  const { prefix, separator, suffix } = connectorOf({
    ...JOINED,
    // What a properties file says of blanks and backslashes is its own affair.
    'batch.prefix': '\\ [ ',
    'batch.separator': ' \\n\\\\r\\\\n',
    'batch.suffix': '\\\\\\\\ \\u00e9\\\\u00e9\\\\0\\t ',
  }).batch;
  assert.deepEqual([prefix, separator, suffix], [' [ ', '\n\r\n', '\\ éé\0\t ']);
  const inEnvironment = parse({
    connector: JOINED,
    env: { TAILRACE_CONNECTOR_BATCH_SEPARATOR: '\\r\\n', TAILRACE_CONNECTOR_BATCH_SUFFIX: ' \\u001e ' },
  }).connectors[0]!.batch;
  assert.deepEqual([inEnvironment.separator, inEnvironment.suffix], ['\r\n', ' \u001e ']);
});

test('joined bodies: any text can be written', () => {
  const escaped = (text: string): string => text.replace(/[\\\n\r\t\f\0]/g, char => ESCAPES[char]!);
  const ESCAPES: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\f': '\\f',
    '\0': '\\0',
  };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.equal(readValue(escapedText, escaped(text)), text);
      const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0'));
      assert.equal(readValue(escapedText, units.map(unit => `\\u${unit}`).join('')), text);
    }),
  );
});

test('joined bodies: an escape that is none is refused, and says where', () => {
  const key = 'batch.separator';
  const faulty: readonly (readonly [written: string, told: RegExp])[] = [
    ['a\\\\q', /has an escape that is none at character 2: known are \\n, /],
    ['\\\\u12', /has an escape that is none at character 1/],
    ['a\\\\', /has a backslash that escapes nothing at character 2/],
    ['\\\\ud83d', /half of a character/],
    ['x'.repeat(65_537), /at most 65536 bytes/],
  ];
  for (const [written, told] of faulty) {
    assertFault({ connector: { ...JOINED, [key]: written } }, 'invalid', key, told);
  }
  assert.equal(connectorOf({ ...JOINED, [key]: '\\\\ud83d\\\\ude00' }).batch.separator, '😀');
  assert.equal(connectorOf({ ...JOINED, [key]: 'x'.repeat(65_536) }).batch.separator.length, 65_536);
});

test('joined bodies: there is room for a record, or the configuration is refused', () => {
  const around = { ...JOINED, 'batch.prefix': 'é', 'batch.suffix': '12' };
  assertFault({ connector: { ...around, 'batch.max.bytes': '4' } }, 'conflict', 'batch.max.bytes', /batch\.prefix/);
  assert.equal(connectorOf({ ...around, 'batch.max.bytes': '5' }).batch.maxBytes, 5);
});

test('joined bodies: their keys have no effect with other formats, and are told so', () => {
  for (const key of ['batch.prefix', 'batch.separator', 'batch.suffix']) {
    assert.match(notices({ [key]: 'x' }), new RegExp(`${key} has no effect: batch\\.format is array`));
    assert.equal(notices({ ...JOINED, [key]: 'x' }), '');
  }
});

test('joined bodies: what they hold is said by the converter', () => {
  const content = (converter: string): string => connectorOf({ ...JOINED, 'value.converter': converter }).batch.content;
  assert.deepEqual(['StringConverter', 'ByteArrayConverter', 'JsonConverter', 'LongConverter'].map(content), [
    'text',
    'bytes',
    'json',
    'json',
  ]);
});

test('values: every kind has its policy, and none of them is set by itself', () => {
  assert.deepEqual(connectorOf({}).values, DEFAULT_VALUES);
  const written = {
    'behavior.on.null.values': 'Send',
    'behavior.on.empty.values': 'null',
    'behavior.on.json.null.values': 'ignore',
    'behavior.on.text.values': 'quote',
    'behavior.on.scalar.values': 'fail',
    'behavior.on.array.values': 'ignore',
    'behavior.on.other.values': 'fail',
    'behavior.on.string.values': 'Raw',
    'batch.format': 'single',
  };
  assert.deepEqual(connectorOf(written).values, {
    onNull: 'send',
    onEmpty: 'null',
    onJsonNull: 'ignore',
    onText: 'quote',
    onScalar: 'fail',
    onArray: 'ignore',
    onOther: 'fail',
    onString: 'raw',
    written: 'json',
  });
  for (const key of Object.keys(written)) {
    const faults = faultLines({ connector: { [key]: 'maybe' } });
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, new RegExp(`^invalid sink\\.properties ${key} must be .*, not "maybe"`));
  }
});

test('values: only JsonConverter can find out that a value is no JSON', () => {
  const written = { 'value.converter': 'StringConverter', 'behavior.on.text.values': 'quote' };
  assert.match(notices(written), /behavior\.on\.text\.values has no effect: only JsonConverter refuses/);
  assert.equal(connectorOf(written).values.onText, 'fail');
});

test('values: raw strings and Java’s texts need bodies that take any text', () => {
  for (const format of ['array', 'ndjson', 'envelope']) {
    for (const [key, form] of [
      ['behavior.on.string.values', 'raw'],
      ['http.body.values', 'java'],
    ] as const) {
      const faults = faultLines({ connector: { 'batch.format': format, [key]: form } });
      assert.equal(faults.length, 1);
      assert.match(
        faults[0]!,
        new RegExp(`^conflict sink\\.properties ${key} ${form} makes texts, .*batch\\.format=${format}`),
      );
    }
  }
  assert.equal(connectorOf({ 'batch.format': 'joined', 'http.body.values': 'JAVA' }).values.written, 'java');
});

test('values: templates have a form of their own', () => {
  const single = { 'batch.format': 'single' };
  for (const template of [{ 'http.body.template': '<${value}>' }, { 'http.body.json': '{"v":${value}}' }]) {
    const key = Object.keys(template)[0]!;
    const raw = { ...single, ...template, 'behavior.on.string.values': 'raw' };
    assert.match(notices(raw), new RegExp(`behavior\\.on\\.string\\.values has no effect: ${key} says how`));
    assert.deepEqual(faultLines({ connector: { ...single, ...template, 'http.body.values': 'java' } }), [
      `conflict sink.properties http.body.values and ${key} exclude each other: macros see values as JSON`,
    ]);
  }
});

test('values: beside Java’s texts no key has another say', () => {
  const java = { 'batch.format': 'single', 'http.body.values': 'java' };
  assert.match(
    notices({ ...java, 'behavior.on.string.values': 'send' }),
    /string\.values has no effect: http\.body\.values=java/,
  );
  for (const key of ['behavior.on.scalar.values', 'behavior.on.array.values']) {
    assert.deepEqual(faultLines({ connector: { ...java, [key]: 'fail' } }), [
      `conflict sink.properties ${key} looks at values as JSON: leave it out with http.body.values=java`,
    ]);
  }
});

test('batch: a target of bytes below the limit, and none where it is never reached', () => {
  const targetOf = (connector: Keys) => connectorOf(connector).batch.targetBytes;
  assert.equal(targetOf({}), null);
  assert.equal(targetOf({ 'batch.target.bytes': '1' }), 1);
  assert.equal(targetOf({ 'batch.target.bytes': '1048575' }), 1_048_575);
  const notes = (connector: Keys) =>
    parse({ connector }).notices.filter(notice => notice.includes('batch.target.bytes'));
  assert.deepEqual(notes({ 'batch.target.bytes': '1000' }), []);
  for (const [keys, why] of [
    [{ 'batch.max.bytes': '1000' }, 'a body is full at batch.max.bytes, 1000'],
    [{ 'batch.format': 'single' }, 'with batch.format=single a request carries one record'],
  ] as const) {
    const written = { 'batch.target.bytes': '1000', ...keys };
    assert.equal(targetOf(written), null);
    assert.match(notes(written).join(), new RegExp(`batch\\.target\\.bytes has no effect: ${why}`));
  }
  assertFault({ connector: { 'batch.target.bytes': '0' } }, 'invalid', 'batch.target.bytes', /whole number from 1 to/);
});

test('values: strings may be JSON, whatever the format of the body', () => {
  for (const format of ['envelope', 'array', 'ndjson', 'single', 'joined']) {
    const keys = { 'behavior.on.string.values': 'JSON', 'batch.format': format };
    assert.equal(connectorOf(keys).values.onString, 'json');
  }
  const java = { 'behavior.on.string.values': 'json', 'http.body.values': 'java', 'batch.format': 'single' };
  const ignored = /behavior\.on\.string\.values has no effect: http\.body\.values=java/;
  assert.match(parse({ connector: java }).notices.join('\n'), ignored);
});
