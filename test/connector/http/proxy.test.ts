import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Endpoint } from '../../support/endpoint.ts';
import { ForwardProxy } from '../../support/forward-proxy.ts';
import { createCertificate } from './certificate.ts';
import { numbered, recordsOf } from './fixtures.ts';
import { PROXIES, type ProxyRow, through, trusting } from './proxies.ts';
import { SinkRig } from './rig.ts';

const authority = createCertificate({ subject: 'Test authority', authority: true, names: [] });
const { cert, key } = createCertificate({ issuer: authority });
const TLS = trusting(authority.cert);

/** The first CONNECT meets the row; the request must arrive once, whatever the proxy said. */
async function run({ act, meaning, reason, connectTimeoutMs = 10_000 }: ProxyRow): Promise<void> {
  const endpoint = await new Endpoint({ tls: { cert, key } }).start();
  const proxy = await new ForwardProxy({ script: (_, count) => (count === 1 ? act : null) }).start();
  const rig = new SinkRig(endpoint.url, { http: { tls: TLS, connection: through(proxy.url), connectTimeoutMs } });
  try {
    const running = rig.start(numbered(2, 1));
    if (meaning === 'parked') {
      await rig.heard('endpoint-parked');
      assert.deepEqual([running.verdicts, rig.sink.state.state, endpoint.count], [[], 'parked', 0]);
    }
    assert.deepEqual(await running.end, { kind: 'done' });
    assert.deepEqual(recordsOf(running.verdicts, 'delivered'), [0, 1, 2]);
    assert.deepEqual([endpoint.count, proxy.requests.length], [1, meaning === 'tunnel' ? 1 : 2]);
    const failed = rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact] : []));
    assert.equal(failed.length, meaning === 'tunnel' ? 0 : 1);
    for (const fact of failed) {
      assert.deepEqual([fact.ambiguous, fact.status], [false, null], 'nothing of the request was sent');
      if (reason !== null) assert.match(fact.reason, reason);
    }
    assert.doesNotMatch(JSON.stringify(rig.facts), /canary/);
  } finally {
    await rig.sink.close();
    await Promise.all([endpoint.close(), proxy.close()]);
  }
}

describe('what a proxy answers to CONNECT, byte for byte', () => {
  for (const row of PROXIES) it(`${row.meaning}: ${row.name}`, () => run(row));

  it('is tried in enough forms, each once', () => {
    assert.ok(PROXIES.length >= 50);
    assert.equal(new Set(PROXIES.map(({ name }) => name)).size, PROXIES.length);
  });
});
