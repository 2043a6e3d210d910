import type { ConnectorConfig } from '../../config/types.ts';
import { createTransports } from '../../connector/http/transport/create.ts';
import type { SmallFiles } from '../../connector/ports.ts';
import { endpointsOf, transportOptionsOf } from '../endpoints.ts';
import { Chain } from './chain.ts';
import { skipped } from './finding.ts';
import { endpointOf, placeOf, type Reaching, reach, tokenServerOf } from './places.ts';
import { askForToken, mayAsk } from './token.ts';

export interface HttpLooking extends Reaching {
  readonly files: SmallFiles;
  /** Whether the user allows requests that carry records. */
  readonly sends: boolean;
  /** Takes what must never be told. */
  readonly conceal: (secret: string) => void;
}

/**
 * All that comes before the first request: the endpoints, the token endpoint, the token.
 * @returns what has to hold before a record may be sent
 */
export async function checkHttp(config: ConnectorConfig, looking: HttpLooking): Promise<readonly Chain[]> {
  const tokenServer = tokenServerOf(config.http);
  const servers = [...endpointsOf(config).map(endpointOf), ...(tokenServer === null ? [] : [tokenServer])];
  const places = new Map(servers.map(server => [placeOf(server), server]));
  const roads = new Map<string, Promise<Chain>>();
  for (const [place, server] of places) roads.set(place, reach(server, config.name, looking));
  const toTokens = tokenServer === null ? [] : [await roads.get(placeOf(tokenServer))!];
  const token = await checkToken(config, new Chain(looking, config.name, toTokens), looking);
  return [...(await Promise.all(roads.values())), token];
}

async function checkToken(config: ConnectorConfig, chain: Chain, looking: HttpLooking): Promise<Chain> {
  const { http } = config;
  const { auth } = http;
  const subject = auth.type === 'oauth2' ? auth.tokenUrl.host : `http.auth.type=${auth.type}`;
  const may = mayAsk(http);
  if (may === 'never') {
    const why =
      'not asked for: the code serves once, and without oauth2.refresh.token.file what comes for it would be lost';
    chain.tell('token', subject, skipped(why));
    chain.break('not sent, since asking for a token would use up the authorization code');
    return chain;
  }
  if (may === 'with requests' && !looking.sends) {
    chain.tell(
      'token',
      subject,
      skipped('not asked for: what it is asked for with may be used up; --send and --send-one ask'),
    );
    return chain;
  }
  const { files, clock, timeoutMs, conceal } = looking;
  const { transport, tokenTransport } = createTransports(http, transportOptionsOf(config));
  const parts = { transport: tokenTransport ?? transport, files, clock, timeoutMs, conceal };
  try {
    const ask = askForToken(http, parts);
    if (ask !== null) await chain.step('token', subject, ask);
  } finally {
    await Promise.all([transport.close(), tokenTransport?.close()]);
  }
  return chain;
}
