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

/** What each shell offers when Tab is pressed behind a line, with a script that was loaded before. */
export interface Completions {
  of(line: string): Promise<readonly string[]>;
}

/**
 * @param directory where files are completed
 * @param home another one, where helpers are put
 */
export function completionsOf(shell: Shell, script: string, directory: string, home: string): Completions {
  const file = join(home, 'completion');
  writeFileSync(file, script);
  const helper = join(home, 'helper');
  writeFileSync(helper, HELPERS[shell]);
  if (shell === 'zsh') writeFileSync(`${helper}-inner`, ZSH_INNER);
  return {
    async of(line) {
      const env = { PATH: process.env['PATH']!, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
      const { stdout } = await run(shell, [...QUIET[shell], helper, file, line], {
        cwd: directory,
        env,
        timeout: 30_000,
      });
      const found = stdout.split(/\r?\n/).flatMap(each => /OFFERED:([^\r]*)/.exec(each)?.[1] ?? []);
      return [...new Set(found)].sort();
    },
  };
}

const QUIET: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--noprofile', '--norc'],
  zsh: ['-f'],
  fish: ['--no-config'],
};

/** Bash splits a line where COMP_WORDBREAKS says: at blanks and at `=`. */
const BASH = `
source "$1"
line=\${2//=/ = }
read -ra COMP_WORDS <<<"$line"
[[ $line == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE=$2
_tailrace
for offered in "\${COMPREPLY[@]}"; do printf 'OFFERED:%s\\n' "$offered"; done
`;

/** What an interactive zsh gives to its own \`compadd\`. */
const ZSH = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "source \${(q)0}-inner \${(q)1}"
zpty -r inner output '*READY*'
zpty -n -w inner "$2"$'\\t'
while zpty -r inner output; do print -r -- "$output"; [[ $output == *DONE* ]] && break; done
`;

const ZSH_INNER = `
PROMPT= RPROMPT=
stty -echo
autoload -Uz compinit
compinit -u -D
source $1
bindkey '^I' complete-word
zstyle ':completion:*' completer _complete
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a offered
  builtin compadd -A offered "$@"
  for each in "\${offered[@]}"; do print -r -- "OFFERED:$each"; done
  builtin compadd "$@"
}
finished() { print DONE; exit; }
comppostfuncs=(finished)
print REA''DY
`;

const FISH = `
source $argv[1]
for offered in (complete --do-complete $argv[2])
    echo OFFERED:(string split --max 1 \\t -- $offered)[1]
end
`;

const HELPERS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
