import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExactlyOnce, audit, idsOf, sampleRecords } from '../kafka/audit.ts';
import { startProgramIn } from '../kafka/program.ts';
import type { Listener } from '../kafka/properties.ts';
import { kafkaSuite } from '../kafka/suite.ts';
import { type Sample, samples } from './samples.ts';

/** How a sample is run against a real broker. */
interface Run {
  /** The topics it reads. */
  readonly topics: readonly string[];
  /** It is up and delivers nothing. */
  readonly silent?: true;
  readonly listener?: Listener;
  /** In place of a group of the sample's own: most samples share a connector's name. */
  readonly groups?: Readonly<Record<string, string>>;
  /** What a test needs besides addresses. */
  readonly overrides?: Readonly<Record<string, string>>;
}

const ORDERS: Run = { topics: ['orders'] };

const RUNS: Readonly<Record<string, Run>> = {
  plain: ORDERS,
  'stock-standalone': ORDERS,
  'stock-distributed': ORDERS,
  'flat-json': { topics: ['orders', 'returns'] },
  'provider-directory-env': ORDERS,
  'provider-file': { ...ORDERS, listener: 'LOGIN' },
  'sasl-plain': { ...ORDERS, listener: 'LOGIN' },
  'dead-letters': ORDERS,
  cooperative: ORDERS,
  // It starts at the end of a topic; the records are there before it.
  'consumer-tuning': { ...ORDERS, overrides: { 'consumer.override.auto.offset.reset': 'earliest' } },
  'override-allowlist': ORDERS,
  'unprefixed-security': ORDERS,
  'environment-only': ORDERS,
  'environment-over-file': ORDERS,
  'topics-regex': { topics: ['Shop.orders.v1', 'shop.returns.v22'] },
  transforms: ORDERS,
  headers: ORDERS,
  strict: ORDERS,
  'two-connectors': { topics: ['orders', 'returns'], groups: {} },
  'initial-state-paused': { ...ORDERS, silent: true },
  'initial-state-stopped': { ...ORDERS, silent: true },
};

/** Those that the samples log in as. */
const USERS = { tailrace: 'plain-secret', 'provided-user': 'provided-kafka-password' };

/** The ids in a body: a transform may have given them another name, the string converter makes each record a text. */
function idsIn(body: Buffer): string[] {
  const records = JSON.parse(body.toString()) as unknown[];
  return records.map(record => {
    const { id, order_id } = (typeof record === 'string' ? JSON.parse(record) : record) as Record<string, unknown>;
    return String(id ?? order_id);
  });
}

await kafkaSuite(
  'the sample files, as a user would run them',
  '4',
  ground => {
    let base = 0;

    /** What the samples before it left in a topic is read again. */
    function start(sample: Sample, { listener = 'PLAINTEXT', groups, overrides = {} }: Run) {
      const env = { ...sample.env, PATH: process.env['PATH'] ?? '' };
      const all = {
        'bootstrap.servers': ground.node.bootstrap(listener),
        listeners: 'http://127.0.0.1:0',
        'http.url': ground.collector.url,
        ...(groups ?? { 'consumer.group.id': `of-${sample.name}` }),
        ...overrides,
      };
      const args = Object.entries(all).map(([key, value]) => `--override=${key}=${value}`);
      return startProgramIn(sample.directory, [...args, ...sample.files], env);
    }

    for (const [name, run] of Object.entries(RUNS)) {
      test(`${name} ${run.silent ? 'delivers nothing' : 'delivers each record once'}`, async () => {
        const { node, collector } = ground;
        const sample = samples().find(each => each.name === name)!;
        const ids: string[] = [];
        for (const topic of run.topics) {
          await node.createTopic(topic, 1).catch(() => undefined);
          const records = sampleRecords(1, 20, { base: ++base });
          ids.push(...idsOf(records));
          // Keys that every converter of the samples can read.
          await node.produce(
            topic,
            records.map(each => ({ ...each, key: JSON.stringify(String(each.key)) })),
          );
        }
        const journal: string[] = [];
        collector.script(({ body }) => {
          journal.push(...idsIn(body).filter(id => ids.includes(id)));
          return { status: 200 };
        });
        const program = await start(sample, run);
        if (run.silent) assert.equal((await program.health()).connectors.length, 1);
        else await collector.when('all records', () => journal.length >= ids.length);
        assert.equal(await program.stop(), 0);
        if (run.silent) assert.deepEqual(journal, []);
        else assertExactlyOnce(audit(ids, journal));
      });
    }
  },
  { users: USERS },
);
