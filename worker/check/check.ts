import type { Loaded } from '../../config/build.ts';
import type { ConnectorConfig } from '../../config/types.ts';
import type { Random } from '../../connector/ports.ts';
import type { KafkaLooking } from './brokers.ts';
import { Chain } from './chain.ts';
import { tellConfiguration } from './configuration.ts';
import { count, ok, warning } from './finding.ts';
import { checkHttp, type HttpLooking } from './http.ts';
import { checkKafka } from './kafka.ts';
import { type Sample, sendSample } from './sending.ts';

export interface Checking extends HttpLooking, KafkaLooking {
  readonly random: Random;
  readonly sample: (config: ConnectorConfig) => Sample;
}

/**
 * Looks at everything that a configuration needs, and tells of each thing as soon as it is known.
 * @param surroundings what weakens the worker, or would
 */
export async function check(loaded: Loaded, surroundings: readonly string[], checking: Checking): Promise<void> {
  const chain = new Chain(checking, null);
  tellConfiguration(loaded, chain);
  for (const text of surroundings) chain.tell('configuration', 'environment', warning(text, null));
  const { config } = loaded;
  if (config === null) return;
  const names = config.connectors.map(({ name }) => name);
  chain.tell(
    'configuration',
    'files',
    ok(`${count(names.length, 'connector')} could be created`, { connectors: names }),
  );
  // Each client connects in a thread of a pool that has few: one connector's brokers after another's.
  let turn: Promise<unknown> = Promise.resolve();
  await Promise.all(
    config.connectors.map(async connector => {
      const kafka = turn.then(() => checkKafka(connector, checking));
      turn = kafka;
      await Promise.all([kafka, checkRequests(connector, kafka, checking)]);
    }),
  );
}

async function checkRequests(
  connector: ConnectorConfig,
  kafka: Promise<readonly string[] | null>,
  checking: Checking,
): Promise<void> {
  const needs = await checkHttp(connector, checking);
  const sample = checking.sample(connector);
  const isKnown = sample?.kind !== 'newest' && connector.topics !== null;
  const topics = sample === null ? [] : isKnown ? connector.topics! : await kafka;
  await sendSample(connector, topics, needs, { ...checking, sample });
}
