import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { parseConfig } from '../../../config/load.ts';
import { Secret } from '../../../config/secret.ts';
import { systemFiles } from '../../../config/source/files.ts';
import type { Config } from '../../../config/types.ts';
import { pack, type TaskConfig, unpack } from '../../../worker/isolation/pack.ts';
import { parse } from '../../config/written.ts';
import { SECRETS } from '../../conformance/peers/places.ts';
import { type Sample, SECRETS_DIRECTORY, samples } from '../../conformance/samples.ts';

/** What the channel makes of a message. */
function sent(config: TaskConfig): TaskConfig {
  return unpack(deserialize(serialize(pack(config))) as ReturnType<typeof pack>);
}

/** With secrets as what they hold: one is equal to any other. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (value instanceof Set) return new Set([...value].map(revealed));
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null || value instanceof URL) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revealed(member)]));
}

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}

/** Null for a sample that is to be refused. */
function load({ directory, files, env }: Sample): Config | null {
  const sources = files.map(name => ({
    name,
    text: readFileSync(join(directory, name), 'utf8').replaceAll(SECRETS, SECRETS_DIRECTORY),
  }));
  const isWorker = (name: string): boolean => name.endsWith('worker.properties');
  try {
    return parseConfig({
      worker: sources.find(({ name }) => isWorker(name)) ?? null,
      connectors: sources.filter(({ name }) => !isWorker(name)),
      env,
      overrides: [],
      files: systemFiles,
    });
  } catch {
    return null;
  }
}

test('every configuration of a sample comes out of the channel as it went in, secrets and all', t => {
  const configs = samples().flatMap(sample => load(sample) ?? []);
  t.diagnostic(`${configs.length} of ${samples().length} samples`);
  assert.ok(configs.length > 40, `${configs.length} samples were read`);
  for (const { connectors, worker } of configs) {
    for (const connector of connectors) {
      const again = sent({ connector, worker, traces: worker.traces });
      assert.deepStrictEqual(revealed(again.connector), revealed(connector));
      assert.deepStrictEqual(again.worker, worker);
      assert.ok(isFrozen(again));
    }
  }
});

test('what several endpoints share is one object afterwards, too', () => {
  const { connectors, worker } = parse({
    connector: {
      topics: 'a,b',
      endpoints: 'x,y',
      'endpoints.x.topics': 'a',
      'endpoints.y.topics': 'b',
      'endpoints.y.http.url': 'https://other.example.org/',
    },
  });
  const endpoints = (config: TaskConfig) => config.connector.endpoints!.map(({ http }) => http.tls);
  const config: TaskConfig = { connector: connectors[0]!, worker, traces: null };
  const [before, after] = [config, sent(config)].map(endpoints);
  assert.equal(before![0], before![1]);
  assert.equal(after![0], after![1]);
});

test('any plain data, secrets, sets and addresses come out as they went in', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '\ud800', 'object', 'secret'));
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, new URL('http://h:1/p?q#f')),
      text.map(value => new Secret(value)),
      fc.array(tie('tree')),
      fc.uniqueArray(text).map(values => new Set(values)),
      fc.dictionary(text, tie('tree'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, value => {
      const config = { connector: value, worker: null } as unknown as TaskConfig;
      assert.deepStrictEqual(revealed(sent(config)), revealed(config));
    }),
  );
});

test('what is no plain data is refused, and not sent as something else', () => {
  for (const value of [() => 1, Symbol('s'), 1n, new Date(), new Map(), /r/, Buffer.from('b')]) {
    assert.throws(() => pack({ connector: value, worker: null } as unknown as TaskConfig), /a configuration holds no/);
  }
});
