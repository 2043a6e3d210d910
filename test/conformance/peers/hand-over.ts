import assert from 'node:assert/strict';
import { sampleRecords } from '../../kafka/audit.ts';
import type { KafkaNode } from '../../kafka/node.ts';
import type { NewRecord } from '../../kafka/producing.ts';
import type { Properties } from '../../kafka/program.ts';
import { until } from '../../kafka/until.ts';
import type { Answer, Arrived } from '../../support/endpoint.ts';
import { taken } from './adobe.ts';
import { byWorkerFile, converterKeys, Files, type Prepared, prepare } from './prepared.ts';
import { VENDORS } from './vendors.ts';

/** A file that Kafka Connect and Tailrace take over from each other: one topic, and nothing that Kafka Connect alone has not got. */
interface Row {
  readonly vendor: string;
  readonly name: string;
  /** What confirms each request; an empty 200 by default. */
  readonly answer?: (request: Arrived) => Answer;
}

/** One for each dialect. */
const ROWS: readonly Row[] = [
  { vendor: 'tailrace', name: 'array-oauth2' },
  { vendor: 'adobe', name: 'quick-start', answer: taken },
  { vendor: 'aiven', name: 'batched-static' },
  { vendor: 'confluent', name: 'json-array' },
  { vendor: 'confluent-v2', name: 'one-array' },
  { vendor: 'lenses', name: 'loop-tidy' },
  { vendor: 'thomaskwscott', name: 'rest-proxy' },
];

const PARTITIONS = 4;
const PER_PART = 400;

/** Of a part the last records may fill no request, and some files let them wait for a minute. */
const SOON = { 'batch.linger.ms': '1000' };

/** The ids that `sampleRecords` gave, in whatever the records became: JSON, JSON within a text, or what Java writes of a map. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(/\bid\\*"?[:=] ?\\*"?(\d+:\d+)/g)].map(([, id]) => id!);
}

/** All rows at once, each with its topic and group. */
export interface Rows {
  readonly records: readonly NewRecord[];
  readonly names: readonly string[];
  /** Connector files for Kafka Connect, as they were written. */
  readonly connectors: readonly Properties[];
  topicOf(name: string): string;
  /** The ids that were confirmed, in the order of their arrival; to be written on. */
  journal(name: string): string[];
  /** Writes part 0, 1 or 2 of the records into each topic. */
  produce(part: number): Promise<void>;
  /** Runs the files in Tailrace until each row has got part 1, and stops in order. */
  throughTailrace(): Promise<void>;
  close(): Promise<void>;
}

export async function startRows(node: KafkaNode): Promise<Rows> {
  const all = await Promise.all(ROWS.map(prepareRow));
  const byName = new Map(all.map(each => [each.connectors[0]!['name']!, each]));
  const topicOf = (name: string): string => byName.get(name)!.connectors[0]!['topics']!;
  const journals = new Map([...byName.keys()].map(name => [name, [] as string[]]));
  const records = sampleRecords(PARTITIONS, (3 * PER_PART) / PARTITIONS);
  await Promise.all([...byName.keys()].map(name => node.createTopic(topicOf(name), PARTITIONS)));
  return {
    records,
    names: [...byName.keys()],
    connectors: all.map(({ worker, connectors }) => ({ ...converterKeys(worker), ...connectors[0]! })),
    topicOf,
    journal: name => journals.get(name)!,
    async produce(part) {
      const some = records.slice(part * PER_PART, (part + 1) * PER_PART);
      await Promise.all([...byName.keys()].map(name => node.produce(topicOf(name), some)));
    },
    async throughTailrace() {
      await runToEnd(node, all);
      for (const [name, { standIns }] of byName) journals.get(name)!.push(...confirmedBy(standIns));
    },
    async close() {
      await Promise.all(all.map(({ standIns }) => standIns.close()));
    },
  };
}

function prepareRow({ vendor, name, answer }: Row): Promise<Prepared> {
  const { answer: _, ...peerCase } = VENDORS.find(each => each.name === vendor)!.cases[name]!;
  return prepare(vendor, name, answer === undefined ? peerCase : { ...peerCase, answer });
}

async function runToEnd(node: KafkaNode, all: readonly Prepared[]): Promise<void> {
  const files = await Files.write(all, node.bootstrap());
  const programs = await Promise.all(byWorkerFile(all).map(group => files.start(group, SOON)));
  const counts = async (): Promise<number[]> => all.map(({ standIns }) => new Set(confirmedBy(standIns)).size);
  await until('the second part', counts, arrived => arrived.every(count => count >= PER_PART));
  for (const program of programs) assert.equal(await program.stop(), 0);
  await files.remove();
}

function confirmedBy({ requests }: Prepared['standIns']): string[] {
  return requests.flatMap(({ body }) => idsIn(body.toString()));
}
