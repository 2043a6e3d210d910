import type { OptionSpec } from '../command-spec.ts';

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
