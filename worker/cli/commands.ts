import type { CommandSpec, InputOf } from './command-spec.ts';
import { CHECK } from './rows/check.ts';
import { COMPLETION } from './rows/completion.ts';
import { DLQ_LIST, DLQ_REPLAY, DLQ_SHOW } from './rows/dead-letters.ts';
import { OFFSETS_RESET, OFFSETS_SHOW } from './rows/offsets.ts';
import { TOP } from './rows/top.ts';
import { TUNE } from './rows/tune.ts';
import { DEMO, EXPLAIN, RUN, VERSION_ROW } from './rows/worker.ts';

/** The one table of commands: parser, help, manual page, reference and completion are made of it. */
export const COMMANDS = [
  RUN,
  EXPLAIN,
  CHECK,
  TUNE,
  TOP,
  DLQ_LIST,
  DLQ_SHOW,
  DLQ_REPLAY,
  OFFSETS_SHOW,
  OFFSETS_RESET,
  DEMO,
  COMPLETION,
  VERSION_ROW,
] as const satisfies readonly CommandSpec[];

type Row = (typeof COMMANDS)[number];
export type CommandName = Row['name'];
type Inputs = { readonly [R in Row as R['name']]: InputOf<R> };
export type CommandInput<N extends CommandName> = Inputs[N];

/** @returns null where no command has this name */
export function findCommand(name: string): CommandSpec | null {
  return COMMANDS.find(command => command.name === name) ?? null;
}

/** Of `dlq`: dlq list, dlq show… */
export function commandsOf(group: string): readonly CommandSpec[] {
  return COMMANDS.filter(({ name }) => name.startsWith(`${group} `));
}
