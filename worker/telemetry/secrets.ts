import { Secret } from '../../config/secret.ts';
import type { Config } from '../../config/types.ts';

/** Headers hold secrets and plain words alike; these names tell which. */
const CREDENTIAL_HEADER = /auth|key|token|secret|password|cookie|signature/i;

/** Every secret of the configuration, for the log to mask. Plain words in `http.headers.*` are left out. */
export function secretsOf(config: Config): readonly Secret[] {
  const found: Secret[] = [];
  for (const connector of config.connectors) {
    const { headers, ...http } = connector.http;
    for (const [name, value] of Object.entries(headers)) if (CREDENTIAL_HEADER.test(name)) found.push(value);
    collect({ ...connector, http }, found);
  }
  collect(config.worker, found);
  found.push(...config.provided);
  return found;
}

function collect(value: unknown, found: Secret[]): void {
  if (value instanceof Secret) found.push(value);
  else if (typeof value === 'object' && value !== null && !(value instanceof URL)) {
    for (const inner of Object.values(value)) collect(inner, found);
  }
}
