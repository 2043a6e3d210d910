import { Secret } from '../../config/secret.ts';
import type { Config, OAuth2Config } from '../../config/types.ts';

/** Headers and parameters hold secrets and plain words alike; these names tell which. */
const CREDENTIAL_NAME = /auth|key|token|secret|password|cookie|signature|assertion|^code/i;

/**
 * Every secret of the configuration, for the log to mask. Plain words in `http.headers.*`, `oauth2.headers.*` and
 * `oauth2.parameters.*` are left out.
 */
export function secretsOf(config: Config): readonly Secret[] {
  const found: Secret[] = [];
  for (const connector of config.connectors) {
    const { headers, auth, ...http } = connector.http;
    const { named, rest } = auth.type === 'oauth2' ? taken(auth) : { named: [], rest: auth };
    for (const each of [headers, ...named]) {
      for (const [name, value] of Object.entries(each)) if (CREDENTIAL_NAME.test(name)) found.push(value);
    }
    collect({ ...connector, http, auth: rest }, found);
  }
  collect(config.worker, found);
  found.push(...config.provided);
  return found;
}

/** What has names that tell, and the rest. */
function taken({ headers, parameters, ...rest }: OAuth2Config): {
  named: readonly Record<string, Secret>[];
  rest: object;
} {
  return { named: [headers, parameters], rest };
}

function collect(value: unknown, found: Secret[]): void {
  if (value instanceof Secret) found.push(value);
  else if (typeof value === 'object' && value !== null && !(value instanceof URL)) {
    for (const inner of Object.values(value)) collect(inner, found);
  }
}
