import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { kafkaConfig, type MockBroker, startMockBroker } from '../support/broker.ts';
import { Conditions } from '../support/conditions.ts';
import { type Arrived, Endpoint, recordsOf } from '../support/endpoint.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const limit = { timeout: 90_000 };
const EACH = 5_000;
/** 300 bytes and some: what one partition holds is more than the whole budget. */
const PADDING = 'x'.repeat(280);

describe('one partition whose records the endpoint refuses', { concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
  });
  after(() => broker.close());

  for (const maxInFlight of [1, 8]) {
    it(`stops no other, with ${maxInFlight} in flight, and goes on when it is taken`, limit, async t => {
      const topic = `stuck-${maxInFlight}`;
      const taken = new Set<string>();
      const conditions = new Conditions();
      let mended = false;
      const script = (request: Arrived): { status?: number } => {
        const records = recordsOf(request) as { p: number; n: number }[];
        if (!mended && records.some(({ p }) => p === 0)) return { status: 503 };
        for (const { p, n } of records) {
          assert.ok(!taken.has(`${p}/${n}`), `${p}/${n} arrives twice`);
          taken.add(`${p}/${n}`);
        }
        conditions.changed();
        return {};
      };
      const endpoint = await new Endpoint({ keep: false, script }).start();
      t.after(() => endpoint.close());
      await broker.createTopic(topic);
      const kafka = kafkaConfig(broker.bootstrapServers, `connect-${topic}`);
      const config = connectorConfig(kafka, [topic], endpoint.url);
      const task = new RunningTask(t, {
        ...config,
        delivery: { ...config.delivery, maxInFlight, bufferMaxBytes: 1_048_576 },
      });
      const records = Array.from({ length: 4 * EACH }, (_, i) => ({
        value: `{"p":${i % 4},"n":${Math.floor(i / 4)},"x":"${PADDING}"}`,
        partition: i % 4,
      }));
      await broker.produce(topic, records);
      await conditions.met(() => taken.size === 3 * EACH);
      mended = true;
      await conditions.met(() => taken.size === 4 * EACH);
      assert.deepEqual(await task.stop(), { clean: true, trace: null });
    });
  }
});
