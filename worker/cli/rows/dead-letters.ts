import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import { EXIT, exitRows, SIGNAL_ROW } from '../exit-codes.ts';
import {
  CONFIGURATION_REFUSED,
  CONNECTOR,
  DRY_RUN,
  JSON_OPTION,
  OVERRIDE_AS_RUN,
  SINK,
  WORKER,
  YES,
} from './shared.ts';

const TOPIC = {
  name: 'topic',
  kind: 'text',
  value: 'TOPIC',
  text: "the dead letter topic; the connector's errors.deadletterqueue.topic.name when left out",
} as const satisfies OptionSpec;

const NOT_READ = [String(EXIT.UNFINISHED), 'the topic could not be read, or not as a whole'] as const;

const FILTERS = [
  { name: 'cause', kind: 'text', value: 'TEXT', text: 'only those with this in their message or trace, in any case' },
  {
    name: 'stage',
    kind: 'text',
    value: 'STAGE',
    text: 'only those that failed there: KEY_CONVERTER, VALUE_CONVERTER, HEADER_CONVERTER, TRANSFORMATION, TASK_PUT',
  },
  {
    name: 'class',
    kind: 'text',
    value: 'CLASS',
    text: 'only those of this exception class, with or without its package',
  },
  {
    name: 'partition',
    kind: 'count',
    value: 'N',
    most: 2_147_483_647,
    multiple: true,
    text: 'only this partition of the dead letter topic; may be repeated',
  },
  { name: 'from-offset', kind: 'count', value: 'N', text: 'only from this offset of the dead letter topic on' },
  { name: 'to-offset', kind: 'count', value: 'N', text: 'only up to this offset, without it' },
  {
    name: 'since',
    kind: 'time',
    value: 'TIME',
    text: 'only records of this time or later: they keep their own as dead letters',
  },
  { name: 'until', kind: 'time', value: 'TIME', text: 'only records of before this time' },
] as const satisfies readonly OptionSpec[];

export const DLQ_LIST = {
  name: 'dlq list',
  summary: 'tell what is in a dead letter topic, by cause',
  synopsis: '[--topic TOPIC] [FILTER]... [--json] WORKER [SINK]',
  description:
    'Reads the dead letter topic, without a group and committing nothing, and counts its records by what went wrong: stage, ' +
    'exception, status, and the message without its numbers and quotations.',
  arguments: [WORKER, SINK],
  least: 1,
  most: 2,
  options: [TOPIC, ...FILTERS, JSON_OPTION, CONNECTOR, OVERRIDE_AS_RUN],
  sections: [],
  examples: [
    'tailrace dlq list worker.properties orders-to-http.properties',
    'tailrace dlq list --stage TASK_PUT --since -2h worker.properties orders-to-http.properties',
  ],
  exitCodes: [[String(EXIT.CLEAN), 'done'], ...exitRows(EXIT.USAGE), CONFIGURATION_REFUSED, NOT_READ],
} as const satisfies CommandSpec;

export const DLQ_SHOW = {
  name: 'dlq show',
  summary: 'show one record of a dead letter topic, with its cause',
  synopsis: '[--topic TOPIC] [--raw key|value | --json] PARTITION:OFFSET WORKER [SINK]',
  description:
    'Shows one record: where it came from, what went wrong, what the endpoint answered, its key, value and headers. These are ' +
    'the data of the record: mind who reads them.',
  arguments: [
    {
      name: 'PARTITION:OFFSET',
      isFile: false,
      text: 'which one, as dlq list names it; TOPIC-PARTITION-OFFSET too',
    },
    WORKER,
    SINK,
  ],
  least: 2,
  most: 3,
  options: [
    TOPIC,
    {
      name: 'raw',
      kind: 'choice',
      value: 'PART',
      choices: ['key', 'value'],
      text: 'write nothing but its bytes',
    },
    JSON_OPTION,
    CONNECTOR,
    OVERRIDE_AS_RUN,
  ],
  alternatives: [{ options: ['raw', 'json'], required: false }],
  sections: [],
  examples: [
    'tailrace dlq show 0:1234 worker.properties orders-to-http.properties',
    'tailrace dlq show --raw value 0:1234 worker.properties orders-to-http.properties > value',
  ],
  exitCodes: [
    [String(EXIT.CLEAN), 'done'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    NOT_READ,
    [String(EXIT.REFUSED), 'there is no such record, or nothing in it that could be shown so'],
  ],
} as const satisfies CommandSpec;

export const DLQ_REPLAY = {
  name: 'dlq replay',
  summary: 'send records of a dead letter topic again, to where they came from or to the endpoint',
  synopsis: '--to origin|endpoint [FILTER]... [--dry-run] [--yes] WORKER SINK',
  description:
    "Sends the connector's records of the dead letter topic again, those of a partition in their order, and remembers in a group of " +
    'its own how far it came: run again, it goes on from there, however it ended. None is left out, and no more than the last 500 ' +
    'come twice. Nothing is deleted. What is refused again is told and stays in the topic; a new group tries it again. To its origin a ' +
    'record goes with key, value, headers and time as they were, and a header tailrace.replayed that names its dead letter. Times ' +
    'such as -2h are others at each run: it goes on where --group says.',
  arguments: [WORKER, SINK],
  least: 1,
  most: 2,
  options: [
    {
      name: 'to',
      kind: 'choice',
      value: 'WHERE',
      choices: ['origin', 'endpoint'],
      required: true,
      text: 'to the topic that each came from, or through the connector to its endpoint',
    },
    TOPIC,
    ...FILTERS,
    { name: 'limit', kind: 'count', value: 'N', least: 1, text: 'at most so many; the next run goes on behind them' },
    {
      name: 'any-connector',
      kind: null,
      text: 'letters that other connectors wrote, too, of topics that this one reads',
    },
    {
      name: 'same-partition',
      kind: null,
      text: 'to the origin: into the partition that each came from; else its key decides, as with any producer',
    },
    {
      name: 'origin-topic',
      kind: 'text',
      value: 'TOPIC',
      text:
        'to the origin: where letters belong that do not say where they came from, as without ' +
        'errors.deadletterqueue.context.headers.enable; a topic that the connector reads',
    },
    {
      name: 'group',
      kind: 'text',
      value: 'GROUP',
      text: 'the group that remembers how far it came; one for this topic, target and filter when left out',
    },
    DRY_RUN,
    YES,
    JSON_OPTION,
    CONNECTOR,
    OVERRIDE_AS_RUN,
  ],
  sections: [
    {
      title: 'Signals',
      rows: [
        [
          'SIGTERM, SIGINT',
          'let what is under way end, remember how far it came, end; a second one waits for nothing but that, a third ends at once',
        ],
      ],
    },
  ],
  examples: [
    'tailrace dlq replay --to endpoint --dry-run worker.properties orders-to-http.properties',
    'tailrace dlq replay --to origin --class DataException --since -1d worker.properties orders-to-http.properties',
  ],
  exitCodes: [
    [String(EXIT.CLEAN), 'all of them arrived, or there were none'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    [String(EXIT.UNFINISHED), 'some were refused again or belong nowhere, or it ended before it was done'],
    ...exitRows(EXIT.REFUSED),
    [SIGNAL_ROW[0], 'a second signal n ended it'],
  ],
} as const satisfies CommandSpec;
