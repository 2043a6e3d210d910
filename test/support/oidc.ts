import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ClientCredentials } from 'oidc-provider';
import { generateKeys } from './keys.ts';

export interface AuthorizationServerOptions {
  /** Whole seconds that a token is good for; 600 by default. */
  readonly tokenLifetime?: number;
  /** Port to listen on; any by default. */
  readonly port?: number;
}

/** Why a request may not pass, in the words of RFC 6750 §3.1; null: it may. */
export type TokenFault = 'invalid_request' | 'invalid_token' | 'insufficient_scope' | null;

/** A real OAuth2 authorization server (oidc-provider) with one client that may use client credentials. */
export interface AuthorizationServer {
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly introspectionUrl: string;
  readonly revocationUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The one scope it grants. */
  readonly scope: string;
  /** How many tokens it has given out. */
  readonly tokensIssued: number;
  /** How many calls the token endpoint has had, refused ones included. */
  readonly tokenCalls: number;
  /** Where the client's id and secret travelled in the last call (RFC 6749 §2.3.1 allows both). */
  readonly lastClientAuth: 'header' | 'body' | null;
  /** Judges an `Authorization` header as a resource server would; `scope`, if given, must have been granted. */
  check(authorization: string | undefined, scope?: string): Promise<TokenFault>;
  /** For tokens given out from now on. */
  setTokenLifetime(seconds: number): void;
  /** Every token given out so far is invalid from now on. */
  revokeAll(): Promise<void>;
  /** The client's old secret stops to work. */
  rotateSecret(secret: string): void;
  /** The token endpoint answers 503 until told otherwise. */
  setOutage(out: boolean): void;
  close(): Promise<void>;
}

const SCOPE = 'collector.write';
/** The provider wants one, though the tokens that it gives out here are opaque. */
const SIGNING_KEY = generateKeys('rsa').privateKey.export({ format: 'jwk' });

export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const state = {
    lifetime: options.tokenLifetime ?? 600,
    // Holds what a client has to encode in a Basic header and in a form.
    secret: `s+/=%: ${randomUUID()}`,
    out: false,
    calls: 0,
    clientAuth: null as 'header' | 'body' | null,
    issued: 0,
    live: new Map<string, ClientCredentials>(),
  };
  const clientId = 'tailrace';
  let handle: RequestListener = () => {};
  const server = createServer((request, response) => {
    if (request.url === '/token') {
      state.calls += 1;
      state.clientAuth = request.headers.authorization === undefined ? 'body' : 'header';
    }
    if (state.out) response.writeHead(503, { 'content-type': 'text/plain' }).end('closed for maintenance');
    else handle(request, response);
  });
  await new Promise<void>(listening => server.listen(options.port ?? 0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    adapter: storeWith(() => ({
      ...CLIENT,
      client_id: clientId,
      client_secret: state.secret,
    })),
    jwks: { keys: [SIGNING_KEY] },
    cookies: { keys: [randomUUID()] },
    scopes: [SCOPE],
    ttl: { ClientCredentials: () => state.lifetime },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
    },
  });
  provider.on('client_credentials.saved', (token: ClientCredentials) => {
    state.issued += 1;
    state.live.set(token.jti, token);
  });
  provider.on('client_credentials.destroyed', (token: ClientCredentials) => void state.live.delete(token.jti));
  const callback = provider.callback();
  handle = (request, response) => void callback(request, response);

  return {
    issuer,
    tokenUrl: `${issuer}/token`,
    introspectionUrl: `${issuer}/token/introspection`,
    revocationUrl: `${issuer}/token/revocation`,
    clientId,
    scope: SCOPE,
    get clientSecret() {
      return state.secret;
    },
    get tokensIssued() {
      return state.issued;
    },
    get tokenCalls() {
      return state.calls;
    },
    get lastClientAuth() {
      return state.clientAuth;
    },
    async check(authorization, scope) {
      const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return 'invalid_request';
      const found = await provider.ClientCredentials.find(token);
      if (!found?.isValid) return 'invalid_token';
      if (scope !== undefined && !(found.scope ?? '').split(' ').includes(scope)) return 'insufficient_scope';
      return null;
    },
    setTokenLifetime(seconds) {
      state.lifetime = seconds;
    },
    async revokeAll() {
      for (const token of [...state.live.values()]) await token.destroy();
    },
    rotateSecret(secret) {
      state.secret = secret;
    },
    setOutage(out) {
      state.out = out;
    },
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const CLIENT = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope: SCOPE,
} as const;

/** Where oidc-provider keeps its things: in memory, beside the one client as it is now. */
function storeWith(client: () => { readonly client_id: string }): (model: string) => unknown {
  const stored = new Map<string, { readonly payload: unknown; readonly expiresAt: number }>();
  return model => ({
    async find(id: string) {
      if (model === 'Client') return id === client().client_id ? client() : undefined;
      const entry = stored.get(`${model}:${id}`);
      return entry !== undefined && entry.expiresAt > Date.now() ? entry.payload : undefined;
    },
    async upsert(id: string, payload: unknown, expiresInSeconds: number) {
      stored.set(`${model}:${id}`, { payload, expiresAt: Date.now() + expiresInSeconds * 1000 });
    },
    async destroy(id: string) {
      stored.delete(`${model}:${id}`);
    },
  });
}
