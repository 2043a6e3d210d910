import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import { COMMANDS } from '../commands.ts';
import { optionText } from '../help.ts';
import { brief, firstWords, groupNames, HELP, membersOf, takesFile, type Word } from './words.ts';

export function renderFish(): string {
  const groups = groupNames();
  const heads = firstWords().filter(({ word }) => word !== 'help');
  return `# fish completion of tailrace, printed by "tailrace completion fish"

# The command that stands before the cursor, as words of one line.
function __tailrace_command
    set -l words (string match --invert -- '-*' (commandline -opc)[2..])
    set -l most 1
    switch "$words[1]"
        case help${groups.map(group => ` ${group}`).join('')}
            set most 2
    end
    switch "$words[1..2]"
${groups.map(group => `        case 'help ${group}'\n            set most 3`).join('\n')}
    end
    string join ' ' -- $words[1..$most]
end

function __tailrace_is
    set -l command (__tailrace_command)
    test "$command" = "$argv[1]"
end

complete -c tailrace -f
complete -c tailrace -n '__tailrace_is ""' -s h -l help -d 'tell how it is used'
complete -c tailrace -n '__tailrace_is ""' -s v -l version -d 'print the version'
${offer('', firstWords())}
${offer('help', heads)}
${groups.map(group => `${offer(group, membersOf(group))}\n${offer(`help ${group}`, membersOf(group))}\n${renderOption(group, HELP)}`).join('\n')}
${COMMANDS.map(renderCommand).join('\n')}
`;
}

/** Words that may follow a command, or the program. */
function offer(command: string, words: readonly Word[]): string {
  return words.map(({ word, text }) => `${head(command)} -a ${word} -d ${quoted(text)}`).join('\n');
}

function head(command: string): string {
  return `complete -c tailrace -n '__tailrace_is "${command}"'`;
}

function renderCommand({ name, options, arguments: specs }: CommandSpec): string {
  const choices = specs.flatMap(spec => spec.choices ?? []);
  return [
    ...[...options, HELP].map(option => renderOption(name, option)),
    ...(specs.some(({ isFile }) => isFile) ? [`${head(name)} -F`] : []),
    ...(choices.length === 0 ? [] : [`${head(name)} -a ${quoted(choices.join(' '))}`]),
  ].join('\n');
}

function renderOption(command: string, option: OptionSpec): string {
  const { name, short, choices } = option;
  const value = option.kind === null ? '' : takesFile(option) ? ' -r -F' : ' -x';
  const offered = choices === undefined ? '' : ` -a ${quoted(choices.join(' '))}`;
  const letter = short === undefined ? '' : ` -s ${short}`;
  return `${head(command)}${letter} -l ${name}${value}${offered} -d ${quoted(brief(optionText(option)))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
