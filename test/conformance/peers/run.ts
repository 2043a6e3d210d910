import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseProperties } from '../../../config/source/properties.ts';
import type { Message } from '../../../worker/kafka/library.ts';
import type { KafkaNode } from '../../kafka/node.ts';
import { type Health, type LogLine, type Program, startProgramIn } from '../../kafka/program.ts';
import { until } from '../../kafka/until.ts';
import { READER } from '../../support/reader.ts';
import { PEERS, type Sample, SECRETS_DIRECTORY, samples } from '../samples.ts';
import type { PeerCase, Seen, Vendor } from './case.ts';
import { BROKER, type Pair, SECRETS, toReal, toWritten } from './places.ts';
import { StandIns } from './stand-ins.ts';

/** What came of a case. */
export interface Outcome {
  readonly requests: readonly Seen[];
  readonly tokenRequests: readonly Seen[];
  readonly proxied: readonly string[];
  readonly left: Readonly<Record<string, readonly Message[]>>;
  /** The trace of a failed task; null when all of them were RUNNING at the end. */
  readonly trace: string | null;
  /** By topic, of partition 0; null for none. */
  readonly committed: Readonly<Record<string, number | null>>;
  /** The end of each topic's partition 0. */
  readonly ends: Readonly<Record<string, number>>;
  /** What the worker said of its connectors, for a failure's message. */
  readonly log: string;
}

/** All that a case's run holds. */
interface Running {
  readonly name: string;
  readonly peerCase: PeerCase;
  readonly sample: Sample;
  readonly standIns: StandIns;
  readonly connectors: readonly string[];
}

const PATIENCE_MS = 45_000;

/**
 * Runs cases of a vendor, all at once: those that share a worker file in one worker process. Records and topics are there before.
 * @returns what came of each, by its name.
 * @throws Error when a worker does not start, with what it says.
 */
export async function runVendor(node: KafkaNode, vendor: Vendor): Promise<ReadonlyMap<string, Outcome>> {
  const directory = await mkdtemp(join(tmpdir(), `tailrace-${vendor.name}-`));
  const all: Running[] = [];
  try {
    cpSync(join(PEERS, vendor.name), directory, { recursive: true });
    for (const [name, peerCase] of Object.entries(vendor.cases)) all.push(await prepare(vendor, name, peerCase));
    await Promise.all(all.map(running => produce(node, running)));
    for (const running of all) writeReal(node, join(directory, running.name), running);
    writeReal(node, directory);
    const healths = await Promise.all(byWorkerFile(all).map(group => runWorker(group, directory, vendor)));
    const found = healths.flatMap(({ group, health, log }) => group.map(each => outcomeOf(node, each, health, log)));
    return new Map(await Promise.all(found));
  } finally {
    await Promise.all(all.map(({ standIns }) => standIns.close()));
    await rm(directory, { recursive: true });
  }
}

async function prepare({ name: vendor }: Vendor, name: string, peerCase: PeerCase): Promise<Running> {
  const sample = samples().find(each => each.name === `peers/${vendor}/${name}`);
  assert.ok(sample, `test/conformance/files/peers/${vendor}/${name} is not there`);
  const texts = sample.files.map(file => readFileSync(join(sample.directory, file), 'utf8'));
  const standIns = await StandIns.start(peerCase, texts.join('\n'));
  const connectors = sample.files.flatMap((file, i) => (file.endsWith('worker.properties') ? [] : [nameIn(texts[i]!)]));
  return { name, peerCase, sample, standIns, connectors };
}

function nameIn(text: string): string {
  if (text.trimStart().startsWith('{')) return (JSON.parse(text) as { name: string }).name;
  return parseProperties(text).entries.find(({ key }) => key === 'name')!.value;
}

async function produce(node: KafkaNode, { name, peerCase }: Running): Promise<void> {
  const { records, partitions = 1, left = {} } = peerCase;
  for (const topic of [...Object.keys(records), ...Object.keys(left)]) {
    await node.createTopic(topic, topic in records ? partitions : 1).catch((error: unknown) => {
      throw new Error(`${name} needs a topic of its own, and ${topic} is another case's: ${error}`);
    });
  }
  for (const [topic, all] of Object.entries(records)) {
    await node.produce(
      topic,
      all.map(record => ({ partition: 0, ...record })),
    );
  }
}

function pairsOf(node: KafkaNode, running?: Running): Pair[] {
  const own = running === undefined ? [] : [...running.standIns.pairs, ...running.standIns.parts];
  return [[BROKER, node.bootstrap()], [SECRETS, SECRETS_DIRECTORY.replace(/\/$/, '')], ...own];
}

/** Puts real addresses into the files of a directory. */
function writeReal(node: KafkaNode, directory: string, running?: Running): void {
  for (const file of readdirSync(directory).filter(each => /\.(?:properties|json)$/.test(each))) {
    const path = join(directory, file);
    writeFileSync(path, toReal(readFileSync(path, 'utf8'), pairsOf(node, running)));
  }
}

function byWorkerFile(all: readonly Running[]): Running[][] {
  const groups = new Map<string, Running[]>();
  for (const running of all) {
    const worker = running.sample.files[0]!;
    const own = worker === '../worker.properties' ? worker : `${running.name}/${worker}`;
    groups.set(own, [...(groups.get(own) ?? []), running]);
  }
  return [...groups.values()];
}

async function runWorker(group: readonly Running[], directory: string, { overrides = {} }: Vendor) {
  const keys = { listeners: 'http://127.0.0.1:0', reader: READER, ...overrides };
  const args = Object.entries(keys).map(([key, value]) => `--override=${key}=${value}`);
  const [worker] = group[0]!.sample.files;
  const sinks = group.flatMap(({ name, sample }) => sample.files.slice(1).map(file => join(name, file)));
  const env = { PATH: process.env['PATH'] ?? '', SSL_CERT_FILE: join(SECRETS_DIRECTORY, 'ca.pem') };
  const program = await startProgramIn(directory, [...args, join(group[0]!.name, worker!), ...sinks], env);
  // What is missing when the patience ends, the comparison tells.
  await until('the ends of all cases', () => look(program), sawAll(group), PATIENCE_MS).catch(() => undefined);
  const { health } = await look(program);
  await program.stop();
  return { group, health, log: program.log };
}

async function look(program: Program): Promise<{ readonly health: Health; readonly metrics: string }> {
  return { health: await program.health(), metrics: await program.metrics() };
}

/** Each task has failed, or each of its records has its verdict. */
function sawAll(group: readonly Running[]): (seen: { readonly health: Health; readonly metrics: string }) => boolean {
  return ({ health, metrics }) =>
    group.every(running => traceOf(running, health) !== null || verdictsOf(running, metrics) >= recordsOf(running));
}

function recordsOf({ peerCase }: Running): number {
  return Object.values(peerCase.records).reduce((sum, records) => sum + records.length, 0);
}

const VERDICT =
  /^tailrace_records_total\{connector="([^"]*)",[^}]*verdict="(?:delivered|dead_lettered|skipped)"\} (\d+)$/gm;

function verdictsOf({ connectors }: Running, metrics: string): number {
  const counts = [...metrics.matchAll(VERDICT)].filter(([, connector]) => connectors.includes(connector!));
  return counts.reduce((sum, [, , count]) => sum + Number(count), 0);
}

function traceOf({ connectors, standIns }: Running, health: Health): string | null {
  const tasks = health.connectors.filter(({ name }) => connectors.includes(name)).flatMap(({ tasks }) => tasks);
  const failed = tasks.find(({ state }) => state !== 'RUNNING');
  if (failed === undefined) return null;
  return failed.state === 'FAILED' ? toWritten(failed.trace ?? '', standIns.pairs) : null;
}

async function outcomeOf(
  node: KafkaNode,
  running: Running,
  health: Health,
  log: readonly LogLine[],
): Promise<[name: string, outcome: Outcome]> {
  const { name, peerCase, standIns, connectors } = running;
  const left: Record<string, Message[]> = {};
  for (const topic of Object.keys(peerCase.left ?? {})) left[topic] = await node.readAll(topic);
  const committed: Record<string, number | null> = {};
  const ends: Record<string, number> = {};
  for (const topic of Object.keys(peerCase.records)) {
    ends[topic] = (await node.watermarks(topic)).get(0)!.high;
    const offsets = await Promise.all(connectors.map(each => node.committed(`connect-${each}`, topic)));
    committed[topic] = offsets.map(each => each.get(0)).find(offset => offset !== undefined) ?? null;
  }
  const said = log.filter(({ connector }) => connectors.includes(String(connector))).slice(-15);
  const outcome: Outcome = {
    requests: standIns.requests,
    tokenRequests: standIns.tokenRequests,
    proxied: standIns.proxied,
    left,
    trace: traceOf(running, health),
    committed,
    ends,
    log: said.map(({ level = '', msg }) => `  ${level} ${toWritten(msg, standIns.pairs)}`).join('\n'),
  };
  return [name, outcome];
}
