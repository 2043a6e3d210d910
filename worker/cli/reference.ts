import { table as markdown } from '../../config/generated.ts';
import type { CommandSpec } from './command-spec.ts';
import { COMMANDS } from './commands.ts';
import { ALL_CODES, INTRODUCTION, optionText, optionUsage } from './help.ts';

type Rows = readonly (readonly [term: string, text: string])[];

/** worker/COMMANDS.md: every command, as `--help` tells it. */
export function renderCommandReference(): string {
  const blocks = [
    '# Commands',
    `${INTRODUCTION} \`tailrace COMMAND --help\` prints the same as this page, \`man tailrace\` shows it (package.json names the page ` +
      'for npm), and `tailrace completion SHELL` has bash, zsh and fish complete it.',
    'Rendered from `worker/cli/commands.ts` by `make docs`.',
    table(
      ['command', ''],
      COMMANDS.map(({ name, summary }) => [`[${name}](#${name.replaceAll(' ', '-')})`, summary] as const),
    ),
    ...COMMANDS.flatMap(renderCommand),
    '## Exit codes',
    'What they mean where a command says nothing else:',
    table(['code', 'meaning'], codes(ALL_CODES)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function renderCommand(spec: CommandSpec): readonly string[] {
  const { name, synopsis, description, arguments: specs, options, sections, examples, exitCodes } = spec;
  return [
    `## ${name}`,
    description,
    `\`\`\`\n${`tailrace ${name} ${synopsis}`.trim()}\n\`\`\``,
    ...(specs.length === 0 ? [] : [table(['argument', ''], codes(specs.map(each => [each.name, each.text] as const)))]),
    ...(options.length === 0
      ? []
      : [table(['option', ''], codes(options.map(each => [optionUsage(each), optionText(each)] as const)))]),
    ...sections.map(({ title, rows }) => table([title.toLowerCase(), ''], codes(rows))),
    ...(examples.length === 0 ? [] : [`\`\`\`\n${examples.join('\n')}\n\`\`\``]),
    table(['exit code', ''], codes(exitCodes)),
  ];
}

function codes(rows: Rows): Rows {
  return rows.map(([term, text]) => [`\`${term}\``, text]);
}

/** Without an end of line: blocks have an empty line between them. */
function table(titles: readonly [string, string], rows: Rows): string {
  return markdown(titles, rows).trimEnd();
}
