import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectorView, WorkerView } from '../../../../worker/admin/page/model.ts';
import { type Ask, asking } from '../asking.ts';
import { configuration, startScriptedWorker } from '../running-worker.ts';

const HTML = { accept: 'text/html' };
const SECRET = 'sehr-geheim-4711';

async function create(ask: Ask, name: string, changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const { status, text } = await ask('POST', '/connectors', { name, config: configuration({ name, ...changes }) });
  assert.equal(status, 201, text);
}

function json<T>({ text }: { readonly text: string }): T {
  return JSON.parse(text) as T;
}

test('GET / is Kafka Connect’s answer, and the page for who wants HTML', async t => {
  const { url } = await startScriptedWorker(t);
  const ask = asking(url);
  const answer = await ask('GET', '/');
  assert.equal(json<{ version: string }>(answer).version, '4.1.0');
  assert.equal(answer.headers.get('vary'), 'Accept');
  const page = await ask('GET', '/', undefined, HTML);
  assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
  assert.match(page.text, /^<!doctype html>\n<html lang="en">/);
  const head = await ask('HEAD', '/', undefined, HTML);
  assert.deepEqual([head.status, head.headers.get('content-type'), head.text], [200, 'text/html; charset=utf-8', '']);
});

test('a page may load its own files and nothing else, and stands in no frame', async t => {
  const { url } = await startScriptedWorker(t);
  const ask = asking(url);
  await create(ask, 'a');
  for (const path of ['/', '/page/connectors/a', '/page/connectors/none']) {
    const { headers } = await ask('GET', path, undefined, HTML);
    const policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    assert.equal(headers.get('content-security-policy'), policy, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(headers.get('cache-control'), 'no-store');
  }
});

test('its files may be kept for good, and there are no others', async t => {
  const { url } = await startScriptedWorker(t);
  const ask = asking(url);
  await create(ask, 'a');
  const { text } = await ask('GET', '/page/connectors/a', undefined, HTML);
  const files = [...text.matchAll(/(?:href|src)="(\/page\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  assert.equal(files.length, 4);
  let bytes = 0;
  for (const path of files) {
    const { status, headers, text: content } = await ask('GET', path);
    assert.deepEqual([status, headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'], path);
    assert.match(headers.get('content-type')!, path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    if (!path.includes('uPlot')) bytes += content.length;
  }
  const at = files[0]!.replace(/[^/]+$/, '');
  for (const name of ['page.js', 'refresh.js', 'morph.js', 'actions.js', 'plots.js']) {
    const script = await ask('GET', `${at}${name}`);
    assert.equal(script.status, 200, name);
    for (const [, other] of script.text.matchAll(/from '\.\/([^']+)'/g)) {
      assert.equal((await ask('GET', `${at}${other}`)).status, 200, `${name} needs ${other}`);
    }
    bytes += script.text.length;
  }
  assert(bytes < 48_000, `${bytes} bytes of our own`);
  for (const path of [
    `${at}none.js`,
    `${at}..%2fassets.js`,
    '/page/assets/0/page.js',
    `${at}constructor`,
    '/page/assets',
  ]) {
    assert.equal((await ask('GET', path)).status, 404, path);
  }
});

test('its data are of one worker, and of one connector', async t => {
  const { url } = await startScriptedWorker(t);
  const ask = asking(url);
  await create(ask, 'b');
  await create(ask, 'a');
  const worker = json<WorkerView>(await ask('GET', '/page/data'));
  assert.deepEqual(
    worker.connectors.map(({ name, state }) => [name, state]),
    [
      ['a', 'RUNNING'],
      ['b', 'RUNNING'],
    ],
  );
  assert.equal(worker.version, '1.2.3');
  const { figures, taskViews, history } = json<ConnectorView>(await ask('GET', '/page/data/a?since=nonsense'));
  assert.deepEqual(
    [figures.lag, figures.unresolved, figures.requestsInFlight, figures.totals.deadLettered],
    [40, 5, 3, 2],
  );
  assert.deepEqual(
    taskViews[0]!.partitions.map(({ topic, lag }) => [topic, lag]),
    [['orders', 40]],
  );
  assert.equal(history, null, 'nothing before the first five seconds');
  for (const [path, code] of [
    ['/page/data/none', 404],
    ['/page/data/a/b', 404],
    ['/page', 404],
  ] as const) {
    assert.equal((await ask('GET', path)).status, code, path);
  }
  assert.equal((await ask('POST', '/page/data', {})).status, 405);
  const missing = await ask('GET', '/page/connectors/none', undefined, HTML);
  assert.deepEqual([missing.status, /No connector none/.test(missing.text)], [404, true]);
  assert.doesNotMatch((await ask('GET', '/openapi.json')).text, /\/page/);
});

test('the configuration is shown with what it means, and no secret is anywhere', async t => {
  const { url, tasks } = await startScriptedWorker(t);
  const ask = asking(url);
  const oauth2 = { 'http.auth.type': 'oauth2', 'oauth2.token.url': 'https://id.example/t', 'oauth2.client.id': 'me' };
  await create(ask, 'a', { ...oauth2, 'oauth2.client.secret': SECRET, 'consumer.override.fetch.max.wait.ms': '250' });
  const reason = `the answer said ${SECRET} and Bearer abc.DEF-123456`;
  tasks.get('a-0')!.show({ sink: { state: 'parked', reason, since: 0 }, clientFault: reason, commitFault: reason });
  const page = await ask('GET', '/page/connectors/a', undefined, HTML);
  assert.match(page.text, /<code>oauth2\.client\.secret<\/code><\/dt><dd><code>\[hidden\]<\/code>/);
  assert.match(page.text, /<code>fetch\.wait\.max\.ms=250<\/code>/, 'what explain says');
  for (const path of ['/', '/page/connectors/a', '/page/data', '/page/data/a']) {
    for (const headers of [HTML, { accept: 'application/json' }]) {
      const { text } = await ask('GET', path, undefined, headers);
      assert.doesNotMatch(text, /sehr-geheim|DEF-123456/, path);
    }
  }
});
