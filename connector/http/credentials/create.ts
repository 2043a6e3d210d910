import type { AuthConfig } from '../../../config/types.ts';
import type { Credentials, CredentialsParts } from './credentials.ts';
import { ANONYMOUS, basic, bearer, fixed, HeaderAuthorization } from './fixed.ts';
import { TokenKeeper } from './token-keeper.ts';
import { requestToken } from './token-request.ts';

export function createCredentials(auth: AuthConfig, parts: CredentialsParts): Credentials {
  switch (auth.type) {
    case 'none':
      return fixed(ANONYMOUS);
    case 'basic':
      return fixed(new HeaderAuthorization('authorization', basic(auth.username, auth.password.reveal())));
    case 'bearer':
      return bearer(auth.token.reveal());
    case 'oauth2': {
      const { transport, clock } = parts;
      return new TokenKeeper(signal => requestToken(auth, transport, () => clock.wall(), signal), parts);
    }
  }
}
