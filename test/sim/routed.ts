import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig } from '../../config/types.ts';
import type { Chain } from './chain.ts';
import type { EndpointFaults } from './endpoint.ts';
import type { Mixture } from './log.ts';
import type { SeededRandom } from './random.ts';
import { Requests } from './requests.ts';
import { drawRouting, type Routing, routeOf } from './routing.ts';

/** Of a request: what a record with all that it tells, in the largest template, fits into twice. */
const LEAST_BYTES = 700;

/** What of a plan a route changes, and is drawn by. */
interface Routable {
  readonly families: ReadonlySet<string>;
  readonly isolation: boolean;
  readonly chain: Chain;
  readonly mixture: Mixture;
  readonly maxBodyBytes: number;
  readonly endpoint: EndpointFaults;
  readonly connector: ConnectorConfig;
  readonly routing: Routing | null;
  readonly requests: Requests;
}

/** The same plan, with a route: records say where they go. @param url where all go that say nothing */
export function routed<P extends Routable>(draw: SeededRandom, plan: P, url: URL): P {
  const { connector, mixture, isolation, families, maxBodyBytes, chain } = plan;
  const { http, batch, values, valueConverter, delivery } = connector;
  const routing = drawRouting(draw, { format: batch.format, texts: valueConverter.kind === 'string', isolation });
  // Records are larger by what they tell, and by what templates add.
  const larger = Math.max(0, LEAST_BYTES - batch.maxBytes);
  const maxBytes = batch.maxBytes + larger;
  const { deleteUrl, sendsNulls, fixed } = routing;
  const deletes = deleteUrl !== null;
  const failing = families.has('poison');
  const fits = routing.body === null && !routing.bodiless;
  return {
    ...plan,
    routing,
    requests: new Requests(routing, url, chain),
    endpoint: { ...plan.endpoint, ...drawStuck(draw.stream('stuck'), plan, routing) },
    maxBodyBytes: maxBodyBytes < batch.maxBytes ? Math.ceil(maxBytes / 2) : maxBodyBytes,
    mixture: {
      ...mixture,
      null: deletes || sendsNulls ? draw.pick([mixture.null, 0.05, 0.3]) : mixture.null,
      undeletable: deletes && failing ? 0.02 : 0,
      near: fits ? mixture.near : 0,
      nearBytes: mixture.nearBytes + larger,
      oversizeBytes: maxBytes,
      tells: { ...routing.tells, missing: routing.tells.strays && !failing ? 0 : routing.tells.missing },
    },
    connector: {
      ...connector,
      keyConverter: routing.keyConverter,
      http: {
        ...http,
        route: routeOf(routing, url),
        headers: Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, new Secret(value)])),
      },
      batch: { ...batch, maxBytes },
      values: { ...values, onNull: deletes ? 'delete' : sendsNulls ? 'send' : values.onNull },
      // A record holds several times its value where it has a destination of its own.
      delivery: isolation ? { ...delivery, bufferMaxBytes: 3 * delivery.bufferMaxBytes } : delivery,
    },
  };
}

/** With one partition stuck, the same may come of one destination that only its records have. */
function drawStuck(
  draw: SeededRandom,
  { isolation, families }: Routable,
  { separates }: Routing,
): Pick<EndpointFaults, 'stuckTo'> & Partial<EndpointFaults> {
  if (isolation && separates && draw.chance(0.5)) return { stuck: -1, stuckTo: 0 };
  return { stuckTo: separates && families.has('stuck destination') ? 0 : -1 };
}
