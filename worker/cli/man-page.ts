import type { CommandSpec, Section } from './command-spec.ts';
import { COMMANDS } from './commands.ts';
import { ALL_CODES, INTRODUCTION, optionText, optionUsage } from './help.ts';

type Rows = readonly (readonly [term: string, text: string])[];

/** The manual page of the program, one for all commands: `man tailrace`. */
export function renderManPage(): string {
  const lines = [
    '.\\" Rendered from worker/cli/commands.ts by "make docs".',
    '.TH TAILRACE 1 "" "Tailrace" "User Commands"',
    '.nh',
    '.ad l',
    '.SH NAME',
    'tailrace \\- deliver Kafka topics to HTTP endpoints',
    '.SH SYNOPSIS',
    '.nf',
    ...COMMANDS.map(spec => bold(usage(spec))),
    `${bold('tailrace')} [${bold('COMMAND')}] ${bold('--help')}`,
    '.fi',
    '.SH DESCRIPTION',
    escaped(INTRODUCTION),
    '.SH COMMANDS',
    ...COMMANDS.flatMap(renderCommand),
    '.SH EXIT STATUS',
    'What the codes mean where a command says nothing else:',
    ...renderRows(ALL_CODES),
    '.SH SEE ALSO',
    'In the folder of the program: README.md, config/REFERENCE.md (every key of the files), worker/METRICS.md.',
  ];
  return `${lines.join('\n')}\n`;
}

function usage({ name, synopsis }: CommandSpec): string {
  return `tailrace ${name} ${synopsis}`.trim();
}

function renderCommand(spec: CommandSpec): readonly string[] {
  const { name, description, options, arguments: specs, sections, examples, exitCodes } = spec;
  const rows: Rows = [
    ...specs.map(argument => [argument.name, argument.text] as const),
    ...options.map(option => [optionUsage(option), optionText(option)] as const),
  ];
  return [
    `.SS ${escaped(usage(spec))}`,
    escaped(description),
    ...renderRows(rows),
    ...sections.flatMap(renderSection),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', '.PP', '.RS', '.nf', ...examples.map(bold), '.fi', '.RE']),
    '.PP',
    `Exit codes of ${escaped(name)}:`,
    ...renderRows(exitCodes),
  ];
}

function renderSection({ title, rows }: Section): readonly string[] {
  return ['.PP', `${escaped(title)}:`, ...renderRows(rows)];
}

function renderRows(rows: Rows): readonly string[] {
  return rows.flatMap(([term, text]) => ['.TP', bold(term), `${escaped(text)}.`.replace(/([.:])\.$/, '$1')]);
}

function bold(text: string): string {
  return `\\fB${escaped(text, false)}\\fR`;
}

/**
 * As roff takes it: a backslash and hyphens that stay what they are, signs outside of ASCII by their numbers, and no line that begins as
 * a request does.
 */
function escaped(text: string, isLineStart = true): string {
  const signs = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replace(/\P{ASCII}/gu, sign => `\\[u${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
  return isLineStart ? signs.replace(/^(?=[.'])/, '\\&') : signs;
}
