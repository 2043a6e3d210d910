import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SECRETS, toReal, toWritten } from '../conformance/peers/places.ts';
import * as conformance from '../conformance/samples.ts';

const { tailrace } = conformance;

const ROOT = mkdtempSync(join(tmpdir(), 'tailrace-samples-'));
after(() => rmSync(ROOT, { recursive: true }));

/** Where peers' files have their key stores. */
const SECRETS_HERE = [[SECRETS, join(ROOT, 'peers', 'secrets')]] as const;

/** The samples as their owner alone may read them: what else is said of their secrets depends on the checkout. */
function samples(): readonly conformance.Sample[] {
  return conformance.samples().map(sample => ({ ...sample, directory: join(ROOT, sample.name) }));
}

cpSync(conformance.SAMPLES, ROOT, { recursive: true });
for (const entry of readdirSync(ROOT, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile()) continue;
  if (/\.(?:properties|json)$/.test(path)) writeFileSync(path, toReal(readFileSync(path, 'utf8'), SECRETS_HERE));
  chmodSync(path, 0o600);
}

/** UPDATE_EXPECTED=1 writes the explanations anew, to be read before they are committed. */
const update = process.env['UPDATE_EXPECTED'] === '1';

/** Behind it stands the whole configuration, defaults too. */
const CONFIGURATION = 'The resulting configuration:\n';

/** What every secret of a sample holds, written or provided. */
const SECRET = /-secret\b|provided-/;

interface Explained {
  readonly outcome: string;
  readonly sources: readonly {
    readonly keys: readonly { readonly outcome: string; readonly reasons: readonly string[] }[];
  }[];
  readonly configuration: object | null;
}

for (const sample of samples()) {
  test(`explain: ${sample.name}`, async () => {
    const { files } = sample;
    const [{ code, stdout, stderr }, forMachines] = await Promise.all([
      tailrace(sample, 'explain', ...files),
      tailrace(sample, 'explain', '--json', ...files),
    ]);
    assert.equal(stderr, '');
    assert.doesNotMatch(stdout, SECRET);
    const told = toWritten(stdout.split(CONFIGURATION)[0]!, SECRETS_HERE);
    const text = `exit code ${code}\n\n${told.trimEnd()}\n`;
    if (update) writeFileSync(sample.expectedPath, text);
    assert.equal(text, readFileSync(sample.expectedPath, 'utf8'));

    assert.equal(forMachines.code, code);
    assert.doesNotMatch(forMachines.stdout, SECRET);
    const explained = JSON.parse(forMachines.stdout) as Explained;
    assert.equal(explained.configuration === null, explained.outcome === 'refused');
    for (const { keys } of explained.sources) {
      for (const { outcome, reasons } of keys) assert(outcome === 'honoured' || reasons.length > 0, 'each says why');
    }
  });
}

for (const [name, lines] of [
  ['plain', ['worker.bootstrapServers[0]=broker.example.org:9092', 'connectors.orders.kafka.groupId=connect-orders']],
  ['provider-file', ['connectors.orders.batch.maxRecords=\u0024{file:secrets.properties:batch}']],
  ['topics-regex', ['connectors.orders.topicsRegex=[Ss][Hh][Oo][Pp]\\.([Oo][Rr][Dd][Ee][Rr][Ss]|']],
  ['sasl-scram-jks', ['connectors.orders.kafka.consumer.global.sasl.password=[hidden]', 'ssl.ca.pem=(PEM)']],
  ['environment-only', ['connectors.orders.http.headers.x-key=[hidden]', 'connectors.orders.http.method=POST']],
] as const) {
  test(`explain: the resulting configuration of ${name} is what a worker runs with`, async () => {
    const sample = samples().find(each => each.name === name)!;
    const { stdout } = await tailrace(sample, 'explain', ...sample.files);
    const [, configuration = ''] = stdout.split(CONFIGURATION);
    for (const line of lines) assert(configuration.includes(line), configuration);
  });
}

test('explain: what it refuses, run refuses with the same exit code and the same reasons', async () => {
  for (const sample of samples().filter(({ name }) => /refused|policy/.test(name))) {
    const explained = await tailrace(sample, 'explain', ...sample.files);
    const run = await tailrace(sample, 'run', ...sample.files);
    assert.equal(run.code, explained.code, sample.name);
    const reasons = run.stderr.split('\n').filter(line => line.startsWith('  '));
    assert(reasons.length > 0);
    for (const line of reasons) {
      assert(explained.stdout.includes(`  refused ${line.slice(2)}\n`.replace('  refused ', '  refused   ')), line);
    }
  }
});

test('explain: there are samples enough', () => {
  assert(samples().length >= 20);
});
