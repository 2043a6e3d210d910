import type { CommandSpec } from '../command-spec.ts';
import { EXIT, exitRows } from '../exit-codes.ts';
import { CONFIGURATION_REFUSED, CONNECTOR, JSON_OPTION, OVERRIDE_AS_RUN, SINK, WORKER } from './shared.ts';

export const TUNE = {
  name: 'tune',
  summary: 'measure an endpoint, and say which batch size and how many requests in flight suit it',
  synopsis: '(--send | --simulate MODEL | --replay FILE) [OPTION]... WORKER SINK',
  description:
    'Sends batches of several sizes, several at a time, finds what a request and what a record cost and where more at a time ' +
    'brings nothing, and prints the keys to set, with what each would give. Nothing is sent to the endpoint without --send: ' +
    'these are real requests, and the endpoint keeps what it is sent. Records come from the topic, read without a group and ' +
    'never committed, or from a file.',
  arguments: [WORKER, SINK],
  least: 2,
  most: 2,
  options: [
    { name: 'send', kind: null, text: 'test traffic to the endpoint is allowed' },
    {
      name: 'simulate',
      kind: 'text',
      value: 'MODEL',
      text: 'measure an endpoint that is made up, such as latency=20ms,per-record=50us,workers=8',
    },
    { name: 'replay', kind: 'file', value: 'FILE', text: 'measure an endpoint that answers as a recording says' },
    { name: 'record', kind: 'file', value: 'FILE', text: 'write such a recording: figures only, no records' },
    {
      name: 'file',
      kind: 'file',
      value: 'FILE',
      text: 'records: JSON, one a line, or one array; of the topic when left out',
    },
    {
      name: 'records',
      kind: 'count',
      value: 'N',
      least: 1,
      fallback: '50000',
      text: 'how many records are taken as the sample, the newest',
    },
    { name: 'sample-bytes', kind: 'bytes', value: 'SIZE', fallback: '64MB', text: 'how much the sample may take' },
    {
      name: 'latency-p99',
      kind: 'duration',
      value: 'TIME',
      text: 'the longest that 99 of 100 requests may take',
    },
    { name: 'max-requests', kind: 'count', value: 'N', least: 1, fallback: '20000', text: 'most requests' },
    { name: 'max-bytes', kind: 'bytes', value: 'SIZE', fallback: '2GB', text: 'most bytes sent' },
    { name: 'max-time', kind: 'duration', value: 'TIME', fallback: '5m', text: 'most time' },
    {
      name: 'max-in-flight',
      kind: 'count',
      value: 'N',
      least: 1,
      most: 1024,
      fallback: '64',
      text: 'most requests at a time',
    },
    {
      name: 'compression',
      kind: 'choice',
      value: 'CODEC',
      choices: ['configured', 'none', 'gzip', 'zstd', 'all'],
      fallback: 'configured',
      text: 'which encodings are tried',
    },
    { name: 'endpoint', kind: 'text', value: 'ALIAS', text: 'which one, where the connector has several' },
    { name: 'report', kind: 'file', value: 'FILE', text: 'write a report with plots, one HTML file' },
    JSON_OPTION,
    CONNECTOR,
    OVERRIDE_AS_RUN,
  ],
  alternatives: [{ options: ['send', 'simulate', 'replay'], required: true }],
  sections: [
    {
      title: 'Model',
      rows: [
        ['latency=20ms', 'of a request, however many there are at a time'],
        ['per-record=50us', 'and of each record in it'],
        ['workers=8', 'so many requests are worked on at a time; the others wait'],
        ['serial=1ms', 'of a request, one after another'],
        ['serial-per-record=10us', 'and of each record in it'],
        ['rate=100/s', 'so many requests a second; more wait'],
        ['limit=100/s', 'so many requests a second; more are answered with 429'],
        ['bandwidth=20MB/s', 'of bodies'],
        ['jitter=0.2', 'latencies differ by a fifth up and down'],
        ['errors=0.01', 'one request in a hundred is answered with 500'],
        ['max-bytes=1MB', 'a larger body is answered with 413'],
      ],
      text: 'Any of these, separated by commas.',
    },
    {
      title: 'Signals',
      rows: [['SIGTERM, SIGINT', 'end the measurement, and tell what was found by then; a second one ends it at once']],
    },
  ],
  examples: [
    'tailrace tune --send --report tuning.html worker.properties orders-to-http.properties',
    'tailrace tune --simulate latency=20ms,per-record=50us,workers=8 --file orders.ndjson worker.properties sink.properties',
  ],
  exitCodes: [
    [String(EXIT.CLEAN), 'it has a recommendation'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    [
      String(EXIT.UNFINISHED),
      'it has none, since the endpoint refused too much or a bound was reached first; or it was interrupted',
    ],
  ],
} as const satisfies CommandSpec;
