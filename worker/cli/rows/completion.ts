import type { CommandSpec } from '../command-spec.ts';
import { EXIT, exitRows } from '../exit-codes.ts';

/** Shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const COMPLETION = {
  name: 'completion',
  summary: 'print what has a shell complete commands, options and files',
  synopsis: 'SHELL',
  description:
    'Prints a script that has a shell complete commands, options and the names of files when Tab is pressed.',
  arguments: [{ name: 'SHELL', isFile: false, choices: SHELLS, text: `which shell: ${SHELLS.join(', ')}` }],
  least: 1,
  most: 1,
  options: [],
  sections: [
    {
      title: 'Where it goes',
      rows: [
        ['bash', 'a line of ~/.bashrc: source <(tailrace completion bash)'],
        [
          'zsh',
          'a file named _tailrace in a folder of $fpath; or a line of ~/.zshrc, behind compinit: source <(tailrace completion zsh)',
        ],
        ['fish', 'the file ~/.config/fish/completions/tailrace.fish'],
      ],
    },
  ],
  examples: [
    'tailrace completion bash > /etc/bash_completion.d/tailrace',
    'tailrace completion zsh > ~/.zfunc/_tailrace',
    'tailrace completion fish > ~/.config/fish/completions/tailrace.fish',
  ],
  exitCodes: [[String(EXIT.CLEAN), 'done'], ...exitRows(EXIT.USAGE)],
} as const satisfies CommandSpec;
