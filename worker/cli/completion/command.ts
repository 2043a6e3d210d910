import type { CommandInput } from '../commands.ts';
import { EXIT } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { print } from '../output.ts';
import type { SHELLS } from '../rows/completion.ts';
import { renderBash } from './bash.ts';
import { renderFish } from './fish.ts';
import { renderZsh } from './zsh.ts';

type Shell = (typeof SHELLS)[number];

const RENDERERS: Readonly<Record<Shell, () => string>> = { bash: renderBash, zsh: renderZsh, fish: renderFish };

/** `tailrace completion SHELL`: prints the script of that shell. */
export async function runCompletion({ arguments: [shell] }: CommandInput<'completion'>, host: Host): Promise<number> {
  await print(RENDERERS[shell as Shell](), host);
  return EXIT.CLEAN;
}
