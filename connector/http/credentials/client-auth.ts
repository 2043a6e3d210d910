import type { OAuth2Config } from '../../../config/types.ts';
import { createSigner } from './assertion.ts';
import { basic } from './fixed.ts';
import type { Field } from './grant.ts';

/** Where a client shows who it is: what goes into the form, into the query of the URL, and into a header. */
export interface Identification {
  readonly form: readonly Field[];
  readonly query: readonly Field[];
  readonly authorization: string | null;
}

/** RFC 7523 §2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 6749 §2.3.1, RFC 7523 §2.2 and RFC 8705 §2.1, anew for each request. */
export function createClientAuth(config: OAuth2Config, wall: () => number): () => Promise<Identification> {
  const { clientAuth, names } = config;
  const clientId: readonly Field[] = config.clientId === null ? [] : [[names.clientId, config.clientId]];
  switch (clientAuth.mode) {
    case 'header': {
      const authorization = basic(formEncode(config.clientId ?? ''), formEncode(clientAuth.secret.reveal()));
      return async () => ({ form: [], query: [], authorization });
    }
    case 'header_plain': {
      const authorization = basic(config.clientId ?? '', clientAuth.secret.reveal());
      return async () => ({ form: [], query: [], authorization });
    }
    case 'body':
    case 'url': {
      const both: readonly Field[] = [...clientId, [names.clientSecret, clientAuth.secret.reveal()]];
      const inBody = clientAuth.mode === 'body';
      return async () => ({ form: inBody ? both : [], query: inBody ? [] : both, authorization: null });
    }
    case 'none':
    case 'tls':
      return async () => ({ form: clientId, query: [], authorization: null });
    case 'client_secret_jwt':
    case 'private_key_jwt': {
      const sign = createSigner(clientAuth.assertion, wall);
      return async () => ({
        form: [...clientId, ['client_assertion_type', ASSERTION_TYPE], ['client_assertion', await sign()]],
        query: [],
        authorization: null,
      });
    }
  }
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they go into the Basic scheme. */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
