import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MockBroker, startMockBroker } from '../support/broker.ts';
import { skipWithoutNativeReader } from './available.ts';
import { runChild } from './child.ts';

const limit = { timeout: 240_000 };
const LETTERS = 100_000;

const moduleUrl = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

const PRELUDE = `
  import v8 from 'node:v8';
  import { encodeHeaders } from ${moduleUrl('connector/headers-column.js')};
  import { createKafkaProducer } from ${moduleUrl('worker/kafka/producer.js')};
  const { addon } = nativeAddon();
  const none = encodeHeaders([]);
  const global = { 'bootstrap.servers': process.env.BOOTSTRAP };
  const raw = new kafka.Producer({ ...global, dr_cb: true });
  const up = () => new Promise((resolve, reject) => raw.connect({}, error => (error ? reject(error) : resolve())));
  const down = () => new Promise(resolve => raw.disconnect(1000, resolve));
  const send = (headers, opaque = {}) =>
    addon.produce(raw.getClient(), 'letters', Buffer.from('k'), Buffer.from('v'), headers, 0, opaque);
  const made = createKafkaProducer({ producer: { global, topic: {} } }, { addon });
  const letter = (value, more) => ({ topic: 'letters', key: null, value, headers: [], timestamp: -1, ...more });
`;

/** What the child says in the end, and how. */
const CASES: Readonly<Record<string, readonly [code: string, said: RegExp]>> = {
  'a client that is not connected is refused, before and after it was': [
    `const before = send(none);
     await up();
     const meanwhile = send(none);
     await down();
     console.log(before, meanwhile, send(none));
     process.exit();`,
    /^-172 0 -172$/m,
  ],
  'bytes that are no headers are refused, and nothing of them is sent': [
    `await up();
     const whole = encodeHeaders([['name', Buffer.from('value')], ['', null], ['e', Buffer.alloc(0)]]);
     const codes = new Set();
     for (let end = 1; end < whole.length; end++) codes.add(send(whole.subarray(0, end)));
     codes.add(send(Buffer.concat([whole, Buffer.of(0)])));
     for (const at of [4, 12])
       for (const size of [-1, -2, 2 ** 31 - 1, -(2 ** 31)]) {
         const bad = Buffer.from(whole);
         bad.writeInt32LE(size, at);
         if (at === 4 || size !== -1) codes.add(send(bad));
       }
     for (const count of [-1, 2, 4, 2 ** 31 - 1]) {
       const bad = Buffer.from(whole);
       bad.writeInt32LE(count, 0);
       codes.add(send(bad));
     }
     console.log([...codes].join(), send(whole));
     await down();
     process.exit();`,
    /^-186 0$/m,
  ],
  'what is refused is not held': [
    `await up();
     const handles = () => (gc(), v8.getHeapStatistics().used_global_handles_size);
     const large = Buffer.alloc(1_100_000);
     const refused = () => addon.produce(raw.getClient(), 'letters', null, large, encodeHeaders([['h', large]]), 0, {});
     refused();
     const before = handles();
     const codes = new Set(Array.from({ length: 100 }, refused));
     console.log([...codes].join(), handles() - before);
     await down();
     process.exit();`,
    /^10 0$/m,
  ],
  'what is queued needs nothing of JavaScript any more, and its report comes all the same': [
    `const reports = [];
     const quick = new kafka.Producer({ ...global, dr_msg_cb: true, 'linger.ms': 200 });
     quick.on('delivery-report', (error, report) => reports.push(error ?? report));
     await new Promise((resolve, reject) => quick.connect({}, error => (error ? reject(error) : resolve())));
     for (let i = 0; i < 1000; i++) {
       const value = Buffer.alloc(1000, i);
       const code = addon.produce(quick.getClient(), 'letters', null, value, none, -1, { i });
       if (code !== 0) throw new Error(code);
       value.fill(0);
     }
     gc();
     while (reports.length < 1000) {
       quick.poll();
       await new Promise(setImmediate);
       gc();
     }
     const kept = reports.every(({ opaque, value }) => value.equals(Buffer.alloc(1000, opaque.i)));
     console.log(kept, new Set(reports.map(({ opaque }) => opaque.i)).size);
     process.exit();`,
    /^true 1000$/m,
  ],
  'a disconnect answers for what is queued, and may come while reports do': [
    `await made.connect(new AbortController().signal);
     const published = Array.from({ length: 5000 }, (_, i) => made.publish(letter(Buffer.alloc(200, i))));
     const ended = Promise.allSettled(published);
     await made.disconnect(0);
     const states = new Set((await ended).map(({ status, reason }) => (status === 'fulfilled' ? 'sent' : reason.code)));
     states.delete('sent');
     states.delete(-152);
     console.log('others:', [...states].join());`,
    /^others: $/m,
  ],
  [`${LETTERS} dead letters leave no memory behind`]: [
    `await made.connect(new AbortController().signal);
     const value = Buffer.alloc(1000, 1);
     const more = { key: value.subarray(0, 20), headers: [['a', value.subarray(0, 500)], [Buffer.of(255), null]] };
     const some = async count => {
       for (let i = 0; i < count; i += 500)
         await Promise.all(Array.from({ length: 500 }, () => made.publish(letter(value, more))));
       await new Promise(setImmediate);
       gc();
       const { used_global_handles_size: handles, used_heap_size: heap } = v8.getHeapStatistics();
       return { rss: process.memoryUsage.rss(), handles, heap };
     };
     const rounds = [];
     for (let round = 0; round <= 5; round++) rounds.push(await some(${LETTERS / 5}));
     await made.disconnect(1000);
     // Bytes a letter, of which the client holds 1.6 kB and the handle takes some 40. What is lost is lost in each round; what
     // the allocator keeps, once.
     const least = name => Math.min(...rounds.slice(1).map((after, i) => after[name] - rounds[i][name])) / ${LETTERS / 5};
     const most = { rss: process.env.LD_PRELOAD ? Infinity : 200, handles: 1, heap: 10 };
     const grown = Object.keys(most).map(name => [name, least(name)]);
     console.log(grown.some(([name, bytes]) => bytes > most[name]) ? 'a leak:' : 'no leak:', grown.join(' '));`,
    /^no leak: /m,
  ],
};

describe('the native half of the producer', { skip: skipWithoutNativeReader(), concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
    await broker.createTopic('letters');
  });
  after(() => broker.close());

  for (const [name, [code, said]] of Object.entries(CASES)) {
    it(name, limit, async t => {
      const [exit, signal, output] = await runChild(broker.bootstrapServers, PRELUDE + code);
      assert.deepEqual([exit, signal], [0, null], output);
      assert.match(output, said);
      t.diagnostic(output.trim());
    });
  }
});
