import type { OAuth2Config } from '../../../config/types.ts';
import { CredentialsError, TailraceError, TransportError } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { decodeAnswer } from '../coding/coding.ts';
import { createClientAuth, type Identification } from './client-auth.ts';
import { createGrant } from './create-grant.ts';
import type { CredentialsParts } from './credentials.ts';
import type { Field } from './grant.ts';
import { withQuery } from './query.ts';
import { ANSWER_MAX_BYTES, GRANT_REFUSED, type Granted, readAnswer } from './token-answer.ts';
import type { TokenSource } from './token-keeper.ts';

/** Asks an OAuth 2.0 authorization server for tokens, a request at a time. */
export function createTokenSource(config: OAuth2Config, parts: CredentialsParts): TokenSource {
  const { transport, clock } = parts;
  const grant = createGrant(config.grant, parts);
  const identify = createClientAuth(config, () => clock.wall());

  async function ask(signal: Signal): Promise<Granted> {
    const { type, fields } = await grant.ask();
    const asked: readonly Field[] = type === null ? fields : [[config.names.grantType, type], ...fields];
    const request = tokenRequest(config, asked, await identify());
    let answer: HttpResponse;
    try {
      const sent = await transport.send(request, { signal, maxResponseBytes: ANSWER_MAX_BYTES });
      answer = await decodeAnswer(sent, ANSWER_MAX_BYTES, signal);
    } catch (error) {
      throw unanswered(error);
    }
    return readAnswer(answer, config.answer, grant.advice, clock.wall());
  }

  return {
    async request(signal) {
      for (;;) {
        try {
          const granted = await ask(signal);
          grant.accept(granted.refreshToken);
          return granted;
        } catch (error) {
          if (!isRefusal(error) || !grant.refuse()) throw error;
        }
      }
    },
    close: () => grant.close(),
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof CredentialsError && error.code === GRANT_REFUSED;
}

function unanswered(error: unknown): CredentialsError {
  const cause = error instanceof TailraceError ? error : new TransportError('no answer', 'UNKNOWN', true, true, error);
  return new CredentialsError(`no token: ${cause.message}`, cause.code, cause.retriable, null, cause);
}

/** RFC 6749 §4, with what the user adds to it. */
function tokenRequest(config: OAuth2Config, asked: readonly Field[], client: Identification): HttpRequest {
  const { scope, audience, resources, parameters } = config;
  const form = new URLSearchParams(asked.map(([name, value]) => [name, value] as [string, string]));
  if (scope !== null && config.grant.type !== 'ims_exchange') form.set('scope', scope);
  if (audience !== null) form.set('audience', audience);
  for (const resource of resources) form.append('resource', resource);
  for (const [name, value] of client.form) form.set(name, value);
  for (const [name, value] of Object.entries(parameters)) form.set(name, value.reveal());
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(config.headers)) headers[name] = value.reveal();
  headers['content-type'] = 'application/x-www-form-urlencoded';
  headers['accept-encoding'] = 'identity';
  if (client.authorization !== null) headers['authorization'] = client.authorization;
  const url = withQuery(config.tokenUrl, client.query);
  return { method: 'POST', url, headers, body: Buffer.from(form.toString()) };
}
