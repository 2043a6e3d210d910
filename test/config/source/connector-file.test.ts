import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../../../config/load.ts';
import { JsonSyntaxError, parseJsonObject } from '../../../config/source/json.ts';
import type { ConnectorConfig } from '../../../config/types.ts';
import { faultsOf, textsOf } from '../written.ts';

const FLAT = {
  name: 'c',
  'connector.class': 'HttpSink',
  topics: 'events',
  'http.url': 'https://collector.example.org/in',
};
const { name: _, ...UNNAMED } = FLAT;

function texts(text: string) {
  return { ...textsOf({}), connectors: [{ name: 'sink.json', text }] };
}

function connector(json: unknown): ConnectorConfig {
  return parseConfig(texts(JSON.stringify(json))).connectors[0]!;
}

/** `code line key message` of each fault. */
function faults(text: string): string[] {
  return faultsOf(texts(text)).map(({ code, line, key, message }) => `${code} ${line} ${key} ${message}`);
}

test('connector file: the three forms mean the same', () => {
  const properties = Object.entries(FLAT).map(([key, value]) => `${key}=${value}\n`);
  const [config] = parseConfig(texts(properties.join(''))).connectors;
  assert.deepEqual(connector(FLAT), config);
  assert.deepEqual(connector({ name: 'c', config: UNNAMED }), config);
  assert.deepEqual(connector({ config: FLAT, name: 'c' }), config);
});

test('connector file: the initial state is taken from beside the configuration, in any case', () => {
  assert.equal(connector(FLAT).initialState, 'RUNNING');
  for (const state of ['PAUSED', 'STOPPED', 'RUNNING'] as const) {
    assert.equal(connector({ name: 'c', initial_state: state.toLowerCase(), config: UNNAMED }).initialState, state);
  }
  const [wrong] = faults(JSON.stringify({ name: 'c', initial_state: 'IDLE', config: UNNAMED }));
  assert.match(wrong!, /^invalid 1 initial_state must be RUNNING, PAUSED or STOPPED, not "IDLE"/);
});

test('connector file: numbers and booleans count as they were written, null and nested values do not', () => {
  const text = `{"name": "c", "connector.class": "HttpSink", "topics": "events", "http.url": "https://e.example.org/",
    "batch.linger.ms": 7, "http.auth.fail.fast": true}`;
  const [read] = parseConfig(texts(text)).connectors;
  assert.equal(read!.batch.lingerMs, 7);
  assert.equal(read!.http.authFailFast, true);
  assert.deepEqual(faults(text.replace('7', '7.0')), [
    'invalid 2 batch.linger.ms must be a whole number from 0 to 86400000, not "7.0"',
  ]);
  assert.deepEqual(faults(text.replace('7', 'null')), ['invalid 2 batch.linger.ms must not be null']);
  assert.match(faults(text.replace('7', '[7]'))[0]!, /^syntax 2 batch\.linger\.ms is no text: write "key": "value"/);
});

test('connector file: faults carry the line of the key', () => {
  const text = `{\n"name": "c",\n"config": {\n "connector.class": "X",\n "topics": "t",\n "http.ulr": "u"\n}}`;
  const lines = faults(text);
  assert.equal(lines.length, 3);
  assert.match(lines[0]!, /^unsupported 4 connector\.class/);
  assert.match(lines[1]!, /^unknown 6 http\.ulr .* did you mean http\.url\?/);
  assert.match(lines[2]!, /^missing null http\.url/);
});

test('connector file: a name that contradicts the one beside it, or none, is a fault', () => {
  const other = faults(JSON.stringify({ name: 'd', config: FLAT }));
  assert.match(other.join(), /^conflict 1 name is not the "name" beside "config", line 1: take one out$/);
  const none = faults(JSON.stringify({ config: FLAT }));
  assert.match(none.join(), /^missing null name is required beside "config"/);
});

test('connector file: what Kafka Connect does not know beside the configuration is named', () => {
  const config = parseConfig(texts(JSON.stringify({ name: 'c', tasks: 1, config: UNNAMED })));
  assert.deepEqual(config.notices, ['sink.json: tasks has no effect: Kafka Connect does not know it beside "config"']);
});

for (const [text, message] of [
  ['{"a": "b"', /^syntax 1 null this is not valid JSON: a comma or \} is missing/],
  ['{\n"a" "b"}', /^syntax 2 null .* a colon is missing/],
  ['{"a": "b",}', /a name in quotes is missing/],
  ['{"a": tru}', /a value is missing/],
  ['{"a": 01}', /a value is missing/],
  ['{"a": "\\x"}', /a valid \\ escape is missing/],
  [`{"a": ${'['.repeat(200)}`, /this is nested more than 100 levels deep/],
] as const) {
  test(`connector file: ${text.slice(0, 20)} is no JSON, and its line is told`, () => {
    assert(
      faults(text).some(fault => message.test(fault)),
      faults(text).join('\n'),
    );
  });
}

test('connector file: of a repeated name the last one counts, and what follows the object is not looked at', () => {
  const text = JSON.stringify(FLAT).replace('}', ', "batch.linger.ms": "1", "batch.linger.ms": "2"} trailing');
  const config = parseConfig(texts(text));
  assert.equal(config.connectors[0]!.batch.lingerMs, 2);
  assert.deepEqual(config.notices, ['sink.json: batch.linger.ms is written twice: the last one counts']);
});

test('connector file: any JSON is read as JSON.parse does, and any other text is a syntax error', () => {
  const indent = fc.constantFrom(undefined, 2, '\t');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), indent, (object, space) => {
      const text = JSON.stringify(object, null, space);
      const { members } = parseJsonObject(text);
      // Not the object itself: JSON.stringify writes -0 as 0.
      const expected = JSON.parse(text) as Record<string, unknown>;
      assert.deepEqual(
        members.map(({ name }) => name),
        Object.keys(expected),
      );
      for (const { name, value } of members) {
        if (value.kind !== 'scalar') continue;
        assert.deepEqual(value.quoted ? value.text : JSON.parse(value.text), expected[name]);
      }
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ue0.-+1tn \n') }), text => {
      try {
        parseJsonObject(`{${text}`);
      } catch (error) {
        assert(error instanceof JsonSyntaxError);
        assert.throws(() => JSON.parse(`{${text}`));
      }
    }),
    { numRuns: 2000 },
  );
});

test('worker file: JSON is answered plainly', () => {
  const worker = { name: 'w.json', text: '{"bootstrap.servers": "a:1"}' };
  assert.deepEqual(
    faultsOf({ ...textsOf({}), worker }).map(({ code, message }) => [code, message]),
    [['syntax', 'is a JSON file: a worker file is a properties file, key=value']],
  );
});
