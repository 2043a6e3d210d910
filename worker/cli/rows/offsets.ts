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

const PARTS = [
  {
    name: 'topic',
    kind: 'text',
    value: 'TOPIC',
    multiple: true,
    text: 'only this topic; may be repeated. All of the connector when left out',
  },
  {
    name: 'partition',
    kind: 'count',
    value: 'N',
    most: 2_147_483_647,
    multiple: true,
    text: 'only this partition of each topic; may be repeated',
  },
] as const satisfies readonly OptionSpec[];

export const OFFSETS_SHOW = {
  name: 'offsets show',
  summary: "show how far a connector's group is, partition by partition",
  synopsis: '[--topic TOPIC]... [--partition N]... [--json] WORKER SINK',
  description:
    'Shows the state and the members of the group, and of each partition what is committed, where its log begins and ends, and ' +
    'the lag. Changes nothing.',
  arguments: [WORKER, SINK],
  least: 1,
  most: 2,
  options: [...PARTS, JSON_OPTION, CONNECTOR, OVERRIDE_AS_RUN],
  sections: [],
  examples: ['tailrace offsets show worker.properties orders-to-http.properties'],
  exitCodes: [
    [String(EXIT.CLEAN), 'done'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    [String(EXIT.UNFINISHED), 'the brokers did not tell, or not of everything'],
  ],
} as const satisfies CommandSpec;

export const OFFSETS_RESET = {
  name: 'offsets reset',
  summary: 'have a connector read again, or go on, from another place',
  synopsis: '--to PLACE [--topic TOPIC]... [--partition N]... [--dry-run] [--yes] WORKER SINK',
  description:
    'Commits other offsets for the group of a connector, which must not run: with a member in the group nothing is changed. What ' +
    'lies between the old place and the new one is sent again, or never.',
  arguments: [WORKER, SINK],
  least: 1,
  most: 2,
  options: [
    {
      name: 'to',
      kind: 'place',
      value: 'PLACE',
      required: true,
      text: 'earliest, latest, an offset, or a time: ISO 8601, UTC where no zone stands, or -2h for two hours ago',
    },
    ...PARTS,
    DRY_RUN,
    YES,
    JSON_OPTION,
    CONNECTOR,
    OVERRIDE_AS_RUN,
  ],
  sections: [],
  examples: [
    'tailrace offsets reset --to earliest --dry-run worker.properties orders-to-http.properties',
    'tailrace offsets reset --to 2026-01-31T12:00:00Z --topic orders worker.properties orders-to-http.properties',
  ],
  exitCodes: [
    [String(EXIT.CLEAN), 'done'],
    ...exitRows(EXIT.USAGE),
    CONFIGURATION_REFUSED,
    [String(EXIT.UNFINISHED), 'the brokers did not answer, or refused some of the partitions, which are told'],
    ...exitRows(EXIT.REFUSED),
  ],
} as const satisfies CommandSpec;
