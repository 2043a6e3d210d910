import assert from 'node:assert/strict';
import type { HttpConfig } from '../../../config/types.ts';
import { type RawAnswer, RawEndpoint } from '../../support/raw-endpoint.ts';
import type { Row, Verdict } from './answers.ts';
import { numbered, recordsOf } from './fixtures.ts';
import { SinkRig } from './rig.ts';

const FINE: RawAnswer = { bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' };
const CONFIRMED = [0, 1, 2];

/** The first request gets the answer, all later ones are confirmed. */
export async function run(
  { answer, verdict, reason }: Row,
  http: Partial<HttpConfig> = {},
  fine: RawAnswer = FINE,
): Promise<void> {
  const endpoint = await new RawEndpoint(count => (count === 1 ? answer : fine)).start();
  const rig = new SinkRig(endpoint.url, {
    http: {
      successStatuses: [
        [200, 202],
        [204, 204],
      ],
      responseMaxBytes: 65_536,
      ...http,
    },
  });
  try {
    const running = rig.start(numbered(2, 1));
    const reasons = (): string[] => rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact.reason] : []));
    const CHECKS: Readonly<Record<Verdict, () => Promise<void>>> = {
      async confirmed() {
        assert.deepEqual(await running.end, { kind: 'done' });
        assert.deepEqual([recordsOf(running.verdicts, 'delivered'), reasons(), endpoint.requests], [CONFIRMED, [], 1]);
        assert.deepEqual(recordsOf(await rig.deliver(numbered(2, 1)), 'delivered'), CONFIRMED, 'the next is unharmed');
      },
      async repeated() {
        assert.deepEqual(await running.end, { kind: 'done' });
        assert.deepEqual([recordsOf(running.verdicts, 'delivered'), endpoint.requests], [CONFIRMED, 2]);
      },
      async refused() {
        assert.deepEqual(await running.end, { kind: 'done' });
        const classes = rig.facts.flatMap(fact => (fact.kind === 'request-failed' ? [fact.class] : []));
        const rejected = recordsOf(running.verdicts, 'rejected');
        assert.ok(
          ['reject', 'split'].includes(classes[0]!) || rejected.length === 3,
          'all of them, or each half is tried alone',
        );
        assert.deepEqual([...recordsOf(running.verdicts, 'delivered'), ...rejected].sort(), CONFIRMED);
      },
      async parked() {
        await rig.heard('endpoint-parked');
        assert.deepEqual([running.verdicts, rig.sink.state.state], [[], 'parked']);
      },
    };
    await CHECKS[verdict]();
    if (reason !== null) assert.match(reasons()[0] ?? 'no request has failed', reason);
  } finally {
    await rig.sink.close();
    await endpoint.close();
  }
}
