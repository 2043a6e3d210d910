import { randomUUID } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Clock } from '../../connector/ports.ts';
import type { Log } from '../telemetry/log.ts';
import { createFile } from '../whole-files.ts';
import { type FileSystem, lastTouch, overwrite, unwritable } from './file-system.ts';
import { canSee, type ProcessIdentity, type ProcessTable } from './processes.ts';

/** A right that one process has at a time. */
export interface FileLock {
  /** Whether nobody has taken it meanwhile. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LockParts {
  readonly files: FileSystem;
  readonly processes: ProcessTable;
  /** For waiting: files have times of their own. */
  readonly clock: Clock;
  readonly log: Log;
}

/** How often its holder says that it is there, milliseconds, and after how long without that it counts as gone. */
const TOUCH_MS = 5_000;
const STALE_MS = 20_000;
/** How often one that waits for that looks. */
const LOOK_MS = 500;
/** How long a holder may take to say who it is. */
const UNNAMED_MS = 2_000;
const MOST_TRIES = 50;
/** What says who holds it is filled up to this: what is written over it is as long. */
const FILE_BYTES = 512;

interface Holder extends ProcessIdentity {
  readonly id: string;
  readonly isReleased: boolean;
}

/**
 * Takes the lock of that name. Locks are numbered files, `<path>.<n>`. The newest counts; whoever wants it makes the next one, which the file system
 * lets one do; and the newest is never removed, so that no number comes twice. With one file two that both found it stale would go: the first
 * removes it and makes its own; the second removes that. One whose process is gone is taken over: at once where that can be seen, which is on the same
 * host, and elsewhere when nobody has touched it for `STALE_MS`, which is waited for.
 *
 * @throws Error whose message completes "config.storage.file …"
 */
export async function lockFile(path: string, parts: LockParts): Promise<FileLock> {
  const own: Holder = { id: randomUUID(), isReleased: false, ...(await parts.processes.own()) };
  const locks = new Locks(path, parts);
  try {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const newest = await locks.newest();
      if (newest > 0 && !(await locks.isFree(newest, own))) continue;
      if (await locks.make(newest + 1, own)) return new HeldLock(newest + 1, own, locks, parts);
    }
  } catch (error) {
    if (error instanceof InUseError) throw error;
    throw new Error(`can't be locked (${path}): ${unwritable(error)}`);
  }
  throw new Error('is being taken by several workers at once: each needs its own');
}

class InUseError extends Error {
  constructor(holder: Holder | null) {
    const who = holder === null ? 'another worker' : `the worker with process ${holder.pid} on ${holder.host}`;
    super(`is in use by ${who}: each needs its own`);
  }
}

class HeldLock implements FileLock {
  readonly #number: number;
  readonly #own: Holder;
  readonly #locks: Locks;
  readonly #parts: LockParts;
  #cancel: () => void;
  #isReleased = false;
  /** One at a time: a touch that was slow would take a release back. */
  #writing: Promise<void> = Promise.resolve();

  constructor(number: number, own: Holder, locks: Locks, parts: LockParts) {
    this.#number = number;
    this.#own = own;
    this.#locks = locks;
    this.#parts = parts;
    this.#cancel = parts.clock.timer(TOUCH_MS, () => void this.#touch());
  }

  async isHeld(): Promise<boolean> {
    return (await this.#locks.newest()) === this.#number;
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    this.#cancel();
    await this.#write({ ...this.#own, isReleased: true });
  }

  async #touch(): Promise<void> {
    await this.#write(this.#own);
    if (!this.#isReleased) this.#cancel = this.#parts.clock.timer(TOUCH_MS, () => void this.#touch());
  }

  #write(holder: Holder): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#locks.say(this.#number, holder);
      } catch (error) {
        this.#parts.log.write('warn', `${this.#locks.file(this.#number)} can't be written: ${unwritable(error)}`, {
          event: 'state-file-lock',
        });
      }
    });
    return this.#writing;
  }
}

/** The files of a lock. */
class Locks {
  readonly #path: string;
  readonly #parts: LockParts;

  constructor(path: string, parts: LockParts) {
    this.#path = path;
    this.#parts = parts;
  }

  file(number: number): string {
    return `${this.#path}.${number}`;
  }

  /** Its number; 0: there was none yet. */
  async newest(): Promise<number> {
    return Math.max(0, ...(await this.#numbers()));
  }

  /** Makes one. @returns false where another one was first */
  async make(number: number, own: Holder): Promise<boolean> {
    const file = this.file(number);
    try {
      await createFile(this.#parts.files, file, textOf(own));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
    const numbers = await this.#numbers();
    // One that stood still in between may have made one that was there before, was taken over, and removed.
    const isNewest = numbers.every(other => other <= number);
    for (const other of isNewest ? numbers.filter(one => one < number) : [number]) await this.#remove(other);
    return isNewest;
  }

  /** @returns false: things have changed, look again. @throws InUseError */
  async isFree(number: number, own: Holder): Promise<boolean> {
    const { processes, log } = this.#parts;
    const holder = await this.#holder(number);
    if (holder?.isReleased === true) return true;
    if (holder !== null && canSee(own, holder)) {
      if (await processes.isAlive(holder)) throw new InUseError(holder);
    } else if (!(await this.#isLeft(number, holder, own))) return false;
    log.write('warn', `${this.file(number)} was left behind by a worker that is gone: it is taken over`, {
      event: 'state-file-taken-over',
    });
    return true;
  }

  /** Says that its holder is there, or not any more. One that was removed is not made anew. */
  async say(number: number, holder: Holder): Promise<void> {
    await overwrite(this.#parts.files, this.file(number), textOf(holder));
  }

  /** Waits until it is touched, or was not for long enough. @throws InUseError */
  async #isLeft(number: number, holder: Holder | null, { id }: Holder): Promise<boolean> {
    const { files, clock, log } = this.#parts;
    const touch = () => lastTouch(files, this.file(number), `${this.#path}-${id}`);
    const first = await touch();
    for (let looks = 0, last = first; last !== null; looks++, last = await touch()) {
      if (last.at > first!.at) {
        if (holder !== null) throw new InUseError(holder);
        return false;
      }
      // One that had said nothing may have said it before it was looked at for the first time.
      if (last.ageMs >= (holder === null ? UNNAMED_MS : STALE_MS))
        return (await this.#holder(number))?.id === holder?.id;
      if (looks === 0)
        log.write('info', `${this.file(number)} is held, and its holder can't be seen: waiting for a sign`, {
          event: 'state-file-held',
        });
      await new Promise<void>(resolve => clock.timer(LOOK_MS, resolve));
    }
    return false;
  }

  async #numbers(): Promise<readonly number[]> {
    const prefix = `${basename(this.#path)}.`;
    return (await this.#parts.files.readdir(dirname(this.#path)))
      .filter(name => name.startsWith(prefix) && /^[1-9]\d{0,14}$/.test(name.slice(prefix.length)))
      .map(name => Number(name.slice(prefix.length)));
  }

  /** Null for one that does not say: its process has not come so far, or never will. */
  async #holder(number: number): Promise<Holder | null> {
    try {
      const file = await this.#parts.files.open(this.file(number), 'r');
      const text = await file.readFile('utf8').finally(() => file.close());
      const holder = JSON.parse(text) as Partial<Holder> | null;
      return typeof holder?.id === 'string' && typeof holder.pid === 'number' ? (holder as Holder) : null;
    } catch {
      return null;
    }
  }

  async #remove(number: number): Promise<void> {
    await this.#parts.files.rm(this.file(number), { force: true });
  }
}

function textOf(holder: Holder): string {
  return `${JSON.stringify(holder).padEnd(FILE_BYTES - 1)}\n`;
}
