import type { TargetState } from '../../config/types.ts';
import type { Log } from '../telemetry/log.ts';

/** What is kept of one connector that was made or changed while a worker ran. */
export interface StoredConnector {
  /** As sent, secrets in clear; null: as its file says. */
  readonly properties: Readonly<Record<string, string>> | null;
  /** Null: it was deleted, though a file names it. */
  readonly target: TargetState | null;
  /** A digest of what its file said then; null: no file names it. */
  readonly file: string | null;
}

/** Where that outlives the worker. */
export interface StateStore {
  /** As read at the start. */
  readonly connectors: ReadonlyMap<string, StoredConnector>;
  /** Keeps it, or with null forgets it; resolves when it would outlive the machine. @throws StateStoreError */
  put(name: string, connector: StoredConnector | null): Promise<void>;
  /** Others may have it then. */
  close(): Promise<void>;
}

/** Of a worker whose changes end with it, which its log says of each. */
export function createNoStore(log: Log): StateStore {
  return {
    connectors: new Map(),
    async put(name) {
      const text = 'What was changed ends with this worker: config.storage.file names no file to keep it in';
      log.write('warn', text, { event: 'state-not-kept', connector: name });
    },
    close: async () => undefined,
  };
}
