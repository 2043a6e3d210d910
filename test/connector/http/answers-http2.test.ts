import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransportError } from '../../../connector/errors.ts';
import { createHttp2Transport } from '../../../connector/http/transport/http2-transport.ts';
import { Http2Peer } from '../../support/http2-peer.ts';
import type { Verdict } from './answers.ts';
import { HTTP2_ANSWERED, type Http2Row } from './answers-http2.ts';
import { HTTP2_BROKEN } from './answers-http2-broken.ts';
import { batchOf, blockOf, itemOf, numbered, recordsOf } from './fixtures.ts';
import { SinkRig } from './rig.ts';
import { NO_TLS } from './wire.ts';

const CONFIRMED = [0, 1, 2];
const ROWS = [...HTTP2_ANSWERED, ...HTTP2_BROKEN];
/** Three of them are more than the kernel takes beside windows without end. */
const LARGE = 13_000_000;

function peerOf({ script }: Http2Row): Promise<Http2Peer> {
  return new Http2Peer(async (link, connection) => {
    if (connection === 1) return await script(link);
    link.greet();
    await link.serve();
  }).start();
}

/** Three records, of some megabytes where windows are to be spent. */
function batch({ large }: Http2Row) {
  if (!large) return numbered(2, 1);
  const values = CONFIRMED.map(value => `${value}${' '.repeat(LARGE)}`);
  return batchOf([itemOf(blockOf(values), 0, 2), itemOf(blockOf(values), 2, 3)]);
}

/** As of the same answers over HTTP/1.1; see answers.test.ts. */
async function deliver(row: Http2Row): Promise<void> {
  const peer = await peerOf(row);
  const successStatuses: [number, number][] = [
    [200, 202],
    [204, 204],
  ];
  const rig = new SinkRig(peer.url, { http: { version: '2', successStatuses } });
  try {
    const running = rig.start(batch(row));
    const reasons = (): string[] => rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact.reason] : []));
    const CHECKS: Readonly<Record<Verdict, () => Promise<void>>> = {
      async confirmed() {
        assert.deepEqual(await running.end, { kind: 'done' });
        assert.deepEqual(recordsOf(running.verdicts, 'delivered'), CONFIRMED);
        assert.deepEqual(recordsOf(await rig.deliver(numbered(2, 1)), 'delivered'), CONFIRMED, 'the next is unharmed');
      },
      async repeated() {
        assert.deepEqual(await running.end, { kind: 'done' });
        assert.deepEqual([recordsOf(running.verdicts, 'delivered'), reasons().length], [CONFIRMED, 1]);
      },
      async refused() {
        assert.deepEqual(await running.end, { kind: 'done' });
        assert.ok(reasons().length > 0);
        const rejected = recordsOf(running.verdicts, 'rejected');
        assert.deepEqual([...recordsOf(running.verdicts, 'delivered'), ...rejected].sort(), CONFIRMED);
      },
      async parked() {
        await rig.heard('endpoint-parked');
        assert.deepEqual([running.verdicts, rig.sink.state.state], [[], 'parked']);
      },
    };
    await CHECKS[row.verdict]();
    if (row.reason !== null) assert.match(reasons()[0] ?? 'no request has failed', row.reason);
  } finally {
    await rig.sink.close();
    await peer.close();
  }
}

/** The same by the transport alone. */
async function send(row: Http2Row): Promise<void> {
  const peer = await peerOf(row);
  const transport = createHttp2Transport({ tls: NO_TLS, connectTimeoutMs: 10_000, maxInFlight: 2 });
  const body = row.large ? Buffer.alloc(3 * LARGE, ' ') : Buffer.from('[0,1,2]');
  const request = { method: 'POST', url: peer.url, headers: {}, body };
  try {
    const { signal } = new AbortController();
    const outcome = await transport.send(request, { signal, maxResponseBytes: 1_000 }).catch((error: unknown) => error);
    if (row.code === null) return assert.ok(!(outcome instanceof Error), String(outcome));
    assert.ok(outcome instanceof TransportError, String(outcome));
    const retriable = row.verdict !== 'parked';
    assert.deepEqual(
      [outcome.code, outcome.ambiguous, outcome.retriable],
      [row.code, row.ambiguous, retriable],
      outcome.message,
    );
  } finally {
    await transport.close();
    await peer.close();
  }
}

describe('what an endpoint answers over HTTP/2, frame for frame', () => {
  for (const row of ROWS) {
    it(`${row.verdict}: ${row.name}`, async () => {
      await send(row);
      await deliver(row);
    });
  }

  it('is tried in enough forms, each once', () => {
    assert.ok(ROWS.length >= 70);
    assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
  });
});
