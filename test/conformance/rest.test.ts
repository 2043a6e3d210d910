import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipWithoutKafka } from '../kafka/available.ts';
import { KAFKA_VERSIONS } from '../kafka/jars.ts';
import { startConnect } from './rest/jvm.ts';
import { faultOf, play, type Sides } from './rest/scenario.ts';
import { TABLE } from './rest/table/table.ts';
import { startTailrace } from './rest/tailrace.ts';
import { startSide } from './rest/world.ts';

const REQUESTS = TABLE.flatMap(({ steps }) => steps.filter(step => typeof step !== 'function'));

const skip = await skipWithoutKafka('4');
describe(`REST beside Kafka Connect ${KAFKA_VERSIONS['4']}, distributed`, { skip }, () => {
  let sides: Sides;

  before(async () => {
    // One after the other: brokers that start at once would take the same ports.
    const connect = await startSide(startConnect);
    sides = { connect, tailrace: await startSide(startTailrace) };
  });

  after(() => Promise.all([sides?.connect.stop(), sides?.tailrace.stop()]));

  for (const scenario of TABLE) {
    test(scenario.name, async () => {
      const faults = (await play(scenario, sides)).map(faultOf).filter(fault => fault !== null);
      assert.equal(faults.length, 0, `${faults.length} answers are not as they should be:\n${faults.join('\n')}`);
    });
  }

  test('the table is as large as it is said to be', t => {
    const different = REQUESTS.filter(({ differs }) => differs !== null).length;
    t.diagnostic(`${REQUESTS.length} requests, ${different} of them answered differently on purpose`);
    assert.ok(REQUESTS.length >= 500, `${REQUESTS.length} requests`);
  });
});
