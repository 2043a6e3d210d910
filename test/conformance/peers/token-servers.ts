import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Answer, Arrived } from '../../support/endpoint.ts';
import { type ProviderOfForms, startProviderOfForms } from '../../support/oidc-clients.ts';
import { SECRETS_DIRECTORY } from '../samples.ts';
import type { TokenServer } from './case.ts';

/** Answers at the addresses of a case's token server. */
export interface Issuer {
  answer(request: Arrived, number: number): Promise<Answer>;
  /** `Bearer token-n` in the place of a token that it gave out as the n-th and that is still good. */
  named(authorization: string): Promise<string>;
  close(): Promise<void>;
}

export async function startIssuer(server: TokenServer): Promise<Issuer> {
  if (server.by === 'provider') return startProvider(server.clientAuth);
  const answer = server.by === 'ims' ? answerAsIms : (server.answer ?? giveToken);
  return {
    answer: async (request, number) => answer(request, number),
    named: async authorization => authorization,
    async close() {},
  };
}

function json(status: number, value: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** RFC 6749 §5.1. */
function giveToken(_: Arrived, number: number): Answer {
  return json(200, { access_token: `token-${number}`, token_type: 'Bearer', expires_in: 3600 });
}

/** oidc-provider behind an address of ours, which sees what it is asked. */
async function startProvider(clientAuth: string): Promise<Issuer> {
  const client = { client_id: 'tailrace', client_secret: 'token-secret', token_endpoint_auth_method: clientAuth };
  const use = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'collector.write' };
  const provider: ProviderOfForms = await startProviderOfForms([{ ...client, ...use }]);
  const given: string[] = [];
  return {
    async answer({ method, headers, body }) {
      const { authorization, 'content-type': type = '' } = headers;
      const asked = { 'content-type': type, ...(authorization === undefined ? {} : { authorization }) };
      const response = await fetch(provider.tokenUrl, { method, headers: asked, body: new Uint8Array(body) });
      const text = await response.text();
      const { access_token: token } = JSON.parse(text) as { access_token?: string };
      if (token !== undefined) given.push(token);
      return { status: response.status, headers: { 'content-type': 'application/json' }, body: text };
    },
    async named(authorization) {
      const number = given.indexOf(authorization.replace(/^Bearer /, '')) + 1;
      return number > 0 && (await provider.find(authorization)) !== null ? `Bearer token-${number}` : authorization;
    },
    close: () => provider.close(),
  };
}

const DAY_S = 86_400;

/** Adobe's IMS: `expires_in` is in milliseconds of the first two kinds, in seconds of the third. */
function answerAsIms({ path, headers, body }: Arrived, number: number): Answer {
  const form = new URLSearchParams(body.toString());
  const token = { access_token: `token-${number}`, token_type: 'bearer' };
  if (form.get('client_secret') !== 'ims-secret') return json(401, { error: 'invalid_client' });
  switch (path.split('?')[0]) {
    case '/ims/token/v1':
      if (form.get('grant_type') !== 'authorization_code') return json(400, { error: 'unsupported_grant_type' });
      return json(200, { ...token, expires_in: DAY_S * 1000 });
    case '/ims/exchange/jwt/':
      if (!isForIms(form.get('jwt_token') ?? '', `https://${headers.host}`, form.get('client_id')!)) {
        return json(400, { error: 'invalid_token' });
      }
      return json(200, { ...token, expires_in: DAY_S * 1000 - 1 });
    case '/ims/token/v3':
      if (form.get('grant_type') !== 'client_credentials') return json(400, { error: 'unsupported_grant_type' });
      return json(200, { ...token, expires_in: DAY_S - 1 });
    default:
      return json(404, { error: 'not_found' });
  }
}

/** Signed by the key in `secrets/signing.*`, with the claims that IMS wants: for this client, for a day at most, a metascope. */
function isForIms(jwt: string, ims: string, client: string): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const key = createPublicKey(readFileSync(`${SECRETS_DIRECTORY}/signing-public.pem`));
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) return false;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  const left = Number(claims['exp']) - Date.now() / 1000;
  const names = typeof claims['iss'] === 'string' && typeof claims['sub'] === 'string';
  const metascope = Object.keys(claims).some(name => name.startsWith(`${ims}/s/`) && claims[name] === true);
  return names && metascope && claims['aud'] === `${ims}/c/${client}` && left > 0 && left <= DAY_S;
}
