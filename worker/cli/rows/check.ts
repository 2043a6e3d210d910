import type { CommandSpec } from '../command-spec.ts';
import { EXIT, exitRows } from '../exit-codes.ts';
import { CONFIGURATION_REFUSED, JSON_OPTION, OVERRIDE_AS_RUN, SINKS, WORKER } from './shared.ts';

export const CHECK = {
  name: 'check',
  summary: 'find out whether it would work: files, network, token, Kafka, endpoint',
  synopsis: '[--send FILE | --send-one] [--timeout TIME] [--json] [--override KEY=VALUE]... [WORKER [SINK...]]',
  description:
    'Looks at everything that the connectors need, and changes nothing: the configuration; name, connection, TLS and proxy of ' +
    'every address; the access token; brokers, topics, what the user may do with them, the group and its lag. A line for each, ' +
    'with what to do where something is wrong. Nothing is sent to the endpoint unless asked for.',
  arguments: [WORKER, SINKS],
  least: 0,
  most: null,
  options: [
    {
      name: 'send',
      kind: 'file',
      value: 'FILE',
      text: 'send the records of this file to the endpoint: a JSON value, or an array of them',
    },
    {
      name: 'send-one',
      kind: null,
      text: 'send the newest record of the topics to the endpoint, without committing anything',
    },
    { name: 'timeout', kind: 'duration', value: 'TIME', fallback: '10s', text: 'the longest that each step may take' },
    JSON_OPTION,
    OVERRIDE_AS_RUN,
  ],
  alternatives: [{ options: ['send', 'send-one'], required: false }],
  sections: [],
  examples: [
    'tailrace check worker.properties orders-to-http.properties',
    'tailrace check --send sample.json worker.properties sink.properties',
  ],
  exitCodes: [
    [String(EXIT.CLEAN), 'nothing failed'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    [String(EXIT.CHECK_FAILED), 'something failed'],
  ],
} as const satisfies CommandSpec;
