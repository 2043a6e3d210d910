import type { ApiKeyConfig, AuthConfig } from '../../../config/types.ts';
import { BearerFile } from './bearer-file.ts';
import type { Authorization, Credentials, CredentialsParts } from './credentials.ts';
import { ANONYMOUS, basic, bearer, fixed, HeaderAuthorization } from './fixed.ts';
import { QueryAuthorization } from './query.ts';
import { SignedCredentials } from './sigv4.ts';
import { TokenKeeper } from './token-keeper.ts';
import { createTokenSource } from './token-request.ts';

export function createCredentials(auth: AuthConfig, parts: CredentialsParts): Credentials {
  switch (auth.type) {
    case 'none':
      return fixed(ANONYMOUS);
    case 'basic':
      return fixed(new HeaderAuthorization('authorization', basic(auth.username, auth.password.reveal())));
    case 'bearer':
      return bearer(auth.token.reveal());
    case 'bearer-file':
      return new BearerFile(auth.path, parts);
    case 'apikey':
      return fixed(apiKey(auth));
    case 'oauth2':
      return new TokenKeeper(createTokenSource(auth, parts), parts);
    case 'sigv4':
      return new SignedCredentials(auth, parts);
  }
}

function apiKey({ in: place, name, value }: ApiKeyConfig): Authorization {
  return place === 'header'
    ? new HeaderAuthorization(name, value.reveal())
    : new QueryAuthorization(name, value.reveal());
}
