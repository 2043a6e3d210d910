import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { COMMANDS, commandsOf, findCommand } from './commands.ts';
import { EXIT, exitRows, SIGNAL_ROW } from './exit-codes.ts';
import { definitions, wrap } from './layout.ts';

export const INTRODUCTION =
  'Tailrace: Kafka topics in, confirmed HTTP deliveries out. A Kafka Connect sink worker without the JVM.';

const WIDEST = 120;
const NARROWEST = 40;

/** What the overview says of the codes; each command says what they mean of it. */
export const ALL_CODES = [
  ...exitRows(
    EXIT.CLEAN,
    EXIT.USAGE,
    EXIT.WORKER_START,
    EXIT.CONNECTOR_START,
    EXIT.UNFINISHED,
    EXIT.CHECK_FAILED,
    EXIT.REFUSED,
    EXIT.INTERNAL,
  ),
  SIGNAL_ROW,
];

/**
 * @param topic a command, what several begin with, or null: all
 * @param columns of the terminal; null: there is none
 */
export function renderHelp(topic: string | null, columns: number | null): string {
  const width = Math.max(NARROWEST, Math.min(columns ?? WIDEST, WIDEST));
  const command = topic === null ? null : findCommand(topic);
  const blocks = command === null ? overview(topic, width) : commandHelp(command, width);
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

type Block = readonly string[];

function overview(group: string | null, width: number): readonly Block[] {
  const commands = group === null ? COMMANDS : commandsOf(group);
  const more = group === null ? 'COMMAND' : `${group} COMMAND`;
  const rows: [string, string][] = commands.map(spec => [briefUsage(spec), spec.summary]);
  rows.push([`tailrace ${more} --help`, 'more about one command']);
  const usage = ['Usage:', ...definitions(rows, width)];
  return group === null
    ? [wrap(INTRODUCTION, width), usage, ['Exit codes:', ...definitions(ALL_CODES, width)]]
    : [usage];
}

/** The command and its arguments, without its options. */
function briefUsage({ name, arguments: specs, most }: CommandSpec): string {
  const names = specs.map((argument, at) => {
    const dots = at === specs.length - 1 && most === null ? '...' : '';
    return ` ${argument.name}${dots}`;
  });
  return `tailrace ${name}${names.join('')}`;
}

function commandHelp(spec: CommandSpec, width: number): readonly Block[] {
  const options = [...spec.options.map(optionRow), ['-h, --help', 'this text']] as const;
  const blocks: Block[] = [
    wrap(spec.description, width),
    ['Usage:', ...usageLines(spec, width)],
    ...(spec.arguments.length === 0
      ? []
      : [
          [
            'Arguments:',
            ...definitions(
              spec.arguments.map(({ name, text }) => [name, text] as const),
              width,
            ),
          ],
        ]),
    ['Options:', ...definitions(options as readonly (readonly [string, string])[], width)],
    ...spec.sections.map(({ title, rows, text }) => [
      `${title}:`,
      ...definitions(rows, width),
      ...(text === undefined ? [] : wrap(text, width - 2).map(line => `  ${line}`)),
    ]),
    ...(spec.examples.length === 0 ? [] : [['Examples:', ...spec.examples.map(example => `  ${example}`)]]),
    ['Exit codes:', ...definitions(spec.exitCodes, width)],
  ];
  return blocks;
}

function usageLines({ name, synopsis }: CommandSpec, width: number): readonly string[] {
  return wrap(`tailrace ${name} ${synopsis}`.trim(), width - 8).map((line, at) =>
    at === 0 ? `  ${line}` : `      ${line}`,
  );
}

function optionRow(option: OptionSpec): readonly [string, string] {
  return [optionUsage(option), optionText(option)];
}

/** `-y, --yes`, `--records N`. */
export function optionUsage({ name, short, value }: OptionSpec): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** What it is for, with its choices and what it is when left out. */
export function optionText({ text, choices, fallback }: OptionSpec): string {
  const taken = choices === undefined ? '' : `: ${choices.join(', ')}`;
  return `${text}${taken}${fallback === undefined ? '' : ` (${fallback} when left out)`}`;
}
