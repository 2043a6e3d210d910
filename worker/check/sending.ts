import type { ConnectorConfig } from '../../config/types.ts';
import type { Block } from '../../connector/block.ts';
import type { Random } from '../../connector/ports.ts';
import { Chain } from './chain.ts';
import { blockOf, createSender, type Sender } from './endpoint.ts';
import { failed, skipped } from './finding.ts';
import type { HttpLooking } from './http.ts';

/** What is to be sent; null: nothing. */
export type Sample =
  /** Values of records, as a file has them. */
  | { readonly kind: 'values'; readonly values: readonly Buffer[] }
  /** The newest record of a topic, if it has one. */
  | { readonly kind: 'newest'; readonly read: (topic: string, reading: Sender['reading']) => Promise<Block | null> }
  | null;

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
    const targets = sender.oneEach(topics);
    if (targets.length === 0)
      chain.tell('endpoint', host, failed('there is no topic whose record could be sent', NO_TOPIC));
    for (const { topic, endpoint } of targets) {
      const block = await read(sample, topic, sender.reading, parts.clock.wall());
      const found = block === null ? skipped(`${topic} holds no record that could be sent`) : await sender.send(block);
      chain.tell('endpoint', endpoint.url.host, found);
    }
  } finally {
    await sender.close();
  }
}

const NO_TOPIC = 'create the topics that topics.regex is to match';

async function read(
  sample: NonNullable<Sample>,
  topic: string,
  reading: Sender['reading'],
  now: number,
): Promise<Block | null> {
  return sample.kind === 'values' ? blockOf(topic, sample.values, reading, now) : sample.read(topic, reading);
}
