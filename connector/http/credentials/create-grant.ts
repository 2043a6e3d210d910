import type { GrantConfig } from '../../../config/types.ts';
import { createSigner } from './assertion.ts';
import type { CredentialsParts } from './credentials.ts';
import type { Grant } from './grant.ts';
import { createRefreshGrant } from './refresh-grant.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function createGrant(config: GrantConfig, parts: Omit<CredentialsParts, 'transport' | 'timeoutMs'>): Grant {
  switch (config.type) {
    case 'client_credentials':
      return unchanging('oauth2.token.url, client id, secret and scope', async () => ({
        type: 'client_credentials',
        fields: [],
      }));
    case 'jwt_bearer':
    case 'ims_exchange': {
      const sign = createSigner(config.assertion, () => parts.clock.wall());
      const type = config.type === 'jwt_bearer' ? JWT_BEARER : null;
      return unchanging('oauth2.token.url, client id and oauth2.assertion.*', async () => ({
        type,
        fields: [[config.parameter, await sign()]],
      }));
    }
    case 'refresh_token':
    case 'authorization_code':
      return createRefreshGrant(config, parts);
  }
}

/** The same serves again and again. */
function unchanging(advice: string, ask: Grant['ask']): Grant {
  return { advice, ask, accept: () => {}, refuse: () => false, close: () => {} };
}
