import type { CommandSpec } from '../command-spec.ts';
import { EXIT, exitRows, SIGNAL_ROW } from '../exit-codes.ts';
import { JSON_OPTION, OVERRIDE, OVERRIDE_AS_RUN } from './shared.ts';

export const RUN = {
  name: 'run',
  summary: 'run the connectors of the given files',
  synopsis: '[--override KEY=VALUE]... [WORKER [SINK...]]',
  description: 'Runs connectors until it is stopped, as connect-standalone does.',
  arguments: [
    { name: 'WORKER', isFile: true, text: "the worker's properties file: bootstrap.servers, converters, listeners" },
    {
      name: 'SINK',
      isFile: true,
      text:
        'a connector each: name, connector.class, topics, http.url; as a properties file, as a JSON object, or as ' +
        '{"name": …, "config": {…}, "initial_state": …}',
    },
  ],
  least: 0,
  most: null,
  options: [OVERRIDE],
  sections: [
    {
      title: 'Environment',
      rows: [
        ['TAILRACE_WORKER_<KEY>', 'TAILRACE_WORKER_BOOTSTRAP_SERVERS is bootstrap.servers of the worker'],
        ['TAILRACE_CONNECTOR_<KEY>', 'a key of every connector'],
        [
          'TAILRACE_CONNECTOR_<ID>_<KEY>',
          'a key of one: the identifier of orders-to-http is ORDERS_TO_HTTP. One that has its connector class in the ' +
            'environment needs no file',
        ],
      ],
    },
    {
      title: 'Signals',
      rows: [
        [
          'SIGTERM, SIGINT',
          'finish what is in flight, commit it, leave the group, end; a second one ends at once. What was not confirmed by ' +
            'then is not committed and will be sent again.',
        ],
      ],
    },
  ],
  examples: [
    'tailrace run worker.properties orders-to-http.properties',
    'tailrace run --override listeners=http://127.0.0.1:0 worker.properties sink.properties',
    'curl -s http://127.0.0.1:8083/health',
  ],
  exitCodes: [
    ...exitRows(EXIT.CLEAN, EXIT.USAGE, EXIT.WORKER_START, EXIT.CONNECTOR_START, EXIT.UNFINISHED, EXIT.INTERNAL),
    SIGNAL_ROW,
  ],
} as const satisfies CommandSpec;

export const EXPLAIN = {
  name: 'explain',
  summary: 'tell what becomes of each key of these files',
  synopsis: '[--json] [--override KEY=VALUE]... [FILE...]',
  description:
    'Tells what becomes of each key of a worker file and connector files, of connector files alone, or of the environment: ' +
    'honoured, honoured differently, ignored or refused, with file and line, and why; then the configuration that a worker ' +
    'would run with. No secret is shown, nor what a config provider gave.',
  arguments: [{ name: 'FILE', isFile: true, text: 'a worker file, then connector files; or connector files alone' }],
  least: 0,
  most: null,
  options: [JSON_OPTION, OVERRIDE_AS_RUN],
  sections: [],
  examples: ['tailrace explain worker.properties orders-to-http.properties', 'tailrace explain --json sink.json'],
  exitCodes: [
    ['0', 'every key is honoured'],
    ...exitRows(EXIT.USAGE),
    [String(EXIT.DIFFERS), 'some are honoured in another way than Kafka Connect does'],
    [String(EXIT.IGNORED), 'some are ignored'],
    ['2, 3', 'some are refused: the worker, or only connectors, would not start; "run" ends with the same code'],
  ],
} as const satisfies CommandSpec;

export const DEMO = {
  name: 'demo',
  summary: 'see it work, without a Kafka of your own',
  synopsis: '[--records N]',
  description:
    'Starts an embedded Kafka broker and an HTTP endpoint that demands an OAuth2 token, produces sample events to three topics, ' +
    'delivers them with a real worker, and compares what was consumed with what the endpoint received.',
  arguments: [],
  least: 0,
  most: 0,
  options: [
    {
      name: 'records',
      kind: 'count',
      value: 'N',
      fallback: '50000',
      least: 1,
      most: 200_000,
      text: 'how many events, at most 200000',
    },
  ],
  sections: [],
  examples: ['tailrace demo', 'tailrace demo --records 1000'],
  exitCodes: [
    [String(EXIT.CLEAN), 'every event arrived, or was dead-lettered as it should'],
    ...exitRows(EXIT.USAGE),
    [String(EXIT.UNFINISHED), 'the numbers did not add up'],
    [SIGNAL_ROW[0], 'a signal n ended it'],
  ],
} as const satisfies CommandSpec;

export const VERSION_ROW = {
  name: 'version',
  summary: 'print the version',
  synopsis: '',
  description: 'Prints the version.',
  arguments: [],
  least: 0,
  most: 0,
  options: [],
  sections: [],
  examples: [],
  exitCodes: [[String(EXIT.CLEAN), 'done'], ...exitRows(EXIT.USAGE)],
} as const satisfies CommandSpec;
