import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import { COMMANDS } from '../commands.ts';

export interface Word {
  readonly word: string;
  readonly text: string;
}

/** What may follow the program: commands, and what the names of several begin with. */
export function firstWords(): readonly Word[] {
  const single = COMMANDS.filter(({ name }) => !name.includes(' ')).map(({ name, summary }) => ({
    word: name,
    text: summary,
  }));
  const groups = groupNames().map(word => ({
    word,
    text: membersOf(word)
      .map(member => member.word)
      .join(', '),
  }));
  return [...single, ...groups, { word: 'help', text: 'tell more about a command' }];
}

/** Of `dlq list` and its like: `dlq`. */
export function groupNames(): readonly string[] {
  return [...new Set(COMMANDS.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]!] : [])))];
}

/** Of `dlq`: list, show… */
export function membersOf(group: string): readonly Word[] {
  return COMMANDS.flatMap(({ name, summary }: CommandSpec) => {
    const [first, second] = name.split(' ');
    return first === group && second !== undefined ? [{ word: second, text: summary }] : [];
  });
}

export const HELP: OptionSpec = { name: 'help', short: 'h', kind: null, text: 'tell how it is used' };

/** The beginning of a text, for a line beside a word. */
export function brief(text: string): string {
  return text.split(/; |\. /, 1)[0]!;
}

/** Of options that complete names of files. */
export function takesFile({ kind }: OptionSpec): boolean {
  return kind === 'file';
}
