import type { ArgumentSpec, CommandSpec, OptionSpec } from '../command-spec.ts';
import { COMMANDS } from '../commands.ts';
import { optionText } from '../help.ts';
import { brief, firstWords, groupNames, HELP, membersOf, takesFile, type Word } from './words.ts';

/** A file for `$fpath`, which may be sourced behind `compinit` as well. */
export function renderZsh(): string {
  const groups = groupNames();
  const singles = COMMANDS.filter(({ name }) => !name.includes(' '));
  return `#compdef tailrace
# zsh completion of tailrace, printed by "tailrace completion zsh"

_tailrace() {
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  _arguments -C -S '(- *)'{-h,--help}'[tell how it is used]' '(- *)'{-v,--version}'[print the version]' \\
    '1:command:->command' '*::argument:->arguments' && return
  case $state in
    command)
${describe(firstWords())}
      ;;
    arguments)
      case $words[1] in
${singles.map(({ name }) => `        ${name}) ${functionOf(name)} ;;`).join('\n')}
${groups.map(group => `        ${group}) ${functionOf(group)} ;;`).join('\n')}
        help) _tailrace__help ;;
      esac
      ;;
  esac
}

_tailrace__help() {
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  _arguments -C '1:command:->command' '2:command:->second' && return
  case $state in
    command)
${describe(firstWords().filter(({ word }) => word !== 'help'))}
      ;;
    second)
      case $words[2] in
${groups
  .map(
    group =>
      `        ${group}) commands=(${membersOf(group)
        .map(({ word }) => word)
        .join(' ')}) ;;`,
  )
  .join('\n')}
      esac
      compadd -a commands
      ;;
  esac
}

${groups.map(renderGroup).join('\n\n')}

${COMMANDS.map(renderCommand).join('\n\n')}

if [[ $funcstack[1] == _tailrace ]]; then _tailrace "$@"; else compdef _tailrace tailrace; fi
`;
}

function describe(words: readonly Word[]): string {
  const lines = words.map(({ word, text }) => `        ${quoted(`${word}:${text.replaceAll(':', '\\:')}`)}`);
  return `      commands=(\n${lines.join('\n')}\n      )\n      _describe -t commands command commands`;
}

function functionOf(name: string): string {
  return `_tailrace_${name.replaceAll(' ', '_')}`;
}

function renderGroup(group: string): string {
  const members = membersOf(group).map(({ word }) => `        ${word}) ${functionOf(`${group} ${word}`)} ;;`);
  return `${functionOf(group)}() {
  local curcontext=$curcontext state line
  local -a commands
  typeset -A opt_args
  _arguments -C -S '(- *)'{-h,--help}'[tell how it is used]' '1:command:->command' '*::argument:->arguments' && return
  case $state in
    command)
${describe(membersOf(group))}
      ;;
    arguments)
      case $words[1] in
${members.join('\n')}
      esac
      ;;
  esac
}`;
}

function renderCommand({ name, options, arguments: specs, most }: CommandSpec): string {
  const lines = [
    ...[...options, HELP].map(renderOption),
    ...specs.map((spec, at) => quoted(argument(spec, at === specs.length - 1 && most === null ? '*' : `${at + 1}`))),
  ];
  return `${functionOf(name)}() {\n  _arguments -s -S \\\n${lines.map(line => `    ${line}`).join(' \\\n')}\n}`;
}

function renderOption(option: OptionSpec): string {
  const { name, short, kind, multiple, value = '' } = option;
  const text = `[${brief(optionText(option)).replace(/[[\]\\]/g, '\\$&')}]`;
  const action = kind === null ? '' : `:${value.replaceAll(':', '\\:')}:${actionOf(option)}`;
  const equals = kind === null ? '' : '=';
  if (short !== undefined) {
    return `'(-${short} --${name})'{-${short},--${name}${equals}}${quoted(`${text}${action}`)}`;
  }
  return quoted(`${multiple === true ? '*' : ''}--${name}${equals}${text}${action}`);
}

function argument(spec: ArgumentSpec, place: string): string {
  const action = spec.choices === undefined ? (spec.isFile ? '_files' : ' ') : `(${spec.choices.join(' ')})`;
  return `${place}:${spec.name.replaceAll(':', '\\:')}:${action}`;
}

/** A blank alone says that nothing can be told about it. */
function actionOf(option: OptionSpec): string {
  if (takesFile(option)) return '_files';
  return option.choices === undefined ? ' ' : `(${option.choices.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
