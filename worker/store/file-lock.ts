import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { unreadable } from '../../config/source/files.ts';
import type { Clock } from '../../connector/ports.ts';
import type { Log } from '../telemetry/log.ts';

/** A right that one process has at a time. */
export interface FileLock {
  /** Whether nobody has taken it meanwhile. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** How often its holder says that it is there, milliseconds, and after how long without that it counts as gone. */
const TOUCH_MS = 5_000;
const STALE_MS = 30_000;
const MOST_TRIES = 5;

/** Who holds it. A process is known by where and when it started, too: numbers come again. */
interface Holder {
  readonly id: string;
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
  readonly started: string;
}

/**
 * Takes the lock of that name. One whose process is gone is taken over: at once where that can be seen, which is on the same host, and elsewhere when
 * nobody has touched it for `STALE_MS`.
 *
 * @throws Error whose message completes "config.storage.file …"
 */
export async function lockFile(path: string, clock: Clock, log: Log): Promise<FileLock> {
  const own: Holder = { id: randomUUID(), ...(await identify(process.pid)) };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (await create(path, own)) return hold(path, own, clock, log);
    const holder = await readHolder(path);
    if (holder !== null && !(await isGone(path, holder, clock))) {
      throw new Error(`is in use by the worker with process ${holder.pid} on ${holder.host}: each needs its own`);
    }
    log.write('warn', `${path} was left behind by a worker that is gone: it is taken over`);
    // Of several that see so only one moves it away.
    const aside = `${path}.${own.id}`;
    await rename(path, aside).catch(() => undefined);
    await rm(aside, { force: true });
  }
  throw new Error('is being taken by several workers at once: each needs its own');
}

async function create(path: string, own: Holder): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(own)).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Error(`can't be locked (${path}): ${unreadable(error)}`);
  }
}

function hold(path: string, own: Holder, clock: Clock, log: Log): FileLock {
  let cancel = clock.timer(TOUCH_MS, touch);
  let isReleased = false;

  function touch(): void {
    const now = new Date(clock.wall());
    utimes(path, now, now)
      .catch(error => log.write('warn', `${path} can't be touched: ${unreadable(error)}`))
      .finally(() => {
        if (!isReleased) cancel = clock.timer(TOUCH_MS, touch);
      });
  }

  const isHeld = async (): Promise<boolean> => (await readHolder(path))?.id === own.id;
  return {
    isHeld,
    async release() {
      isReleased = true;
      cancel();
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

/** Null for one that says nothing, which a process that failed while it wrote leaves behind. */
async function readHolder(path: string): Promise<Holder | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof (holder as Holder).id === 'string' ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

async function isGone(path: string, holder: Holder, clock: Clock): Promise<boolean> {
  const seen = await identify(holder.pid);
  if (holder.host === seen.host && holder.boot === seen.boot && seen.boot !== '')
    return holder.started !== seen.started;
  const touched = await stat(path).catch(() => null);
  return touched === null || clock.wall() - touched.mtimeMs > STALE_MS;
}

/** What tells a process of this host from all others; `started` is empty for one that does not exist. */
async function identify(pid: number): Promise<Omit<Holder, 'id'>> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // proc(5): the name in parentheses may hold anything; the start is the 22nd field, the 20th behind it.
  const started = line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { host: hostname(), boot: boot.trim(), pid, started };
}
