import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../worker/clock.ts';
import { openStateFile } from '../../worker/store/state-file.ts';
import type { StateStore, StoredConnector } from '../../worker/store/state-store.ts';
import { silentLog } from './store/silent-log.ts';

/** What a connector needs, as it is sent. */
export function sent(name: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    name,
    'connector.class': 'tailrace.HttpSink',
    topics: 'orders',
    'http.url': 'http://localhost:9/in',
    ...changes,
  };
}

/** The path of a state file in a directory of its own. */
export async function stateFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-state-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'state.json');
}

/** A store as a worker before has left it. */
export async function storeWith(
  path: string,
  connectors: Readonly<Record<string, StoredConnector>>,
): Promise<StateStore> {
  const before = await openStateFile(path, systemClock, silentLog);
  for (const [name, connector] of Object.entries(connectors)) await before.put(name, connector);
  await before.close();
  return openStateFile(path, systemClock, silentLog);
}

/** Names in a state file. */
export async function namesIn(path: string): Promise<readonly string[]> {
  return Object.keys(JSON.parse(await readFile(path, 'utf8')).connectors);
}
