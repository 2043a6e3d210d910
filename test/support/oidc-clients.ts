import { createHash, randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import Provider, { type Model, type Stored } from 'oidc-provider';
import { generateKeys } from './keys.ts';

/** What one client may do, as the metadata of RFC 7591 have it. */
export type ClientMetadata = Readonly<Record<string, unknown>> & { readonly client_id: string };

/** A real authorization server (oidc-provider) with many clients, each with its own way to show who it is. */
export interface ProviderOfForms {
  readonly tokenUrl: URL;
  /** What was given for the token of an `Authorization` header; null for one that is not good. */
  find(authorization: string | null): Promise<Stored | null>;
  /** A code as the user's browser brings it, and the verifier of its challenge. */
  issueCode(clientId: string, redirectUri: string): Promise<{ readonly code: string; readonly verifier: string }>;
  close(): Promise<void>;
}

const SCOPE = 'collector.write';
export const RESOURCE = 'https://collector.example.org/';
const ACCOUNT = 'somebody';
const DAY_S = 86_400;
const SIGNING_KEY = generateKeys('rsa').privateKey.export({ format: 'jwk' });

/** @param tls with `requestCert`, for clients that are known by their certificate */
export async function startProviderOfForms(
  clients: readonly ClientMetadata[],
  tls: TlsOptions | null = null,
): Promise<ProviderOfForms> {
  let handle: RequestListener = () => {};
  const listener: RequestListener = (request, response) => handle(request, response);
  const server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const issuer = `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys: [SIGNING_KEY] },
    cookies: { keys: [randomUUID()] },
    scopes: ['openid', 'offline_access', SCOPE],
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'tls_client_auth',
      'none',
    ],
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ttl: { ClientCredentials: 600, AccessToken: 600, RefreshToken: DAY_S, AuthorizationCode: 60, Grant: DAY_S },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: SCOPE,
          audience: resource,
          accessTokenFormat: 'opaque',
        }),
      },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: ({ socket }: { readonly socket: TLSSocket }) => socket.getPeerX509Certificate?.()?.toString(),
        certificateAuthorized: ({ socket }: { readonly socket: TLSSocket }) => socket.authorized,
        certificateSubjectMatches: (ctx: { readonly socket: TLSSocket }, _: string, expected: string) =>
          new X509Certificate(ctx.socket.getPeerX509Certificate()!.raw).subject === expected,
      },
    },
  });
  const callback = provider.callback();
  handle = (request, response) => void callback(request, response);

  return {
    tokenUrl: new URL('/token', issuer),
    async find(authorization) {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
      const found = (await provider.ClientCredentials.find(token)) ?? (await provider.AccessToken.find(token));
      return found?.isValid === true ? found : null;
    },
    async issueCode(clientId, redirectUri) {
      const verifier = randomBytes(32).toString('base64url');
      const grant = new provider.Grant({ accountId: ACCOUNT, clientId });
      grant.addOIDCScope('openid offline_access');
      const code = new (provider.AuthorizationCode as Model)({
        accountId: ACCOUNT,
        client: await provider.Client.find(clientId),
        grantId: await grant.save(),
        gty: 'authorization_code',
        redirectUri,
        scope: 'openid offline_access',
        codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
        codeChallengeMethod: 'S256',
        authTime: Math.floor(Date.now() / 1000),
      });
      return { code: await code.save(), verifier };
    },
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
