import type { ConnectorConfig } from '../../config/types.ts';
import type { Block } from '../../connector/block.ts';
import type { Random } from '../../connector/ports.ts';
import { ofKafka } from './brokers.ts';
import { Chain } from './chain.ts';
import { blockOf, createSender, type Sender } from './endpoint.ts';
import { type Found, failed, skipped } from './finding.ts';
import type { HttpLooking } from './http.ts';

/** The newest record of a topic, if it has one. */
export interface Newest {
  readonly kind: 'newest';
  /** @throws KafkaError */
  readonly read: (topic: string, reading: Sender['reading']) => Promise<Block | null>;
}

/** What is to be sent: values of records, as a file has them, or a record of each topic; null: nothing. */
export type Sample = Newest | { readonly kind: 'values'; readonly values: readonly Buffer[] } | null;

export interface SendingParts extends HttpLooking {
  readonly random: Random;
  readonly sample: Sample;
}

/**
 * Sends a sample to each endpoint of a connector.
 * @param topics that the connector reads; null: that is not known
 */
export async function sendSample(
  config: ConnectorConfig,
  topics: readonly string[] | null,
  needs: readonly Chain[],
  parts: SendingParts,
): Promise<void> {
  const chain = new Chain(parts, config.name, needs);
  const { sample } = parts;
  const { host } = config.http.url;
  if (sample === null) return chain.tell('endpoint', host, skipped('nothing is sent without --send or --send-one'));
  if (chain.broken !== null) return chain.tell('endpoint', host, skipped(chain.broken));
  if (topics === null)
    return chain.tell('endpoint', host, skipped('not sent, since the brokers could not be asked for the topics'));
  const sender = createSender(config, parts);
  try {
    const targets = sender.endpoints(topics);
    if (targets.length === 0)
      chain.tell('endpoint', host, failed('there is no topic whose record could be sent', NO_TOPIC));
    for (const target of targets) {
      const found = await sendFirst(target.topics, sample, sender, parts.clock.wall());
      chain.tell('endpoint', target.endpoint.url.host, found);
    }
  } finally {
    await sender.close();
  }
}

const NO_TOPIC = 'create the topics that topics.regex is to match';

/** Of an expression that matches many, so many are looked into for a record. */
const MOST_TOPICS = 20;

/** What a file holds, as records of the first topic; or the newest record of the first topic that has one. */
async function sendFirst(
  topics: readonly string[],
  sample: NonNullable<Sample>,
  sender: Sender,
  now: number,
): Promise<Found> {
  if (sample.kind === 'values') return sender.send(blockOf(topics[0]!, sample.values, sender.reading, now));
  const tried = topics.slice(0, MOST_TOPICS);
  for (const topic of tried) {
    const block = await read(sample, topic, sender.reading);
    if (block === null) continue;
    if ('outcome' in block) return block;
    const place = `${topic}-${block.runs[0]!.partition} offset ${block.offset[0]}`;
    const found = await sender.send(block);
    return { ...found, text: `${place}: ${found.text}` };
  }
  return skipped(`${tried.join(', ')}: no record that could be sent`);
}

async function read(sample: Newest, topic: string, reading: Sender['reading']): Promise<Block | Found | null> {
  try {
    return await sample.read(topic, reading);
  } catch (error) {
    const found = ofKafka(error);
    return { ...found, text: `no record of ${topic} could be read: ${found.text}` };
  }
}
