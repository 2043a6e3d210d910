import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import type { AuthConfig, OAuth2Config } from '../../../../config/types.ts';
import { CredentialsError } from '../../../../connector/errors.ts';
import type { Fact } from '../../../../connector/facts.ts';
import { createCredentials } from '../../../../connector/http/credentials/create.ts';
import type { Authorization, Credentials } from '../../../../connector/http/credentials/credentials.ts';
import type { HttpRequest, HttpTransport } from '../../../../connector/ports.ts';
import type { Signal } from '../../../../connector/scope.ts';
import { VirtualClock } from '../../../support/clock.ts';
import { oauth2Config } from '../../../support/oauth2.ts';
import { MemoryFiles } from '../../../support/small-files.ts';
import { answer, type Reaction, ScriptedTransport } from '../fixtures.ts';

export const FOREVER: AbortSignal = new AbortController().signal;
setMaxListeners(0, FOREVER);
export const OAUTH2: OAuth2Config = oauth2Config(
  { tokenUrl: new URL('https://login.test/token?tenant=1'), id: 'my id:ü', secret: 's&cret/+' },
  { scope: 'in out' },
);

export interface Setup {
  readonly credentials: Credentials;
  readonly files: MemoryFiles;
  readonly clock: VirtualClock;
  readonly requests: HttpRequest[];
  readonly facts: Fact[];
}

export function setup(
  react: (request: HttpRequest, count: number) => Reaction,
  auth: AuthConfig = OAUTH2,
  files = new MemoryFiles(),
): Setup {
  const transport = new ScriptedTransport(react);
  return { ...setupWith(transport, auth, files), requests: transport.requests };
}

export function setupWith(
  transport: HttpTransport,
  auth: AuthConfig = OAUTH2,
  files = new MemoryFiles(),
): Omit<Setup, 'requests'> {
  const clock = new VirtualClock();
  const facts: Fact[] = [];
  const announce = (fact: Fact): number => facts.push(fact);
  const credentials = createCredentials(auth, { transport, files, clock, announce, timeoutMs: 10_000 });
  return { credentials, files, clock, facts };
}

export const REQUEST: HttpRequest = {
  method: 'POST',
  url: new URL('https://api.test/in'),
  headers: {},
  body: Buffer.from('[1]'),
};

/** What a request carries that is sent with it. */
export async function headerOf(authorization: Authorization): Promise<string | null> {
  const { headers } = await authorization.apply(REQUEST);
  return headers['authorization'] ?? null;
}

/** The same of the next request. */
export async function nextHeader(credentials: Credentials, signal: Signal = FOREVER): Promise<string | null> {
  return headerOf(await credentials.authorize(signal));
}

export function token(value: string, more: object = {}): Reaction {
  return answer(200, JSON.stringify({ access_token: value, token_type: 'Bearer', expires_in: 3600, ...more }));
}

export function refusalOf(promise: Promise<unknown>): Promise<CredentialsError> {
  return promise.then(
    () => assert.fail('it should be refused'),
    (error: unknown) => {
      assert.ok(error instanceof CredentialsError);
      return error;
    },
  );
}
