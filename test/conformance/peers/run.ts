import type { Message } from '../../../worker/kafka/library.ts';
import type { KafkaNode } from '../../kafka/node.ts';
import { type Health, type LogLine, type Program, tail } from '../../kafka/program.ts';
import { groupOf } from '../../kafka/sink.ts';
import { until } from '../../kafka/until.ts';
import type { Seen, Vendor } from './case.ts';
import { toWritten } from './places.ts';
import { byWorkerFile, Files, namesOf, type Prepared, prepare } from './prepared.ts';

/** What came of a case. */
export interface Outcome {
  readonly requests: readonly Seen[];
  readonly tokenRequests: readonly Seen[];
  readonly proxied: readonly string[];
  readonly left: Readonly<Record<string, readonly Message[]>>;
  /** At the end, of the first that is not RUNNING where there are several. */
  readonly task: { readonly state: string; readonly trace: string };
  /** By topic, of partition 0; null for none. */
  readonly committed: Readonly<Record<string, number | null>>;
  /** The end of each topic's partition 0. */
  readonly ends: Readonly<Record<string, number>>;
  /** What the worker said of its connectors, for a failure's message. */
  readonly log: string;
}

const PATIENCE_MS = 45_000;
const ORIGIN_OFFSET = '__connect.errors.offset';

/**
 * Runs cases of a vendor, all at once: those that share a worker file in one worker process. Records and topics are there before.
 * @returns what came of each, by its name.
 * @throws Error when a worker does not start, with what it says.
 */
export async function runVendor(node: KafkaNode, { name: vendor, cases, overrides = {} }: Vendor) {
  const all: Prepared[] = [];
  try {
    for (const [name, peerCase] of Object.entries(cases)) all.push(await prepare(vendor, name, peerCase));
    await Promise.all(all.map(each => produce(node, each)));
    const files = await Files.write(all, node.bootstrap());
    const groups = byWorkerFile(all).map(async group => {
      const program = await files.start(group, overrides);
      const health = await ended(program, group);
      await program.stop();
      return Promise.all(group.map(each => outcomeOf(node, each, health, program.log)));
    });
    const outcomes = (await Promise.all(groups).finally(() => files.remove())).flat();
    return new Map<string, Outcome>(outcomes);
  } finally {
    await Promise.all(all.map(({ standIns }) => standIns.close()));
  }
}

async function produce(node: KafkaNode, { name, peerCase }: Prepared): Promise<void> {
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

/**
 * Waits until each task has failed, or each of its records has its verdict. What is missing after a while, a comparison tells.
 * @throws Error with the end of the log when the worker has ended.
 */
async function ended(program: Program, group: readonly Prepared[]): Promise<Health> {
  const look = async () => ({ health: await program.health(), metrics: await program.metrics() });
  const isOver = ({ health, metrics }: Awaited<ReturnType<typeof look>>): boolean =>
    group.every(each => taskOf(each, health).state === 'FAILED' || verdictsOf(each, metrics) >= recordsOf(each));
  await until('the ends of all cases', look, isOver, PATIENCE_MS).catch(() => undefined);
  if (!program.running) throw new Error(`the worker has ended; its log ends with\n${tail(program.log)}`);
  return program.health();
}

function recordsOf({ peerCase }: Prepared): number {
  return Object.values(peerCase.records).reduce((sum, records) => sum + records.length, 0);
}

const VERDICT =
  /^tailrace_records_total\{connector="([^"]*)",[^}]*verdict="(?:delivered|dead_lettered|skipped)"\} (\d+)$/gm;

function verdictsOf(prepared: Prepared, metrics: string): number {
  const names = namesOf(prepared);
  const counts = [...metrics.matchAll(VERDICT)].filter(([, connector]) => names.includes(connector!));
  return counts.reduce((sum, [, , count]) => sum + Number(count), 0);
}

function taskOf(prepared: Prepared, health: Health): Outcome['task'] {
  const names = namesOf(prepared);
  const tasks = health.connectors.filter(({ name }) => names.includes(name)).flatMap(({ tasks }) => tasks);
  const task = tasks.find(({ state }) => state !== 'RUNNING') ?? tasks[0];
  return { state: task?.state ?? 'not there', trace: toWritten(task?.trace ?? '', prepared.standIns.pairs) };
}

/** The offset of a letter's record. */
function originOf({ headers }: Message): number {
  return Number(String(headers!.find(header => ORIGIN_OFFSET in header)![ORIGIN_OFFSET]));
}

async function outcomeOf(
  node: KafkaNode,
  prepared: Prepared,
  health: Health,
  log: readonly LogLine[],
): Promise<[name: string, outcome: Outcome]> {
  const { name, peerCase, standIns } = prepared;
  const names = namesOf(prepared);
  const left: Record<string, Message[]> = {};
  for (const topic of Object.keys(peerCase.left ?? {})) {
    const messages = await node.readAll(topic);
    left[topic] = peerCase.lettersRace === true ? [...messages].sort((a, b) => originOf(a) - originOf(b)) : messages;
  }
  const committed: Record<string, number | null> = {};
  const ends: Record<string, number> = {};
  for (const topic of Object.keys(peerCase.records)) {
    ends[topic] = (await node.watermarks(topic)).get(0)!.high;
    const offsets = await Promise.all(names.map(each => node.committed(groupOf(each), topic)));
    committed[topic] = offsets.map(each => each.get(0)).find(offset => offset !== undefined) ?? null;
  }
  const said = log.filter(({ connector }) => names.includes(String(connector))).slice(-15);
  const { requests, tokenRequests, proxied, pairs } = standIns;
  const lines = said.map(({ level = '', msg }) => `  ${level} ${toWritten(msg, pairs)}`);
  const task = taskOf(prepared, health);
  return [name, { requests, tokenRequests, proxied, left, task, committed, ends, log: lines.join('\n') }];
}
