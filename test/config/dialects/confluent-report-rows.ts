import type { Keys } from '../written.ts';
import type { Row } from './row.ts';

const RESULT: Keys = { 'reporter.result.topic.name': 'done' };
const ERROR: Keys = { 'reporter.error.topic.name': 'failed' };
const CLOUD: Keys = { 'connector.class': 'HttpSink' };

const PLACE = [
  ['offset', 'input_record_offset'],
  ['timestamp', 'input_record_timestamp'],
  ['partition', 'input_record_partition'],
  ['topic', 'input_record_topic'],
];

function topicRows(kind: 'result' | 'error', ours: 'success' | 'error', beside: Keys): readonly Row[] {
  const key = (rest: string): string => `reporter.${kind}.topic.${rest}`;
  const part = (rest: string): string => `reporter.${ours}.${rest}`;
  const schemas = (role: string): Row => ({
    key: key(`${role}.format.schemas.enable`),
    beside,
    unset: {},
    written: [['false', {}]],
    faults: [['true', new RegExp(`^unsupported ${key(role)}\\.format\\.schemas\\.enable is not supported`)]],
  });
  return [
    {
      key: key('replication.factor'),
      beside,
      unset: { [part('replicationFactor')]: 3 },
      written: [['1', { [part('replicationFactor')]: 1 }]],
      faults: [['0', new RegExp(`^invalid ${key('replication.factor')} must be at least 1`)]],
    },
    {
      key: key('partitions'),
      beside,
      unset: { [part('partitions')]: 1 },
      written: [['6', { [part('partitions')]: 6 }]],
      faults: [['0', new RegExp(`^invalid ${key('partitions')} must be a whole number from 1`)]],
    },
    { key: key('key.format'), beside, unset: {}, written: [['string', {}]], faults: [['xml', /^invalid reporter/]] },
    {
      key: key('value.format'),
      beside,
      unset: { [part('format')]: 'json' },
      written: [['string', { [part('format')]: 'text' }]],
      faults: [['avro', new RegExp(`^unsupported ${key('value.format')} is avro, which is not supported`)]],
    },
    schemas('key'),
    schemas('value'),
  ];
}

const REPORTS: readonly Row[] = [
  {
    key: 'reporter.bootstrap.servers',
    unset: { reporter: null },
    written: [
      [
        'kafka:9092',
        {
          'reporter.success.name': 'c-success',
          'reporter.error.name': 'c-error',
          'kafka.reports.producer.global.bootstrap\\.servers': 'kafka:9092',
          'kafka.reports.admin.global.bootstrap\\.servers': 'kafka:9092',
        },
      ],
      ['', { reporter: null }],
    ],
  },
  {
    key: 'report.errors.as',
    beside: ERROR,
    unset: { 'reporter.error.value': 'reason' },
    written: [['http_response', { 'reporter.error.value': 'response' }]],
    faults: [['text', /^invalid report\.errors\.as must be error_string or http_response/]],
  },
  {
    key: 'reporter.result.topic.name',
    unset: { reporter: null },
    written: [
      [
        'done-${connector}',
        {
          'reporter.success.name': 'done-c',
          'reporter.success.value': 'response',
          'reporter.success.headers': PLACE,
          'reporter.error': null,
        },
      ],
      ['', { reporter: null }],
    ],
    faults: [['a b', /^invalid reporter\.result\.topic\.name must be a topic name/]],
  },
  ...topicRows('result', 'success', RESULT),
  {
    key: 'reporter.error.topic.name',
    unset: { reporter: null },
    written: [
      [
        'failed',
        {
          'reporter.error.name': 'failed',
          'reporter.error.headers': [
            ...PLACE,
            ['reason', 'error_message'],
            ['exception', 'exception'],
            ['response', 'response_content'],
            ['status', 'status_code'],
            ['value', 'payload'],
          ],
          'reporter.success': null,
        },
      ],
    ],
    faults: [['events', /^conflict reporter\.error\.topic\.name must not be a topic that the connector reads/]],
  },
  ...topicRows('error', 'error', ERROR),
];

const CLOUD_ROWS: readonly Row[] = [
  ...(['input.data.format', 'data.format'] as const).map(
    (key): Row => ({
      key,
      beside: CLOUD,
      unset: { 'valueConverter.kind': 'json', 'valueConverter.schemas': false },
      written: [
        ['JSON', { 'valueConverter.kind': 'json', 'valueConverter.schemas': false }],
        ['BYTES', { 'valueConverter.kind': 'bytes' }],
        ['STRING', { 'valueConverter.kind': 'string' }],
      ],
      faults: [
        ['AVRO', new RegExp(`^unsupported ${key} is AVRO, which needs a schema registry`)],
        ['XML', new RegExp(`^invalid ${key} must be`)],
      ],
    }),
  ),
  {
    key: 'kafka.auth.mode',
    beside: { 'kafka.api.key': 'KEY', 'kafka.api.secret': 'geheim' },
    unset: { 'kafka.consumer.global.sasl\\.username': 'KEY' },
    written: [['SERVICE_ACCOUNT', { 'kafka.consumer.global.sasl\\.username': undefined }]],
    faults: [['NONE', /^invalid kafka\.auth\.mode must be KAFKA_API_KEY or SERVICE_ACCOUNT/]],
  },
  {
    key: 'kafka.api.key',
    beside: { 'kafka.api.secret': 'g"e\\\\h' },
    unset: {},
    written: [
      [
        'KEY',
        {
          'kafka.consumer.global.sasl\\.username': 'KEY',
          'kafka.consumer.global.sasl\\.password': 'g"e\\h',
          'kafka.producer.global.security\\.protocol': 'sasl_ssl',
          'kafka.admin.global.sasl\\.mechanisms': 'PLAIN',
        },
      ],
    ],
    faults: [[null, /^missing kafka\.api\.key is required beside kafka\.api\.secret/]],
  },
  {
    key: 'kafka.api.secret',
    beside: { 'kafka.api.key': 'KEY' },
    unset: {},
    written: [['geheim', { 'kafka.consumer.global.sasl\\.password': 'geheim' }]],
    faults: [[null, /^missing kafka\.api\.secret is required beside kafka\.api\.key/]],
  },
  {
    key: 'max.poll.interval.ms',
    unset: { 'kafka.consumer.global.max\\.poll\\.interval\\.ms': '300000' },
    written: [['60000', { 'kafka.consumer.global.max\\.poll\\.interval\\.ms': '60000' }]],
    faults: [['0', /^invalid max\.poll\.interval\.ms must be a whole number from 1/]],
  },
  {
    key: 'csfle.enabled',
    unset: {},
    written: [['false', {}]],
    faults: [['true', /^unsupported csfle\.enabled is not supported/]],
  },
  ...['local.ips', 'private.ips', 'class.e.ips'].map(
    (rest): Row => ({
      key: `connection.disallow.${rest}`,
      unset: {},
      written: [['false', {}]],
      faults: [['true', new RegExp(`^unsupported connection\\.disallow\\.${rest} is not supported`)]],
    }),
  ),
  {
    key: 'connection.disallow.cidr.ranges',
    unset: {},
    written: [['', {}]],
    faults: [['10.0.0.0/8', /^unsupported connection\.disallow\.cidr\.ranges is not supported/]],
  },
];

export const REPORT_ROWS: readonly Row[] = [...REPORTS, ...CLOUD_ROWS];
