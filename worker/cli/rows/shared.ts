import type { ArgumentSpec, OptionSpec } from '../command-spec.ts';
import { EXIT, type ExitCodeRow } from '../exit-codes.ts';

export const JSON_OPTION = { name: 'json', kind: null, text: 'for machines' } as const satisfies OptionSpec;

export const OVERRIDE = {
  name: 'override',
  kind: 'pair',
  value: 'KEY=VALUE',
  multiple: true,
  text:
    'set one key, over files and environment; may be repeated. Other users of the machine can see a command line: write ' +
    'secrets into a file or the environment',
} as const satisfies OptionSpec;

/** The same, of the commands behind `run`. */
export const OVERRIDE_AS_RUN = { ...OVERRIDE, text: 'as with run' } as const satisfies OptionSpec;

export const CONNECTOR = {
  name: 'connector',
  kind: 'text',
  value: 'NAME',
  text: 'which one, where the file or the environment has several',
} as const satisfies OptionSpec;

export const YES = { name: 'yes', short: 'y', kind: null, text: 'do it without asking' } as const satisfies OptionSpec;

export const DRY_RUN = {
  name: 'dry-run',
  kind: null,
  text: 'say what would be done, and do nothing',
} as const satisfies OptionSpec;

export const WORKER = {
  name: 'WORKER',
  isFile: true,
  text: "the worker's properties file, as with run",
} as const satisfies ArgumentSpec;

export const SINK = { name: 'SINK', isFile: true, text: 'the connector, as with run' } as const satisfies ArgumentSpec;

export const SINKS = {
  name: 'SINK',
  isFile: true,
  text: 'a connector each, as with run',
} as const satisfies ArgumentSpec;

export const CONFIGURATION_REFUSED: ExitCodeRow = [
  `${EXIT.WORKER_START}, ${EXIT.CONNECTOR_START}`,
  'the configuration is refused, as with run',
];
