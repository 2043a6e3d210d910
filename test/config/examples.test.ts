import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../config/load.ts';

const EXAMPLES = fileURLToPath(new URL('../../../config/examples/', import.meta.url));

/** How a checkout's files are protected is none of the example's. */
const OPEN = 'is a secret in a file that every user of this machine may read';

/** Of another vendor's file there is something to say. */
const DIFFERS = /demo-adobe\.properties: (?:connector\.class|aep\.flush\.[\w.]+) /;

const PAIRS = [
  ['worker.properties', 'events-to-http.properties'],
  ['demo-worker.properties', 'demo.properties'],
  ['demo-worker.properties', 'demo-adobe.properties'],
  ['worker.properties', 'orion-notifications.properties'],
  ['worker.properties', 'minio-notifications.properties'],
  ['worker.properties', 'hermes-events.properties'],
  ['worker.properties', 'bulk-index.properties'],
  ['worker.properties', 'webhook-per-record.properties'],
] as const;

for (const [worker, connector] of PAIRS) {
  test(`${connector} loads with ${worker}, without a notice`, () => {
    const config = loadConfig({
      workerFile: EXAMPLES + worker,
      connectorFiles: [EXAMPLES + connector],
      env: {},
      overrides: [],
    });
    const notices = config.notices.filter(notice => !notice.endsWith(OPEN) && !DIFFERS.test(notice));
    assert.deepEqual(notices, []);
    assert.equal(config.connectors.length, 1);
  });
}

test('every example is loaded by a test', () => {
  const files = readdirSync(EXAMPLES, { withFileTypes: true }).filter(entry => entry.isFile());
  assert.deepEqual(files.map(({ name }) => name).sort(), [...new Set(PAIRS.flat())].sort());
});

test('the demo may replace addresses from the command line', () => {
  const config = loadConfig({
    workerFile: `${EXAMPLES}demo-worker.properties`,
    connectorFiles: [`${EXAMPLES}demo.properties`],
    env: {},
    overrides: ['bootstrap.servers=127.0.0.1:1234', 'http.url=http://127.0.0.1:99/in'],
  });
  assert.deepEqual(config.worker.bootstrapServers, ['127.0.0.1:1234']);
  assert.equal(config.connectors[0]?.kafka.consumer.global['bootstrap.servers'], '127.0.0.1:1234');
  assert.equal(config.connectors[0]?.http.url.href, 'http://127.0.0.1:99/in');
});
