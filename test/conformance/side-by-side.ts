import type { Message } from '../../worker/kafka/library.ts';
import type { KafkaNode } from '../kafka/node.ts';
import type { Properties } from '../kafka/program.ts';
import type { Chain } from './chains.ts';
import { SAMPLES, type SampleName, type SampleRecord, TIMESTAMP } from './records.ts';

/** Which of the two workers. */
export type Side = 'connect' | 'tailrace';

/** What came out of one chain at one of the two. */
export interface Outcome {
  /** JSON texts, in order; null values left out. */
  readonly values: readonly string[];
  readonly deadLetters: readonly Message[];
}

const topicOf = (sample: SampleName): string => `side-${sample}`;
const connectorOf = (side: Side, { name }: Chain): string => `${side}-${name}`;
const deadLettersOf = (side: Side, chain: Chain): string => `${connectorOf(side, chain)}-dlq`;

/** Writes each sample into a topic of one partition. */
export async function produceSamples(node: KafkaNode): Promise<void> {
  for (const sample of Object.keys(SAMPLES) as SampleName[]) {
    const records: readonly SampleRecord[] = SAMPLES[sample];
    await node.createTopic(topicOf(sample), 1);
    await node.produce(
      topicOf(sample),
      records.map(record => ({ ...record, headers: record.headers ?? [], partition: 0, timestamp: TIMESTAMP })),
    );
  }
}

/** The worker file, but for what is each program's own. */
export function workerFile(node: KafkaNode): Properties {
  const converter = 'org.apache.kafka.connect.json.JsonConverter';
  return {
    'bootstrap.servers': node.bootstrap(),
    'key.converter': converter,
    'value.converter': converter,
    'offset.flush.interval.ms': '1000',
    'consumer.auto.offset.reset': 'earliest',
  };
}

/** The connector file of a chain, without its class and what its sink needs. */
export function connectorFile(side: Side, chain: Chain): Properties & { readonly name: string } {
  return {
    ...chain.config,
    name: connectorOf(side, chain),
    topics: topicOf(chain.records),
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': deadLettersOf(side, chain),
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
  };
}

/** Waits until the groups of all chains have committed everything. */
export async function everythingCommitted(node: KafkaNode, side: Side, chains: readonly Chain[]): Promise<void> {
  const deadline = Date.now() + 180_000;
  let left = [...chains];
  for (;;) {
    const open: Chain[] = [];
    for (const chain of left) {
      const topic = topicOf(chain.records);
      const committed = await node.committed(`connect-${connectorOf(side, chain)}`, topic);
      if (committed.get(0) !== SAMPLES[chain.records].length) open.push(chain);
    }
    if (open.length === 0) return;
    left = open;
    if (Date.now() > deadline) throw new Error(`${side} did not finish: ${left.map(({ name }) => name).join(', ')}`);
    await new Promise(ready => setTimeout(ready, 500));
  }
}

/** Of every chain: what its sink got, and what lies in its dead letter queue. */
export async function outcomes(
  node: KafkaNode,
  side: Side,
  chains: readonly Chain[],
  valuesOf: (connector: string) => Promise<readonly string[]>,
): Promise<Map<string, Outcome>> {
  const found = new Map<string, Outcome>();
  const left = [...chains];
  const readOn = async (): Promise<void> => {
    for (let chain = left.pop(); chain !== undefined; chain = left.pop()) {
      const values = (await valuesOf(connectorOf(side, chain))).filter(value => value !== 'null');
      found.set(chain.name, { values, deadLetters: await node.readAll(deadLettersOf(side, chain)) });
    }
  };
  await Promise.all(Array.from({ length: 8 }, readOn));
  return found;
}

const MESSAGE = '__connect.errors.exception.message';

/** A dead letter as something to compare: its stack trace is each program's own, and so is the connector's name. */
export function deadLetterOf(chain: Chain): (letter: Message) => unknown {
  const own = new Map([
    ['__connect.errors.connector.name', chain.name],
    ['__connect.errors.exception.stacktrace', 'some'],
  ]);
  return ({ key, value, timestamp, headers = [] }) => {
    const texts = headers.flatMap(header =>
      Object.entries(header).map(([name, text]) => [name, String(text)] as const),
    );
    const isNullPointer = texts.some(([, text]) => text === 'java.lang.NullPointerException');
    // The JVM tells the expression that met it; ours tells what is wrong.
    const shown = isNullPointer ? new Map([...own, [MESSAGE, 'some']]) : own;
    return {
      key: key?.toString('latin1') ?? null,
      value: value?.toString('latin1') ?? null,
      timestamp,
      headers: texts.map(([name, text]) => [name, shown.get(name) ?? (name === MESSAGE ? inOneLine(text) : text)]),
    };
  };
}

/** A message without what ours takes out of it: controls that a record holds. */
export function inOneLine(message: string): string {
  return message.replace(/\p{Cc}/gu, '');
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * A JSON text as something to compare: the order of an object's members does not count, and a number is its digits when it is
 * an integer, its double when it is not.
 */
export function comparable(json: string): unknown {
  const numbersAsTexts = json.replace(TOKEN, token => {
    if (token.startsWith('"')) return token;
    return JSON.stringify(/^-?\d+$/.test(token) ? `#${token}` : `#${Number(token)}.`);
  });
  return JSON.parse(numbersAsTexts);
}
