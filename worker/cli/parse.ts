import { parseArgs } from 'node:util';
import { printable } from '../../config/printable.ts';
import type { ArgumentSpec, CommandSpec, OptionSpec, Values } from './command-spec.ts';
import { type CommandInput, type CommandName, commandsOf, findCommand } from './commands.ts';
import { readValue, wantedBy } from './values.ts';

/** A command of the table, and what it is called with. */
export type Call<N extends CommandName = CommandName> = {
  readonly [K in N]: { readonly kind: 'call'; readonly name: K; readonly input: CommandInput<K> };
}[N];

/** What the command line asks for. */
export type Command =
  | Call
  /** Null: the overview; else a command, or what the names of several begin with. */
  | { readonly kind: 'help'; readonly topic: string | null }
  /** `text`, one line with what is wrong and one with what helps, goes to the standard error. */
  | { readonly kind: 'misuse'; readonly text: string };

type Value = Values[keyof Values] | readonly Values[keyof Values][] | boolean | null;

/** What is wrong with a value; its message completes `tailrace: `. */
class Misuse extends Error {}

/**
 * @param argv the arguments behind the program's name
 * @param now epoch milliseconds, which times such as `-2h` are counted from
 */
export function parseCommand(argv: readonly string[], now: number): Command {
  const [first, ...rest] = argv;
  if (first === undefined) return misused('no command given');
  if (first === '--help' || first === '-h' || first === 'help') return helpFor(rest);
  if (first === '--version' || first === '-v') return call('version', { arguments: [], options: {} });
  const single = findCommand(first);
  if (single !== null) return parse(single, rest, now);
  const group = commandsOf(first);
  if (group.length === 0) return misused(`unknown ${first.startsWith('-') ? 'option' : 'command'} "${first}"`);
  const [second, ...others] = rest;
  if (second === '--help' || second === '-h') return { kind: 'help', topic: first };
  if (second === undefined) return misused(`${first} is followed by ${listed(wordsOf(group))}`, first);
  const double = findCommand(`${first} ${second}`);
  if (double !== null) return parse(double, others, now);
  return misused(`${first} is followed by ${listed(wordsOf(group))}, not by "${second}"`, first);
}

/** Says what is wrong with a command line, where only the command itself can tell. */
export function misuse(what: string, name?: CommandName): string {
  return misused(what, name).text;
}

function helpFor(words: readonly string[]): Command {
  if (words.length === 0) return { kind: 'help', topic: null };
  for (const topic of [words.slice(0, 2).join(' '), words[0]!]) {
    if (findCommand(topic) !== null || commandsOf(topic).length > 0) return { kind: 'help', topic };
  }
  return misused(`unknown command "${words[0]}"`);
}

function parse(spec: CommandSpec, args: readonly string[], now: number): Command {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: tied(spec, args), options: optionsOf(spec), allowPositionals: true, strict: true });
  } catch (error) {
    return misused(complaint(error, args), spec.name);
  }
  if (parsed.values['help'] === true) return { kind: 'help', topic: spec.name };
  try {
    const options = Object.fromEntries(
      spec.options.map(option => [camelCase(option.name), toValue(option, parsed.values[option.name], now)]),
    );
    checkAlternatives(spec, parsed.values);
    checkArguments(spec, parsed.positionals);
    return call(spec.name, { arguments: parsed.positionals, options });
  } catch (error) {
    if (error instanceof Misuse) return misused(error.message, spec.name);
    throw error;
  }
}

/** The one place where what was read by the table becomes what the table's types say. */
function call(
  name: string,
  input: { arguments: readonly string[]; options: Readonly<Record<string, Value>> },
): Command {
  return { kind: 'call', name, input } as Command;
}

function optionsOf(spec: CommandSpec) {
  const help = { type: 'boolean', short: 'h' } as const;
  const rows = spec.options.map(({ name, short, kind }) => {
    const type = kind === null ? ('boolean' as const) : ('string' as const);
    return [name, { type, multiple: kind !== null, ...(short === undefined ? {} : { short }) }] as const;
  });
  return { help, ...Object.fromEntries(rows) };
}

/** Of `--since -2h` the value is no option, though it begins like one. */
function tied(spec: CommandSpec, args: readonly string[]): string[] {
  const takeTimes = new Set(
    spec.options.filter(({ kind }) => kind === 'time' || kind === 'place').map(({ name }) => `--${name}`),
  );
  const end = args.indexOf('--');
  const result: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const next = args[at + 1];
    const ties = (end < 0 || at < end) && takeTimes.has(args[at]!) && next !== undefined && /^-\d/.test(next);
    result.push(ties ? `${args[at]}=${args[++at]}` : args[at]!);
  }
  return result;
}

function toValue(option: OptionSpec, written: unknown, now: number): Value {
  if (option.kind === null) return written === true;
  const texts = (written as readonly string[] | undefined) ?? (option.fallback === undefined ? [] : [option.fallback]);
  if (option.required === true && texts.length === 0) throw new Misuse(`--${option.name} is needed`);
  const values = texts.map(text => {
    const value = readValue(text, option, now);
    if (value === null) throw new Misuse(`--${option.name} takes ${wantedBy(option)}`);
    return value;
  });
  return option.multiple === true ? values : (values.at(-1) ?? null);
}

function checkAlternatives(spec: CommandSpec, written: Readonly<Record<string, unknown>>): void {
  for (const { options, required } of spec.alternatives ?? []) {
    const names = options.map(name => `--${name}`);
    const given = names.filter(name => written[name.slice(2)] !== undefined);
    if (given.length > 1) throw new Misuse(`${given.join(' and ')} do not go together`);
    if (given.length === 0 && required) throw new Misuse(`${listed(names)} is needed`);
  }
}

function checkArguments({ name, arguments: specs, least, most }: CommandSpec, given: readonly string[]): void {
  if (most !== null && given.length > most) throw new Misuse(`${name} takes no argument "${given[most]}"`);
  if (given.length < least)
    throw new Misuse(`${name} needs ${specs[given.length]!.name}, ${textOf(specs[given.length]!)}`);
  for (const [at, text] of given.entries()) {
    const { name: what, choices } = specs[Math.min(at, specs.length - 1)]!;
    if (choices !== undefined && !choices.includes(text)) throw new Misuse(`${what} is ${listed(choices)}`);
  }
}

function textOf({ text }: ArgumentSpec): string {
  return text.split(/[:;]/, 1)[0]!;
}

function wordsOf(group: readonly CommandSpec[]): readonly string[] {
  return group.map(({ name }) => name.split(' ')[1]!);
}

function listed(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Never repeats a value of the command line: it may be a secret with a typo before it. */
function complaint(error: unknown, args: readonly string[]): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
    return 'an option lacks its value, or has one that it does not take';
  const unknown = args.find(
    arg => arg.startsWith('-') && String((error as Error).message).includes(arg.split('=')[0]!),
  );
  return unknown === undefined ? 'unknown option' : `unknown option "${unknown.split('=')[0]}"`;
}

function misused(what: string, command?: string): Extract<Command, { kind: 'misuse' }> {
  const help = command === undefined ? 'tailrace --help' : `tailrace ${command} --help`;
  return { kind: 'misuse', text: `tailrace: ${printable(what)}\nTry "${help}".\n` };
}
