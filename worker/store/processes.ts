import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** What tells a process from all others: numbers come again, and each container has its own. */
export interface ProcessIdentity {
  readonly host: string;
  /** Of the running system; empty where that can't be told. */
  readonly boot: string;
  /** Which processes it can see. */
  readonly namespace: string;
  readonly pid: number;
  /** When it started, in the system's own measure. */
  readonly started: string;
}

/** The processes of this host. */
export interface ProcessTable {
  own(): Promise<ProcessIdentity>;
  /** Whether one that can be seen from here is there. */
  isAlive(process: ProcessIdentity): Promise<boolean>;
}

/** Whether one could tell that the other is gone. */
export function canSee(from: ProcessIdentity, other: ProcessIdentity): boolean {
  const { host, boot, namespace } = from;
  return boot !== '' && host === other.host && boot === other.boot && namespace === other.namespace;
}

/** By Linux's /proc; elsewhere nobody can see anybody. */
export const systemProcesses: ProcessTable = {
  async own() {
    const { pid } = process;
    const [boot, namespace, started] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
      readlink('/proc/self/ns/pid').catch(() => ''),
      startOf(pid),
    ]);
    return { host: hostname(), boot: boot.trim(), namespace, pid, started };
  },
  isAlive: async ({ pid, started }) => started !== '' && (await startOf(pid)) === started,
};

/** Of this process, where the system has users. */
export function ownUser(): number | undefined {
  return process.geteuid?.();
}

/** Empty for a process that does not exist, or whose end nobody has taken note of yet. */
async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // proc(5): the name in parentheses may hold anything; behind it come the state and, as the 20th, the start.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}
