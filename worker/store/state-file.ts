import * as systemFiles from 'node:fs/promises';
import { dirname } from 'node:path';
import { unreadable } from '../../config/source/files.ts';
import { TailraceError } from '../../connector/errors.ts';
import type { Clock } from '../../connector/ports.ts';
import type { Log } from '../telemetry/log.ts';
import { besideOf, replaceFile } from '../whole-files.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { type FileSystem, resolveFile, syncDirectory, unwritable } from './file-system.ts';
import { ownUser, systemProcesses } from './processes.ts';
import type { StateStore, StoredConnector } from './state-store.ts';
import { MOST_BYTES, parseState, StateFault, stateText } from './state-text.ts';

/** The state file can't be read, had or written; the message says which file, and what to do. */
export class StateStoreError extends TailraceError {
  override readonly name = 'StateStoreError';

  constructor(path: string, message: string) {
    super(`config.storage.file ${path} ${message}`, 'STATE_STORE', true);
  }
}

/**
 * The state of one worker in a file: all of it is written anew at each change, beside the old one, and takes its place at once, so that a machine
 * that fails in between has the one or the other. Secrets are in clear: only its owner may read it. Of a link it is the target that is meant.
 *
 * @throws StateStoreError when another worker has it, or it is damaged
 */
export async function openStateFile(
  given: string,
  clock: Clock,
  log: Log,
  files: FileSystem = systemFiles,
): Promise<StateStore> {
  const path = await resolveFile(files, given).catch((error: unknown) => {
    throw new StateStoreError(given, `can't be found: ${unwritable(error)}`);
  });
  const parts = { files, processes: systemProcesses, clock, log };
  const lock = await lockFile(`${path}.lock`, parts).catch((error: unknown) => {
    throw new StateStoreError(given, error instanceof Error ? error.message : String(error));
  });
  try {
    const connectors = await readState(files, path);
    await warnOfOthers(files, path, log);
    // What a process that was killed while it wrote has left.
    await files.rm(besideOf(path), { force: true });
    return new StateFile(given, path, files, connectors, lock);
  } catch (error) {
    await lock.release();
    throw error instanceof StateFault ? new StateStoreError(given, error.message) : error;
  }
}

class StateFile implements StateStore {
  readonly connectors: ReadonlyMap<string, StoredConnector>;
  /** As the user names it. */
  readonly #given: string;
  readonly #path: string;
  readonly #files: FileSystem;
  readonly #lock: FileLock;
  #now: ReadonlyMap<string, StoredConnector>;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    given: string,
    path: string,
    files: FileSystem,
    connectors: ReadonlyMap<string, StoredConnector>,
    lock: FileLock,
  ) {
    this.#given = given;
    this.#path = path;
    this.#files = files;
    this.connectors = connectors;
    this.#now = connectors;
    this.#lock = lock;
  }

  put(name: string, connector: StoredConnector | null): Promise<void> {
    const written = this.#writing.then(() => this.#write(name, connector));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#lock.release();
  }

  async #write(name: string, connector: StoredConnector | null): Promise<void> {
    const next = new Map(this.#now);
    if (connector === null) next.delete(name);
    else next.set(name, connector);
    try {
      if (!(await this.#lock.isHeld())) throw new StateFault(TAKEN_OVER);
      await this.#replace(stateText(next), next);
    } catch (error) {
      if (error instanceof StateFault) throw new StateStoreError(this.#given, error.message);
      throw new StateStoreError(this.#given, `can't be written: ${unwritable(error)}`);
    }
  }

  async #replace(text: string, next: ReadonlyMap<string, StoredConnector>): Promise<void> {
    await replaceFile(this.#files, this.#path, text);
    // From here on this is what a restart finds.
    this.#now = next;
    await syncDirectory(this.#files, dirname(this.#path));
  }
}

const TAKEN_OVER = 'was taken over by another worker while this one stood still: restart this one';

/** @throws StateFault */
async function readState(files: FileSystem, path: string): Promise<ReadonlyMap<string, StoredConnector>> {
  try {
    const stat = await files.stat(path);
    // A pipe without a writer would be waited for.
    if (!stat.isFile()) throw new StateFault('is no regular file: name one, or one that is not there yet');
    if (stat.size > MOST_BYTES)
      throw new StateFault(`is larger than ${MOST_BYTES} bytes: it was not written by a worker`);
    const file = await files.open(path, 'r');
    return parseState(await file.readFile().finally(() => file.close()));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    if (error instanceof StateFault) throw error;
    throw new StateFault(`can't be read: ${unreadable(error)}`);
  }
}

const GROUP_AND_OTHERS = 0o077;

/** What is written from now on is this process's own, and nobody else's to read. */
async function warnOfOthers(files: FileSystem, path: string, log: Log): Promise<void> {
  const stat = await files.stat(path).catch(() => null);
  if (stat === null) return;
  if ((stat.mode & GROUP_AND_OTHERS) !== 0) {
    log.write('warn', `config.storage.file ${path} holds secrets, and others than its owner may use it: chmod 600 it`, {
      event: 'state-file-rights',
    });
  }
  const user = ownUser();
  if (user !== undefined && user !== stat.uid) {
    log.write('warn', `config.storage.file ${path} is owned by user ${stat.uid}, not by this process's, ${user}`, {
      event: 'state-file-rights',
    });
  }
}
