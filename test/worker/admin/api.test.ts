import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuration, startScriptedWorker } from './running-worker.ts';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

/** Asks for a path; a body that is no text is sent as JSON. */
function asking(url: string): Ask {
  return async (method, path, body, headers = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

test('a connector is created, found, reconfigured and deleted', async t => {
  const { url } = await startScriptedWorker(t);
  const ask = asking(url);
  const created = await ask('POST', '/connectors', { name: 'made', config: configuration({ 'tasks.max': 2 }) });
  assert.equal(created.text, '');
  assert.equal(created.status, 201);
});
