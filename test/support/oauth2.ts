import { Secret } from '../../config/secret.ts';
import type { OAuth2Config } from '../../config/types.ts';

/** Client credentials as RFC 6749 has them, with whatever a test changes. */
export function oauth2Config(
  client: {
    readonly tokenUrl: URL;
    readonly id: string;
    readonly secret: string;
    readonly mode?: 'header' | 'body' | 'url';
  },
  changes: Partial<OAuth2Config> = {},
): OAuth2Config {
  return {
    type: 'oauth2',
    tokenUrl: client.tokenUrl,
    clientId: client.id,
    clientAuth: { mode: client.mode ?? 'header', secret: new Secret(client.secret) },
    grant: { type: 'client_credentials' },
    scope: null,
    audience: null,
    resources: [],
    parameters: {},
    headers: {},
    names: { grantType: 'grant_type', clientId: 'client_id', clientSecret: 'client_secret' },
    answer: { tokenField: 'access_token', expiresField: 'expires_in', prefix: 'Bearer', mayBeMilliseconds: false },
    tls: null,
    ...changes,
  };
}
