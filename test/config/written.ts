import assert from 'node:assert/strict';
import type { ConfigTexts } from '../../config/build.ts';
import { ConfigError, type Fault } from '../../config/findings.ts';
import { parseConfig } from '../../config/load.ts';
import type { Config, ConnectorConfig } from '../../config/types.ts';
import { NO_FILES } from '../support/files.ts';

export type Keys = Readonly<Record<string, string | null>>;

const WORKER: Keys = { 'bootstrap.servers': 'kafka:9092' };
const CONNECTOR: Keys = {
  name: 'c',
  'connector.class': 'tailrace.HttpSink',
  topics: 'events',
  'http.url': 'https://collector.example.org/in',
};

export interface Written extends Partial<Omit<ConfigTexts, 'worker' | 'connectors'>> {
  /** On top of a minimal file that is valid; null takes a key out. */
  readonly worker?: Keys;
  readonly connector?: Keys;
}

function lines(keys: Keys): string {
  const written = Object.entries(keys).filter(([, value]) => value !== null);
  return written.map(([key, value]) => `${key}=${value}\n`).join('');
}

export function textsOf({ worker = {}, connector = {}, ...rest }: Written): ConfigTexts {
  return {
    worker: { name: 'worker.properties', text: lines({ ...WORKER, ...worker }) },
    connectors: [{ name: 'sink.properties', text: lines({ ...CONNECTOR, ...connector }) }],
    env: {},
    overrides: [],
    files: NO_FILES,
    ...rest,
  };
}

export function parse(written: Written = {}): Config {
  return parseConfig(textsOf(written));
}

/** The connector of a minimal pair of files with these keys on top. */
export function connectorOf(connector: Keys, rest: Omit<Written, 'connector'> = {}): ConnectorConfig {
  return parse({ connector, ...rest }).connectors[0]!;
}

export function faultsOf(texts: ConfigTexts): readonly Fault[] {
  try {
    parseConfig(texts);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.faults;
  }
  return [];
}

/** `code file key message` of each fault. */
export function faultLines(written: Written): string[] {
  return faultsOf(textsOf(written)).map(({ code, file, key, message }) => `${code} ${file} ${key} ${message}`);
}

/** Exactly one fault, of this code and key, whose message matches. */
export function assertFault(written: Written, code: string, key: string, message: RegExp): void {
  const faults = faultsOf(textsOf(written));
  assert.deepEqual(
    faults.map(fault => [fault.code, fault.key]),
    [[code, key]],
    JSON.stringify(faults, null, 1),
  );
  assert.match(faults[0]!.message, message);
}
