import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unreadable } from '../../config/source/files.ts';
import { TailraceError } from '../../connector/errors.ts';
import type { Clock } from '../../connector/ports.ts';
import type { Log } from '../telemetry/log.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import type { StateStore, StoredConnector } from './state-store.ts';

/** The state file can't be read, had or written; the message says which file, and what to do. */
export class StateStoreError extends TailraceError {
  override readonly name = 'StateStoreError';

  constructor(path: string, message: string) {
    super(`config.storage.file ${path} ${message}`, 'STATE_STORE', true);
  }
}

/** Of what is written; a file of another version is not touched. */
const VERSION = 1;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The state of one worker in a file: all of it is written anew at each change, beside the old one, and takes its place at once, so that a machine
 * that fails in between has the one or the other. Secrets are in clear: only its owner may read it.
 *
 * @throws StateStoreError when another worker has it, or it is damaged
 */
export async function openStateFile(path: string, clock: Clock, log: Log): Promise<StateStore> {
  const lock = await lockFile(`${path}.lock`, clock, log).catch((error: unknown) => {
    throw new StateStoreError(path, error instanceof Error ? error.message : String(error));
  });
  try {
    return new StateFile(path, await readState(path), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class StateFile implements StateStore {
  readonly connectors: ReadonlyMap<string, StoredConnector>;
  readonly #path: string;
  readonly #lock: FileLock;
  #now: ReadonlyMap<string, StoredConnector>;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, connectors: ReadonlyMap<string, StoredConnector>, lock: FileLock) {
    this.#path = path;
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
    if (!(await this.#lock.isHeld())) {
      throw new StateStoreError(
        this.#path,
        'was taken over by another worker while this one stood still: restart this one',
      );
    }
    const next = new Map(this.#now);
    if (connector === null) next.delete(name);
    else next.set(name, connector);
    const text = `${JSON.stringify({ version: VERSION, connectors: Object.fromEntries(next) }, null, 2)}\n`;
    await replace(this.#path, text).catch((error: unknown) => {
      throw new StateStoreError(this.#path, `can't be written: ${unreadable(error)}`);
    });
    this.#now = next;
  }
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function readState(path: string): Promise<ReadonlyMap<string, StoredConnector>> {
  let text: string;
  try {
    text = await readFile(path, { encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new StateStoreError(path, `can't be read: ${unreadable(error)}`);
  }
  const damaged = (why: string) =>
    new StateStoreError(path, `is damaged (${why}): move it away to start with the connector files alone`);
  if (text.length > MOST_BYTES) throw damaged('it is too large');
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    throw damaged('it is no JSON');
  }
  if (!isObject(state) || !isObject(state['connectors'])) throw damaged('it holds no connectors');
  if (state['version'] !== VERSION) {
    throw new StateStoreError(
      path,
      `is of version ${JSON.stringify(state['version'])}, and this worker knows ${VERSION}`,
    );
  }
  return new Map(
    Object.entries(state['connectors']).map(([name, stored]) => {
      if (!isStored(stored)) throw damaged(`what it says of ${JSON.stringify(name)} is incomplete`);
      return [name, stored];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStored(value: unknown): value is StoredConnector {
  if (!isObject(value)) return false;
  const { properties, target, file } = value;
  const hasProperties =
    properties === null || (isObject(properties) && Object.values(properties).every(text => typeof text === 'string'));
  const hasTarget = target === null || target === 'RUNNING' || target === 'PAUSED' || target === 'STOPPED';
  return hasProperties && hasTarget && (file === null || typeof file === 'string');
}
