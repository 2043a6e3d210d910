import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import { EXIT, exitRows } from '../exit-codes.ts';
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
  text: "the dead letter topic; the connector's when left out",
} as const satisfies OptionSpec;

const FILTERS = [
  { name: 'cause', kind: 'text', value: 'TEXT', text: 'only those whose message has this text in it' },
  {
    name: 'stage',
    kind: 'text',
    value: 'STAGE',
    text: 'only those of this stage, such as VALUE_CONVERTER or TASK_PUT',
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
  { name: 'since', kind: 'time', value: 'TIME', text: 'only those written at this time or later' },
  { name: 'until', kind: 'time', value: 'TIME', text: 'only those written before this time' },
] as const satisfies readonly OptionSpec[];

export const DLQ_LIST = {
  name: 'dlq list',
  summary: 'tell what is in a dead letter topic, by cause',
  synopsis: '[--topic TOPIC] [FILTER]... [--json] WORKER [SINK]',
  description:
    'Reads the dead letter topic, without a group and committing nothing, and counts its records by what went wrong.',
  arguments: [WORKER, SINK],
  least: 1,
  most: 2,
  options: [TOPIC, ...FILTERS, JSON_OPTION, CONNECTOR, OVERRIDE_AS_RUN],
  sections: [],
  examples: [
    'tailrace dlq list worker.properties orders-to-http.properties',
    'tailrace dlq list --topic orders-dlq --since=-2h worker.properties',
  ],
  exitCodes: [[String(EXIT.CLEAN), 'done'], ...exitRows(EXIT.USAGE), CONFIGURATION_REFUSED],
} as const satisfies CommandSpec;

export const DLQ_SHOW = {
  name: 'dlq show',
  summary: 'show one record of a dead letter topic, with its cause',
  synopsis: '[--topic TOPIC] [--raw key|value | --json] PARTITION:OFFSET WORKER [SINK]',
  description:
    'Shows one record: where it came from, what went wrong, what the endpoint answered, its key, value and headers. These are ' +
    'the data of the record: mind who reads them.',
  arguments: [{ name: 'PARTITION:OFFSET', isFile: false, text: 'which one, as dlq list names it' }, WORKER, SINK],
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
  examples: ['tailrace dlq show 0:1234 worker.properties orders-to-http.properties'],
  exitCodes: [[String(EXIT.CLEAN), 'done'], ...exitRows(EXIT.USAGE), CONFIGURATION_REFUSED],
} as const satisfies CommandSpec;

export const DLQ_REPLAY = {
  name: 'dlq replay',
  summary: 'send records of a dead letter topic again, to where they came from or to the endpoint',
  synopsis: '--to origin|endpoint [FILTER]... [--dry-run] [--yes] WORKER SINK',
  description:
    'Sends records of the dead letter topic again, in their order, and remembers in a group of its own how far it came: run ' +
    'again, it goes on from there. Nothing is deleted. What the endpoint refuses again is told and stays in the topic.',
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
    { name: 'limit', kind: 'count', value: 'N', least: 1, text: 'at most so many' },
    {
      name: 'same-partition',
      kind: null,
      text: 'to the origin: into the partition that each came from; else its key decides, as with any producer',
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
  sections: [],
  examples: [
    'tailrace dlq replay --to endpoint --dry-run worker.properties orders-to-http.properties',
    'tailrace dlq replay --to origin --class DataException --since=-1d worker.properties orders-to-http.properties',
  ],
  exitCodes: [
    [String(EXIT.CLEAN), 'all of them arrived, or there were none'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    [String(EXIT.UNFINISHED), 'some were refused again, or it was stopped before its end'],
    ...exitRows(EXIT.REFUSED),
  ],
} as const satisfies CommandSpec;
