import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerConfig } from '../../config/types.ts';
import { withAskedClient } from './asked-client.ts';
import type { ClientLogLine } from './client-log.ts';
import kafka from './library.ts';
import { chosenAddon } from './reader/choose.ts';
import { clientSettings, usesTokens } from './settings.ts';

/** Who asks which cluster it is waits no longer for brokers that may be away, milliseconds. */
const WAIT_MS = 3_000;
const TIMEOUT_MS = 15_000;
/** Brokers that did not tell it are asked again after so many milliseconds. */
const AGAIN_MS = 10_000;

export interface ClusterIdOptions {
  readonly worker: Pick<WorkerConfig, 'reader' | 'admin'>;
  readonly log: (line: ClientLogLine) => void;
}

/**
 * The id of the worker's cluster: asked for when somebody wants to know it, and remembered from then on, since a cluster keeps it.
 * @returns gives null while the brokers have not told it, and with the portable reader, whose client can't say it. Never rejects.
 */
export function createClusterId({ worker, log }: ClusterIdOptions): () => Promise<string | null> {
  let known: string | null = null;
  let asking: Promise<unknown> | null = null;
  let askAt = Number.NEGATIVE_INFINITY;

  async function ask(): Promise<void> {
    const addon = chosenAddon(worker.reader);
    if (addon === null) return;
    const { global } = clientSettings(worker.admin);
    const create = (): kafka.Producer => new kafka.Producer(global as kafka.ProducerGlobalConfig);
    const tokens = usesTokens(worker.admin);
    known = await withAskedClient({ create, tokens, log, addon, timeoutMs: TIMEOUT_MS }, client =>
      client.ask<string>((one, ms, done) => addon.clusterId(one.getClient(), ms, done)),
    );
  }

  return async () => {
    if (known !== null) return known;
    if (asking === null && performance.now() >= askAt) {
      asking = ask()
        .catch(() => undefined)
        .finally(() => {
          asking = null;
          askAt = performance.now() + AGAIN_MS;
        });
    }
    if (asking !== null) await Promise.race([asking, sleep(WAIT_MS, undefined, { ref: false })]);
    return known;
  };
}
