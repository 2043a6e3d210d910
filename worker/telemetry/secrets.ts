import { Secret } from '../../config/secret.ts';
import type { Config, ConnectorConfig, HttpConfig, OAuth2Config } from '../../config/types.ts';

/** Headers and parameters hold secrets and plain words alike; these names tell which. */
const CREDENTIAL_NAME = /auth|key|token|secret|password|cookie|signature|assertion|^code/i;

/**
 * Every secret of the configuration, for the log to mask. Plain words in `http.headers.*`, `oauth2.headers.*` and
 * `oauth2.parameters.*` are left out.
 */
export function secretsOf(config: Config): readonly Secret[] {
  const found = config.connectors.flatMap(secretsOfConnector);
  collect(config.worker, found);
  found.push(...config.provided);
  // What endpoints share is told by each.
  return [...new Set(found)];
}

/** Those of one connector. */
export function secretsOfConnector(connector: ConnectorConfig): Secret[] {
  const found: Secret[] = [];
  const { http: single, endpoints, ...common } = connector;
  for (const one of endpoints?.map(({ http }) => http) ?? [single]) collectHttp(one, found);
  collect(common, found);
  return found;
}

function collectHttp({ headers, auth, ...http }: HttpConfig, found: Secret[]): void {
  const { named, rest } = auth.type === 'oauth2' ? taken(auth) : { named: [], rest: auth };
  for (const each of [headers, ...named]) {
    for (const [name, value] of Object.entries(each)) if (CREDENTIAL_NAME.test(name)) found.push(value);
  }
  collect({ http, auth: rest }, found);
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
