import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MockBroker, startMockBroker } from '../support/broker.ts';
import { skipWithoutNativeReader } from './available.ts';
import { runChild } from './child.ts';

const ASK = `
  const { addon } = nativeAddon();
  const ask = (name, ...args) => new Promise(resolve =>
    addon[name](client.getClient(), ...args, (code, answer, said) => resolve({ code, answer, said })));
`;

/** The statements, and a process that ends as it should: what goes wrong in the native half shows when the client is closed. */
async function asked(code: string): Promise<unknown> {
  const broker: MockBroker = await startMockBroker();
  try {
    await broker.createTopic('events');
    await broker.produce(
      'events',
      [0, 1, 2].map(i => ({ value: String(i), partition: 0 })),
    );
    const [exit, signal, output] = await runChild(broker.bootstrapServers, `${ASK}${code}`);
    assert.deepEqual([exit, signal], [0, null], output);
    return JSON.parse(output);
  } finally {
    await broker.close();
  }
}

test('ends of logs, over and over; what an in-process cluster without a controller never answers is given up: no memory is lost or touched', {
  skip: skipWithoutNativeReader(),
}, async () => {
  const told = await asked(`
    await connected();
    let ends;
    const codes = [];
    for (let i = 0; i < 50; i++) {
      const list = [{ topic: 'events', partition: 0, offset: -1 }, { topic: 'events', partition: 77, offset: -1 }];
      ends = (await ask('logOffsets', list, i % 2 === 0, 10_000)).answer;
      if ((await ask('describeTopics', [], 10_000)).answer.length !== 0) throw new Error('of none');
      gc();
    }
    codes.push((await ask('describeCluster', 100)).code, (await ask('describeTopics', ['events', 'nowhere'], 100)).code);
    console.log(JSON.stringify({ ends, codes }));
    await disconnected();`);
  const { ends, codes } = told as { ends: { offset: number; code: number }[]; codes: number[] };
  assert.deepEqual([ends[0]!.offset, ends[0]!.code], [3, 0]);
  assert.notEqual(ends[1]!.code, 0);
  assert.deepEqual(codes, [-185, -185]);
});

test('a coordinator that can not tell of groups at all: said so, as often as it is asked, and the client is closed', {
  skip: skipWithoutNativeReader(),
}, async () => {
  const told = await asked(`
    await connected();
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push((await ask('describeGroup', 'g' + i, 10_000)).code);
    console.log(JSON.stringify(codes));
    await disconnected();`);
  assert.deepEqual(told, Array(5).fill(-165));
});

test('questions that are out of time, of a client that is gone, or under way when it is closed: answered, each once', {
  skip: skipWithoutNativeReader(),
}, async () => {
  const told = await asked(`
    const codes = [(await ask('describeCluster', 1_000)).code];
    await connected();
    for (const question of [['describeCluster'], ['describeTopics', ['events']], ['describeGroup', 'g'], ['logOffsets', [{ topic: 'events', partition: 0, offset: 0 }], false]])
      codes.push(typeof (await ask(...question, 0)).code);
    const under = [ask('describeCluster', 500), ask('describeTopics', ['events'], 500)];
    await disconnected();
    for (const { code } of await Promise.all(under)) codes.push([-172, -185].includes(code) ? 'answered' : code);
    codes.push((await ask('logOffsets', [{ topic: 'events', partition: 0, offset: -1 }], true, 1_000)).code);
    console.log(JSON.stringify(codes));`);
  assert.deepEqual(told, [-172, ...Array(4).fill('number'), 'answered', 'answered', -172]);
});
