import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseProperties } from '../../../config/source/properties.ts';
import { type Program, type Properties, startProgramIn } from '../../kafka/program.ts';
import { READER } from '../../support/reader.ts';
import { PEERS, type Sample, SECRETS_DIRECTORY, samples } from '../samples.ts';
import type { PeerCase } from './case.ts';
import { BROKER, type Pair, SECRETS, toReal } from './places.ts';
import { StandIns } from './stand-ins.ts';

/** A case whose servers are there, with its files as they are written. */
export interface Prepared {
  readonly vendor: string;
  readonly name: string;
  readonly peerCase: PeerCase;
  readonly standIns: StandIns;
  /** Where the worker file is, which several cases may share, as a name. */
  readonly workerFile: string;
  readonly worker: Properties;
  /** Its connectors' keys, `name` too. */
  readonly connectors: readonly Properties[];
  readonly sample: Sample;
}

export async function prepare(vendor: string, name: string, peerCase: PeerCase): Promise<Prepared> {
  const sample = samples().find(each => each.name === join('peers', vendor, name));
  assert.ok(sample, `test/conformance/files/peers/${vendor}/${name} is not there`);
  const texts = sample.files.map(file => readFileSync(join(sample.directory, file), 'utf8'));
  const [worker, ...connectors] = texts.map(keysIn);
  return {
    vendor,
    name,
    peerCase,
    sample,
    standIns: await StandIns.start(peerCase, texts.join('\n')),
    workerFile: join(vendor, name, sample.files[0]!),
    worker: worker!,
    connectors,
  };
}

export function namesOf({ connectors }: Prepared): string[] {
  return connectors.map(keys => keys['name']!);
}

function keysIn(text: string): Properties {
  if (!text.trimStart().startsWith('{')) {
    return Object.fromEntries(parseProperties(text).entries.map(({ key, value }) => [key, value]));
  }
  const { name, config, ...flat } = JSON.parse(text) as { readonly name: string; readonly config?: Properties };
  return { ...flat, ...config, name };
}

/** A directory with the files of these cases, in which all addresses are real ones. */
export class Files {
  readonly #directory: string;

  static async write(all: readonly Prepared[], bootstrap: string): Promise<Files> {
    const directory = await mkdtemp(join(tmpdir(), 'tailrace-peers-'));
    const common: Pair[] = [
      [BROKER, bootstrap],
      [SECRETS, SECRETS_DIRECTORY],
    ];
    for (const vendor of new Set(all.map(each => each.vendor))) {
      cpSync(join(PEERS, vendor), join(directory, vendor), { recursive: true });
      replaceIn(join(directory, vendor), common);
    }
    for (const { vendor, name, standIns } of all) {
      replaceIn(join(directory, vendor, name), [...common, ...standIns.pairs, ...standIns.parts]);
    }
    return new Files(directory);
  }

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** One worker process for cases that share a worker file. @throws Error with what it says when it does not start */
  start(cases: readonly Prepared[], overrides: Properties = {}): Promise<Program> {
    const keys = { listeners: 'http://127.0.0.1:0', reader: READER, ...overrides };
    const args = Object.entries(keys).map(([key, value]) => `--override=${key}=${value}`);
    const sinks = cases.flatMap(({ vendor, name, sample }) =>
      sample.files.slice(1).map(file => join(vendor, name, file)),
    );
    const own = Object.assign({}, ...cases.map(({ sample }) => sample.env)) as Properties;
    const env = { ...own, PATH: process.env['PATH'] ?? '', SSL_CERT_FILE: join(SECRETS_DIRECTORY, 'ca.pem') };
    return startProgramIn(this.#directory, [...args, cases[0]!.workerFile, ...sinks], env);
  }

  remove(): Promise<void> {
    return rm(this.#directory, { recursive: true });
  }
}

function replaceIn(directory: string, pairs: readonly Pair[]): void {
  for (const file of readdirSync(directory).filter(each => /\.(?:properties|json)$/.test(each))) {
    const path = join(directory, file);
    writeFileSync(path, toReal(readFileSync(path, 'utf8'), pairs));
  }
}

/** In groups, each of which shares a worker file. */
export function byWorkerFile(all: readonly Prepared[]): Prepared[][] {
  const files = [...new Set(all.map(({ workerFile }) => workerFile))];
  return files.map(file => all.filter(({ workerFile }) => workerFile === file));
}

/** The worker's keys that a connector's own may stand for. */
export function converterKeys(worker: Properties): Properties {
  return Object.fromEntries(Object.entries(worker).filter(([key]) => /^(?:key|value|header)\.converter\b/.test(key)));
}
