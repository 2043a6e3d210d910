import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Shell = 'bash' | 'zsh' | 'fish';

/** Says why a shell can't be tested with, for a test's `skip`: false when it can. In CI that is a failure, never a skip. */
export async function skipWithout(shell: Shell): Promise<string | false> {
  try {
    await run(shell, ['--version']);
    return false;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return `no ${shell} on the PATH (scripts/real-parts.sh brings it)`;
  }
}

/**
 * What a shell offers when Tab is pressed behind each of these lines, with a script that was loaded before.
 *
 * @param directory where files are completed
 * @param home another one, where helpers are put
 */
export async function completionsOf(
  shell: Shell,
  script: string,
  { directory, home }: { readonly directory: string; readonly home: string },
  lines: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const file = join(home, 'completion');
  writeFileSync(file, script);
  const helper = join(home, 'helper');
  writeFileSync(helper, HELPERS[shell]);
  if (shell === 'zsh') writeFileSync(`${helper}-inner`, ZSH_INNER);
  const env = { PATH: process.env['PATH']!, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
  const options = { cwd: directory, env, timeout: 120_000, maxBuffer: 1 << 24 };
  const { stdout } = await run(shell, [...QUIET[shell], helper, file, ...lines], options);
  const offers = stdout.split('DONE').map(each => {
    const found = each.split(/\r?\n/).flatMap(line => /OFFERED:([^\r]*)/.exec(line)?.[1] ?? []);
    return [...new Set(found)].sort();
  });
  return new Map(lines.map((line, at) => [line, offers[at]!]));
}

const QUIET: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--noprofile', '--norc'],
  zsh: ['-f'],
  fish: ['--no-config'],
};

/** Bash splits a line where COMP_WORDBREAKS says: at blanks and at `=`. */
const BASH = `
source "$1"
shift
for COMP_LINE in "$@"; do
  line=\${COMP_LINE//=/ = }
  read -ra COMP_WORDS <<<"$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _tailrace
  for offered in "\${COMPREPLY[@]}"; do printf 'OFFERED:%s\\n' "$offered"; done
  echo DONE
done
`;

/** What an interactive zsh gives to its own `compadd`, a Tab and an empty line at a time. */
const ZSH = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "source \${(q)0}-inner \${(q)1}"
zpty -r inner output '*READY*'
shift
for line in "$@"; do
  zpty -n -w inner $'\\x15'"$line"$'\\t'
  zpty -r inner output '*DONE*'
  print -r -- "$output"
done
`;

const ZSH_INNER = `
PROMPT= RPROMPT=
stty -echo
autoload -Uz compinit
compinit -u -D
source $1
unsetopt auto_list auto_menu
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a offered
  builtin compadd -A offered "$@"
  for each in "\${offered[@]}"; do print -r -- "OFFERED:$each"; done
  builtin compadd "$@"
}
tell() { zle complete-word; print DO''NE }
zle -N tell
bindkey '^I' tell
bindkey '^U' kill-whole-line
print REA''DY
`;

const FISH = `
source $argv[1]
for line in $argv[2..]
    for offered in (complete --do-complete $line)
        echo OFFERED:(string split --max 1 \\t -- $offered)[1]
    end
    echo DONE
end
`;

const HELPERS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
