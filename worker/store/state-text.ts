import type { StoredConnector } from './state-store.ts';

/** What is wrong with a state file; the message completes "config.storage.file … ". */
export class StateFault extends Error {}

/** Of what is written; a file of another version is not touched. */
const VERSION = 1;
/** A file is read whole, and written whole at each change. */
export const MOST_BYTES = 64 * 1024 * 1024;

type Connectors = ReadonlyMap<string, StoredConnector>;

/** @throws StateFault when it would be larger than can be read again */
export function stateText(connectors: Connectors): string {
  const text = `${JSON.stringify({ version: VERSION, connectors: Object.fromEntries(connectors) }, null, 2)}\n`;
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new StateFault(`would be larger than ${MOST_BYTES} bytes: there are too many connectors, or too large ones`);
  }
  return text;
}

/** @throws StateFault for anything else than `stateText` gives */
export function parseState(bytes: Uint8Array): Connectors {
  let state: unknown;
  try {
    state = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('it is no JSON');
  }
  if (!isObject(state) || !isObject(state['connectors'])) throw damaged('it holds no connectors');
  if (state['version'] !== VERSION) {
    throw new StateFault(`is of version ${JSON.stringify(state['version'])}, and this worker knows ${VERSION}`);
  }
  return new Map(
    Object.entries(state['connectors']).map(([name, stored]) => {
      if (!isStored(stored)) throw damaged(`what it says of ${JSON.stringify(name)} is incomplete`);
      return [name, stored];
    }),
  );
}

function damaged(why: string): StateFault {
  return new StateFault(`is damaged (${why}): move it away to start with the connector files alone`);
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
