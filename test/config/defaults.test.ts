import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_VALUES } from '../support/converters.ts';
import { connectorOf, parse } from './written.ts';

test('connector: the defaults', () => {
  const { kafka, ...connector } = connectorOf({});
  assert.equal(kafka.groupId, 'connect-c');
  assert.deepEqual(JSON.parse(JSON.stringify(connector)), {
    name: 'c',
    properties: {
      name: 'c',
      'connector.class': 'tailrace.HttpSink',
      topics: 'events',
      'http.url': 'https://collector.example.org/in',
    },
    isolation: 'inline',
    restart: { max: 0, backoffMs: 1000, backoffMaxMs: 60_000 },
    connectorClass: 'tailrace.HttpSink',
    tasksMax: 1,
    initialState: 'RUNNING',
    topics: ['events'],
    topicsRegex: null,
    endpoints: null,
    keyConverter: { kind: 'bytes' },
    valueConverter: {
      kind: 'json',
      schemas: false,
      schemaContent: null,
      schemasCacheSize: 1000,
      decimalFormat: 'BASE64',
      replaceNullWithDefault: true,
    },
    headerConverter: { kind: 'simple' },
    transforms: [],
    http: {
      url: 'https://collector.example.org/in',
      method: 'POST',
      version: '1.1',
      headers: {},
      route: null,
      timeoutMs: 30_000,
      connectTimeoutMs: 10_000,
      responseMaxBytes: 1_048_576,
      successStatuses: [
        [200, 200],
        [201, 201],
        [202, 202],
        [204, 204],
      ],
      answers: null,
      attempts: null,
      identity: { idempotencyKey: null, traceContext: false },
      auth: { type: 'none' },
      authFailFast: false,
      authRenewStatuses: [[401, 401]],
      tls: { ca: null, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' },
      coding: { requests: null, compressedAnswers: false },
      connection: { proxies: null, unixSocket: null, keepAliveIdleMs: null, maxAgeMs: 0 },
      retryBackoffMs: 500,
      retryBackoffMaxMs: 60_000,
    },
    batch: {
      format: 'array',
      maxRecords: 500,
      maxBytes: 1_048_576,
      targetBytes: null,
      lingerMs: 20,
      envelopePrefix: '{"messages":[',
      envelopeSuffix: ']}',
      prefix: '',
      separator: '\n',
      suffix: '',
      content: 'json',
    },
    values: DEFAULT_VALUES,
    delivery: { maxInFlight: 8, maxUncommittedRecords: 10_000, drainTimeoutMs: 5000, bufferMaxBytes: 16_777_216 },
    errors: {
      tolerance: 'none',
      logEnable: false,
      deadLetterTopic: null,
      deadLetterReplicationFactor: 3,
      deadLetterContextHeaders: false,
      deadLetterResponseHeaders: false,
    },
    reporter: null,
  });
  assert.deepEqual(parse().notices, []);
});
