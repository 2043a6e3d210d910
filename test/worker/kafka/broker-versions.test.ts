import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokerVersions } from '../../../worker/kafka/broker-versions.ts';

const line = (message: string, facility = 'APIVERSION') => ({ severity: 7, facility, message });
const head = (broker: string): string => `[thrd:${broker}/bootstrap]: ${broker}/1: `;

/** As librdkafka 2.12 logs it. */
function tell(
  versions: BrokerVersions,
  broker: string,
  ranges: readonly (readonly [key: number, most: number])[],
): void {
  versions.note(line(`${head(broker)}Broker API support:`));
  for (const [key, most] of ranges)
    versions.note(line(`${head(broker)}  ApiKey Some-${key}? (${key}) Versions 0..${most}`));
}

/** What Kafka 3.9 understands of the requests that tell releases apart. */
const KAFKA_3_9 = [
  [0, 11],
  [1, 17],
  [2, 9],
  [3, 12],
  [9, 9],
  [11, 9],
  [24, 5],
  [32, 4],
  [35, 4],
] as const;

test('nothing was told, or nothing that is known', () => {
  const versions = new BrokerVersions();
  assert.equal(versions.least, null);
  tell(versions, 'old:1', [[0, 2]]);
  assert.equal(versions.least, null);
});

test('the release that a broker is at least', () => {
  const versions = new BrokerVersions();
  tell(versions, 'a:1', KAFKA_3_9);
  assert.equal(versions.least, '3.9');
});

test('what lacks something of a release is no such release, whatever else it has', () => {
  const versions = new BrokerVersions();
  tell(versions, 'a:1', [...KAFKA_3_9, [2, 5], [0, 99]]);
  assert.equal(versions.least, '2.8');
});

test('the oldest of several brokers counts, and what a broker said last', () => {
  const versions = new BrokerVersions();
  tell(versions, 'a:1', KAFKA_3_9);
  tell(versions, 'b:1', [...KAFKA_3_9, [1, 13]]);
  assert.equal(versions.least, '3.3');
  tell(versions, 'b:1', KAFKA_3_9);
  assert.equal(versions.least, '3.9');
});

test('lines of other kinds are not taken, nor torn ones believed', () => {
  const versions = new BrokerVersions();
  assert.equal(versions.note(line(`${head('a:1')}Broker API support:`, 'FAIL')), false);
  assert.equal(versions.note(line('ApiKey')), true);
  versions.note(line(`${head('a:1')}  ApiKey Fetch (1) Versions 0..17`));
  versions.note(line(`${head('a:1')}  ApiKey Fetch (1) Versions 0..`));
  assert.equal(versions.least, null, 'ranges of nobody');
});
