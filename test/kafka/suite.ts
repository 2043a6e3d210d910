import { after, afterEach, before, beforeEach, describe } from 'node:test';
import { skipWithoutKafka } from './available.ts';
import { type Collector, startCollector } from './collector.ts';
import { KAFKA_VERSIONS, type KafkaLine } from './jars.ts';
import { type KafkaNode, type KafkaOptions, startKafka } from './node.ts';
import { killPrograms } from './program.ts';

/** What the tests of one suite stand on. The node is shared by all, the collector is each test's own. */
export interface Ground {
  readonly node: KafkaNode;
  readonly collector: Collector;
}

/**
 * Defines tests against one broker; skipped, with the reason, where there can't be one. Every program that a test
 * starts ends with the test.
 */
export async function kafkaSuite(
  title: string,
  line: KafkaLine,
  define: (ground: Ground) => void,
  options: Omit<KafkaOptions, 'version'> = {},
): Promise<void> {
  const skip = await skipWithoutKafka(line);
  describe(`${title} (Kafka ${KAFKA_VERSIONS[line]})`, { skip }, () => {
    const ground = {} as { node: KafkaNode; collector: Collector };
    before(async () => {
      ground.node = await startKafka({ ...options, version: line });
    });
    beforeEach(async () => {
      ground.collector = await startCollector();
    });
    afterEach(async () => {
      await killPrograms();
      await ground.collector.close();
    });
    after(() => ground.node?.stop());
    define(ground);
  });
}
