import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import { COMMANDS } from '../commands.ts';
import { firstWords, groupNames, HELP, membersOf, takesFile } from './words.ts';

/** Works in bash 3.2 and newer, with or without the package bash-completion. */
export function renderBash(): string {
  const groups = groupNames();
  const words = [...firstWords().map(({ word }) => word), '--help', '--version'].join(' ');
  return `# bash completion of tailrace, printed by "tailrace completion bash"

_tailrace() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  # "--raw=k" is three words to bash.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  local command= options= valued= offered= files= position=0 at word
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $command in
      '' | help${groups.map(group => ` | ${group} | 'help ${group}'`).join('')}) [[ $word == -* ]] || command=\${command:+$command }$word ;;
    esac
  done
  COMPREPLY=()
  case $command in
    '') offered='${words}' ;;
    help) offered='${firstWords()
      .map(({ word }) => word)
      .filter(word => word !== 'help')
      .join(' ')}' ;;
${groups.map(renderGroup).join('\n')}
${COMMANDS.map(renderCommand).join('\n')}
  esac
  if [[ $current == -* && -n $options ]]; then
    offered=$options files=
  elif [[ $previous == -* && " $valued " == *" $previous "* ]]; then
    offered= files=
    case "$command $previous" in
${COMMANDS.flatMap(renderValues).join('\n')}
    esac
  elif [[ -n $options ]]; then
    _tailrace_arguments
  fi
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
  elif [[ -n $offered ]]; then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$offered" -- "$current")
  fi
}

# What the argument at the cursor is, by how many stand before it. Sets what its caller has declared.
_tailrace_arguments() {
  local before= skip=\${command//[^ ]/}
  skip=$((\${#skip} + 1))
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == -* || $word == = || $before == = || (-n $before && " $valued " == *" $before "*) ]]; then
      before=$word
      continue
    fi
    before=
    if ((skip > 0)); then skip=$((skip - 1)); else position=$((position + 1)); fi
  done
  case "$command $position" in
${COMMANDS.flatMap(renderArguments).join('\n')}
  esac
}

complete -F _tailrace tailrace
`;
}

function renderGroup(group: string): string {
  const words = membersOf(group)
    .map(({ word }) => word)
    .join(' ');
  return `    ${group}) offered='${words} --help' ;;\n    'help ${group}') offered='${words}' ;;`;
}

function renderCommand({ name, options }: CommandSpec): string {
  const valued = options.filter(({ kind }) => kind !== null);
  return `    '${name}') options='${[...options, HELP].flatMap(spellings).join(' ')}' valued='${valued.flatMap(spellings).join(' ')}' ;;`;
}

function spellings({ name, short }: OptionSpec): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function renderValues({ name, options }: CommandSpec): readonly string[] {
  return options.flatMap(option => {
    const pattern = spellings(option)
      .map(spelling => `'${name} ${spelling}'`)
      .join(' | ');
    if (takesFile(option)) return [`      ${pattern}) files=1 ;;`];
    const choices = option.choices ?? [];
    return choices.length === 0 ? [] : [`      ${pattern}) offered='${choices.join(' ')}' ;;`];
  });
}

function renderArguments({ name, arguments: specs, most }: CommandSpec): readonly string[] {
  return specs.flatMap((spec, at) => {
    const isLast = at === specs.length - 1;
    const pattern = `'${name} '${isLast && most === null ? '*' : at}`;
    if (spec.isFile) return [`    ${pattern}) files=1 ;;`];
    return spec.choices === undefined ? [] : [`    ${pattern}) offered='${spec.choices.join(' ')}' ;;`];
  });
}
