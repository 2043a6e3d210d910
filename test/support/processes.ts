import { readdirSync, readFileSync } from 'node:fs';

/** The living processes that this one has started, by their titles or command lines. */
export function childrenOf(parent: number): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(ppid) !== parent || state === 'Z') continue;
      found.set(Number(name), readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** The process of a task, `name-id`, of this worker. */
export function taskProcess(parent: number, task: string): number | null {
  for (const [pid, title] of childrenOf(parent)) if (title === `tailrace ${task}`) return pid;
  return null;
}

/** Whether there is such a process, be it stopped. */
export function isThere(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** For what tells nobody: asks again and again until the answer is none of null and false. */
export async function found<T>(ask: () => T | null | false): Promise<T> {
  for (;;) {
    const answer = ask();
    if (answer !== null && answer !== false) return answer;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
