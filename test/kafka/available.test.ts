import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const AVAILABLE = pathToFileURL(`${import.meta.dirname}/available.js`).href;
const ASK = `import(${JSON.stringify(AVAILABLE)}).then(async m => console.log(await m.skipWithoutKafka('4')))`;

/** Asks in a process that finds no Java and no Maven. */
function ask(env: Readonly<Record<string, string>>): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, ['-e', ASK], { env: { PATH: '/nowhere', ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test('without Java the suite says why it is skipped', async () => {
  const { code, stdout, stderr } = await ask({});
  assert.equal(code, 0);
  assert.match(stdout, /^no real Kafka: Java is missing: install/);
  assert.match(stderr, /^no real Kafka: Java is missing: install/m);
});

test('without Java the suite fails where it is required', async () => {
  const { code, stdout, stderr } = await ask({ TAILRACE_REQUIRE_KAFKA: '1' });
  assert.notEqual(code, 0);
  assert.equal(stdout, '');
  assert.match(stderr, /KafkaUnavailable: Java is missing/);
});
