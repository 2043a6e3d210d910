import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { BatchConfig, HttpConfig } from '../../../config/types.ts';
import type { Batch, Verdict } from '../../../connector/batch.ts';
import type { Fact } from '../../../connector/facts.ts';
import { createHttpSink } from '../../../connector/http/sink.ts';
import { createTransports } from '../../../connector/http/transport/create.ts';
import { systemClock, systemRandom } from '../../../worker/clock.ts';
import { smallFiles } from '../../../worker/small-files.ts';
import { Endpoint, type EndpointOptions } from '../../support/endpoint.ts';
import { oauth2Config } from '../../support/oauth2.ts';
import { ANY_ROOM } from '../../support/places.ts';
import { batchConfig, httpConfig, type Running } from './fixtures.ts';

export const CLIENT = { clientId: 'tailrace', clientSecret: 'canary secret/+' };

export interface Changes {
  readonly endpoint?: EndpointOptions;
  readonly http?: Partial<HttpConfig>;
  readonly batch?: Partial<BatchConfig>;
  readonly tolerance?: 'none' | 'all';
  /** Dead letters keep excerpts of answers, masked so. */
  readonly mask?: (text: string) => string;
}

/** The whole sink over real sockets: what the simulated network of the other tests can't show. */
export class SinkRig {
  readonly facts: Fact[] = [];
  readonly sink: ReturnType<typeof createHttpSink>;
  readonly #waiting: (() => void)[] = [];

  constructor(url: URL, changes: Changes) {
    const http = httpConfig({ url, retryBackoffMs: 1, retryBackoffMaxMs: 50, ...changes.http });
    this.sink = createHttpSink({
      http,
      batch: batchConfig(changes.batch),
      errorsTolerance: changes.tolerance ?? 'all',
      mask: changes.mask ?? null,
      ...createTransports(http, {
        tls: http.tls,
        connectTimeoutMs: http.connectTimeoutMs,
        maxInFlight: 8,
        connection: http.connection,
      }),
      files: smallFiles,
      clock: systemClock,
      random: systemRandom,
      announce: fact => {
        this.facts.push(fact);
        for (const wake of this.#waiting.splice(0)) wake();
      },
    });
  }

  start(batch: Batch): Running {
    const verdicts: Verdict[] = [];
    const end = this.sink.deliver(batch, verdict => verdicts.push(verdict), new AbortController().signal, ANY_ROOM);
    return { verdicts, end };
  }

  async deliver(batch: Batch): Promise<readonly Verdict[]> {
    const { verdicts, end } = this.start(batch);
    assert.deepEqual(await end, { kind: 'done' });
    return verdicts;
  }

  /** Waits until a fact of this kind was announced so many times. */
  async heard(kind: Fact['kind'], times = 1): Promise<void> {
    while (this.facts.filter(fact => fact.kind === kind).length < times) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }
}

/** The same, before an endpoint that a test scripts. */
export class Rig extends SinkRig {
  readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint, changes: Changes) {
    super(endpoint.url, changes);
    this.endpoint = endpoint;
  }
}

export async function rigFor(t: TestContext, changes: Changes = {}): Promise<Rig> {
  const endpoint = await new Endpoint(changes.endpoint).start();
  const rig = new Rig(endpoint, changes);
  t.after(async () => {
    await rig.sink.close();
    await endpoint.close();
  });
  return rig;
}

export async function oauthRig(
  t: TestContext,
  http: Partial<HttpConfig> = {},
  mode: 'header' | 'body' = 'header',
): Promise<Rig> {
  const endpoint = await new Endpoint({ oauth2: CLIENT }).start();
  const { clientId: id, clientSecret: secret } = CLIENT;
  const auth = oauth2Config({ tokenUrl: endpoint.tokenUrl, id, secret, mode });
  const rig = new Rig(endpoint, { http: { auth, ...http } });
  t.after(async () => {
    await rig.sink.close();
    await endpoint.close();
  });
  return rig;
}
