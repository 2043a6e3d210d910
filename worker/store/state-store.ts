import type { TargetState } from '../../config/types.ts';

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

/** A worker whose changes end with it. */
export const NO_STORE: StateStore = {
  connectors: new Map(),
  put: async () => undefined,
  close: async () => undefined,
};
