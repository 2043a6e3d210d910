import type { Contender } from './contender.ts';
import { BENTO_IN_FLIGHT, type Case, type Scene, TARGET_BATCH } from './plan.ts';
import { PARTITIONS, type Topic } from './topics.ts';
import { CHAINS, type Chain } from './transform-chains.ts';

/** Bytes of an event, as they are told and as they are. */
export const SIZES = { '220B': 220, '1KB': 1024 } as const;
export type Size = keyof typeof SIZES;

/** Kafka Connect delivers a third: it takes about three times as long for each, so that both run, and warm up, as long. */
const CONNECT_PART = 3;

function topicOf(kind: 'events' | 'envelopes', recordBytes: number, records: number): Topic {
  return { name: `${kind}-${recordBytes}`, partitions: PARTITIONS, recordBytes, records, kind };
}

function contenders(chain: Chain): Readonly<Record<string, Contender>> {
  const { converter } = chain;
  return {
    connect: { kind: 'connect', chain, batch: TARGET_BATCH },
    ...(chain.raw && { bento: { kind: 'bento', batch: TARGET_BATCH, inFlight: BENTO_IN_FLIGHT } }),
    tailrace: { kind: 'tailrace', reader: 'native', converter, chain, batch: TARGET_BATCH },
  };
}

const LABELS: Readonly<Record<Contender['kind'], string>> = {
  limit: 'limit',
  bento: 'Bento',
  connect: 'Kafka Connect',
  tailrace: 'Tailrace',
};

function sceneOf(chain: Chain, size: Size, records: number): Scene {
  const name = `${size}/${chain.name}`;
  const topic = topicOf(chain.converter === 'schemas' ? 'envelopes' : 'events', SIZES[size], records);
  const cases: Case[] = Object.entries(contenders(chain)).map(([id, contender]) => ({
    id: `${name}/${id}`,
    label: LABELS[contender.kind],
    contender,
    records: contender.kind === 'connect' ? Math.ceil(records / CONNECT_PART) : records,
    samples: [],
  }));
  return { name, title: `${chain.label}, ${SIZES[size]} B`, topic, pace: 'fast', cases };
}

/** Everything that `make bench-transforms` measures: a scene for each size and chain. */
export function transformsPlan(records: number): Scene[] {
  return (Object.keys(SIZES) as Size[]).flatMap(size => CHAINS.map(chain => sceneOf(chain, size, records)));
}
