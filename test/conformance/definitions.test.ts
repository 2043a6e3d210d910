import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createDefinitions } from '../../config/define.ts';
import type { ConfigInfos, ConfigKeyInfo } from '../../config/definitions/config-infos.ts';
import { workerBase } from '../config/base.ts';
import { skipWithoutKafka } from '../kafka/available.ts';
import { JVM_SINK, validateOnJvm } from './jvm-definitions.ts';

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';
const WORKER = {
  'bootstrap.servers': 'localhost:1',
  'key.converter': JSON_CONVERTER,
  'value.converter': JSON_CONVERTER,
};
const SMT = 'org.apache.kafka.connect.transforms';
const SINK = { 'connector.class': 'tailrace.HttpSink', name: 'x', topics: 'a', 'http.url': 'http://u/' };

/** On top of a sink that is valid; null takes a key out. */
const REQUESTS: readonly Readonly<Record<string, string | null>>[] = [
  {},
  { name: null },
  { name: '' },
  { name: 'a\u0001b' },
  { topics: null },
  { topics: ' ', 'topics.regex': 'a.*' },
  { 'topics.regex': 'a.*' },
  { topics: 'a, b ,c' },
  { 'http.url': null },
  { 'tasks.max': 'abc' },
  { 'tasks.max': '0' },
  { 'tasks.max': ' 3 ' },
  { 'tasks.max': '1.5' },
  { 'tasks.max': '99999999999' },
  { 'tasks.max.enforce': 'False', 'errors.log.enable': 'maybe' },
  { 'errors.tolerance': 'ALL', 'config.action.reload': 'x' },
  { 'errors.retry.timeout': 'x', 'errors.retry.delay.max.ms': '99999999999' },
  { 'errors.deadletterqueue.topic.replication.factor': '99999' },
  { 'errors.deadletterqueue.topic.name': 'a' },
  { topics: null, 'topics.regex': 'a.*', 'errors.deadletterqueue.topic.name': 'abc' },
  { 'key.converter': 'JsonConverter', 'header.converter': 'org.apache.kafka.connect.converters.IntegerConverter' },
  { 'value.converter': JSON_CONVERTER, 'value.converter.schemas.enable': 'maybe' },
  {
    'value.converter': JSON_CONVERTER,
    'value.converter.schemas.cache.size': 'x',
    'value.converter.decimal.format': 'NUMERIC',
  },
  { 'value.converter': '', 'key.converter': 'org.example.Unknown' },
  { transforms: 'a,a', 'transforms.a.type': 'Filter' },
  { transforms: 'a, b', 'transforms.b.type': `${SMT}.Cast` },
  { transforms: 'a', 'transforms.a.type': 'org.example.Unknown' },
  { transforms: 'a', 'transforms.a.type': 'Filter', 'transforms.a.negate': 'true' },
  { transforms: 'a', predicates: 'p', 'predicates.p.type': 'String', 'transforms.a.type': 'TopicNameMatches' },
  { transforms: 'a', 'transforms.a.type': 'TimestampRouter', 'transforms.a.topic.format': 't' },
  { transforms: 'a', 'transforms.a.type': 'InsertHeader' },
  {
    transforms: 'a',
    'transforms.a.type': `${SMT}.InsertField$Value`,
    'transforms.a.topic.field': 't',
    'transforms.a.predicate': 'p',
    predicates: 'p',
    'predicates.p.type': 'RecordIsTombstone',
  },
  ...[
    'Cast',
    'ExtractField',
    'Flatten',
    'HeaderFrom',
    'HoistField',
    'MaskField',
    'ReplaceField',
    'TimestampConverter',
  ].map(name => ({ transforms: 'a', 'transforms.a.type': `${SMT}.${name}$Value` })),
  ...['DropHeaders', 'ValueToKey'].map(name => ({ transforms: 'a', 'transforms.a.type': `${SMT}.${name}` })),
  { transforms: 'a', 'transforms.a.type': `${SMT}.SetSchemaMetadata$Key`, 'transforms.a.schema.name': 's' },
];

const PLUGINS: readonly string[] = [
  'tailrace.HttpSink',
  JSON_CONVERTER,
  'org.apache.kafka.connect.converters.LongConverter',
  'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  'RegexRouter',
  `${SMT}.InsertField$Value`,
  `${SMT}.Filter`,
  'TopicNameMatches',
  `${SMT}.predicates.RecordIsTombstone`,
];

type Entry = ConfigInfos['configs'][number];

/** Of Kafka Connect's own keys, and of those of its plugins; what is the sink's own differs by its nature. */
function isKafkas({ value: { name } }: Entry): boolean {
  return name === 'http.url' || KAFKA.test(name);
}
const KAFKA =
  /^(?:name|connector\.|tasks\.max|(?:key|value|header)\.converter|transforms|predicates|config\.action|topics|errors\.(?:retry|tolerance|log)|errors\.deadletterqueue\.(?:topic|context))/;

/** Versions of the plugins, texts of documentation and this sink's key are not compared, nor Adobe's transform. */
function comparable(definition: (ConfigKeyInfo & { order_in_group?: number }) | null): unknown {
  if (definition === null) return null;
  const { documentation: _prose, order, order_in_group: place, default_value: fallback, ...rest } = definition;
  return definition.name === 'http.url'
    ? definition.name
    : { ...rest, order: order ?? place, default_value: version(definition.name, fallback) };
}

function version(name: string, value: string | null): string | null {
  return name.endsWith('.version') && value !== null ? 'a version' : value;
}

function entry({ definition, value }: Entry): unknown {
  const { value: text, recommended_values: recommended, errors, ...rest } = value;
  return {
    definition: comparable(definition),
    ...rest,
    value: version(value.name, text),
    recommended: recommended.filter(name => !name.startsWith('com.adobe.')).map(name => version(value.name, name)),
    // What validators of the JVM say of a value that is missing is beside the point (a NullPointerException among it).
    errors: errors[0]?.startsWith('Missing required') ? errors.slice(0, 1) : errors,
  };
}

const skip = await skipWithoutKafka('4');

describe('definitions and validate, beside Kafka Connect’s own herder', { skip }, () => {
  const definitions = createDefinitions({ base: workerBase(WORKER), version: '1' });
  const sent = REQUESTS.map(changes =>
    Object.fromEntries(Object.entries({ ...SINK, ...changes }).filter(([, value]) => value !== null)),
  ) as Record<string, string>[];
  let answers: readonly unknown[];

  before(async () => {
    const named = (name: string) => (name === 'tailrace.HttpSink' ? JVM_SINK : name);
    const requests = sent.map(properties => JSON.stringify({ ...properties, 'connector.class': JVM_SINK }));
    answers = await validateOnJvm(WORKER, [...requests, ...PLUGINS.map(named)]);
  });

  for (const [index, properties] of sent.entries()) {
    it(`validate ${JSON.stringify(REQUESTS[index])}`, () => {
      const theirs = answers[index] as ConfigInfos;
      const ours = definitions.validate('HttpSink', properties);
      const rows = (infos: ConfigInfos) => infos.configs.filter(isKafkas).map(entry);
      const sinkAs = JSON.parse(JSON.stringify(rows(theirs)).replaceAll(JVM_SINK, 'tailrace.HttpSink')) as unknown[];
      assert.deepEqual(rows(ours), sinkAs);
      const own = new Set(ours.groups.filter(group => !theirs.groups.includes(group)));
      assert.deepEqual(
        ours.groups.filter(group => !own.has(group)),
        theirs.groups,
      );
    });
  }

  for (const [index, plugin] of PLUGINS.entries()) {
    it(`keys of ${plugin}`, () => {
      const theirs = answers[sent.length + index] as readonly ConfigKeyInfo[];
      const ours = definitions
        .definitions(plugin)!
        .filter(key => plugin !== 'tailrace.HttpSink' || key.name === 'http.url' || KAFKA.test(key.name));
      assert.deepEqual(ours.map(comparable), theirs.map(comparable));
    });
  }
});
