import type { Host } from './host.ts';

/**
 * Asks a person whether to go on; nobody is asked who said so with `--yes`. Where there is no terminal, or the answer is not yes,
 * that is told.
 *
 * @param question without its mark, such as "Reset the offsets of 3 partitions"
 * @returns whether to go on
 */
export async function confirm(
  question: string,
  yes: boolean,
  { keyboard, errorTerminal, complain }: Pick<Host, 'keyboard' | 'errorTerminal' | 'complain'>,
): Promise<boolean> {
  if (yes) return true;
  if (!keyboard.terminal || !errorTerminal) {
    complain('Nothing was done: there is no terminal to ask on, and --yes does it without asking\n');
    return false;
  }
  complain(`${question}? [y/N] `);
  const answer = await keyboard.line();
  if (answer === null) complain('\n');
  const agreed = /^\s*y(es)?\s*$/i.test(answer ?? '');
  if (!agreed) complain('Nothing was done\n');
  return agreed;
}
