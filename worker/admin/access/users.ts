import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock, SmallFiles } from '../../../connector/ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { HashChecker } from './hash-checker.ts';
import { type PasswordFile, parsePasswords } from './htpasswd.ts';

/** What was found of a name and a password. `busy`: too many are being checked; `unreadable`: nobody can be let in. */
export type Finding = 'right' | 'wrong' | 'busy' | 'unreadable';

export interface UsersParts {
  readonly path: string;
  readonly files: SmallFiles;
  readonly checker: HashChecker;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the file is looked at, milliseconds. */
const LOOK_MS = 1_000;
/** Pairs that were right, kept so that a scrape every few seconds costs no hash. */
const MOST_REMEMBERED = 1_000;

/** The users of a file, which is read anew when it changes. */
export class Users {
  readonly #parts: UsersParts;
  readonly #key = randomBytes(32);
  /** Keyed hashes of pairs that were right, by user. */
  readonly #remembered = new Map<string, Buffer>();
  /** By keyed hashes of the pairs. */
  readonly #asked = new Map<string, Promise<Finding>>();
  #file: PasswordFile | null = null;
  #stamp = '';
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #fault = '';

  constructor(parts: UsersParts) {
    this.#parts = parts;
  }

  /** Whether this pair was right lately: says so at no cost worth mentioning. */
  async isRemembered(name: string, password: string): Promise<boolean> {
    await this.#look();
    const known = this.#remembered.get(name);
    return known !== undefined && timingSafeEqual(known, this.#digest(name, password));
  }

  /** Whether this pair is being checked: whoever asks for it too waits for the same answer. */
  isAsked(name: string, password: string): boolean {
    return this.#asked.has(this.#digest(name, password).toString('base64'));
  }

  check(name: string, password: string): Promise<Finding> {
    const key = this.#digest(name, password).toString('base64');
    const asked = this.#asked.get(key) ?? this.#check(name, password).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  async #check(name: string, password: string): Promise<Finding> {
    await this.#look();
    const file = this.#file;
    if (file === null) return 'unreadable';
    const hash = file.hashes.get(name);
    // A name that there is not takes as long as one that there is.
    const [somebodys] = file.hashes.values();
    if (somebodys === undefined) return 'wrong';
    const isRight = await this.#parts.checker.check(password, hash ?? somebodys);
    if (isRight === null) return 'busy';
    // The file may have changed meanwhile: what was right in the old one is not remembered.
    if (hash === undefined || !isRight || this.#file?.hashes.get(name) !== hash) return 'wrong';
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(name, this.#digest(name, password));
    return 'right';
  }

  #digest(name: string, password: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([name, password]))
      .digest();
  }

  /** One look at a time, for all who ask meanwhile. */
  #look(): Promise<void> {
    if (this.#parts.clock.now() - this.#lookedAt < LOOK_MS) return this.#looking ?? Promise.resolve();
    this.#lookedAt = this.#parts.clock.now();
    this.#looking = this.#read().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #read(): Promise<void> {
    const { files, path, log } = this.#parts;
    try {
      const stamp = await files.stamp(path);
      if (stamp === this.#stamp) return;
      const file = parsePasswords(await files.read(path));
      this.#remembered.clear();
      this.#file = file;
      this.#stamp = stamp;
      this.#fault = '';
      for (const fault of file.faults)
        log.write('warn', `listeners.basic.auth.file: ${fault}; it is left out`, { event: 'users-ignored' });
    } catch (error) {
      // Whoever was taken out of it must not get in because it can't be read.
      this.#remembered.clear();
      this.#file = null;
      this.#stamp = '';
      const fault = (error as Error).message;
      if (fault !== this.#fault)
        log.write('error', `listeners.basic.auth.file can't be read: ${fault}; nobody is let in`, {
          event: 'users-unreadable',
        });
      this.#fault = fault;
    }
  }
}
