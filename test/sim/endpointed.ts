import type { BatchConfig, ConnectorConfig, EndpointConfig } from '../../config/types.ts';
import { aroundOne } from './bodies.ts';
import type { Chain } from './chain.ts';
import type { EndpointFaults } from './endpoint.ts';
import type { Mixture } from './log.ts';
import type { SeededRandom } from './random.ts';
import { Requests } from './requests.ts';

/** What of a plan several endpoints change, and are drawn by. */
interface Divisible {
  readonly families: ReadonlySet<string>;
  readonly isolation: boolean;
  readonly bounds: 'low' | 'end' | null;
  readonly partitions: number;
  readonly backlog: number;
  readonly topics: number;
  readonly chain: Chain;
  readonly mixture: Mixture;
  readonly endpoint: EndpointFaults;
  readonly connector: ConnectorConfig;
  readonly requests: Requests;
}

/** The same plan with an endpoint for each topic, each with bodies, batches and waits of its own. One of them may be out of order. */
export function endpointed<P extends Divisible>(draw: SeededRandom, plan: P, url: URL): P {
  const { connector, mixture, isolation, chain } = plan;
  const partitions = Math.max(isolation ? 8 : 2, plan.partitions);
  const topics = Math.min(partitions, draw.int(2, 3));
  const endpoints = Array.from({ length: topics }, (_, index) => endpoint(draw, connector, index, url));
  const maxBytes = Math.max(...endpoints.map(({ batch }) => batch.maxBytes));
  return {
    ...plan,
    // What goes to the one that is out of order is more than the buffer.
    backlog: isolation ? 4 * plan.backlog : plan.backlog,
    partitions,
    topics,
    requests: new Requests(null, url, chain, new Map(endpoints.map(({ topics: [topic], http }) => [topic!, http.url]))),
    endpoint: { ...plan.endpoint, ...drawStuck(draw.stream('stuck'), plan) },
    mixture: { ...mixture, near: 0, oversizeBytes: maxBytes, nearBytes: maxBytes - aroundOne(connector.batch) },
    connector: {
      ...connector,
      topics: endpoints.flatMap(one => one.topics),
      endpoints,
    },
  };
}

/** Where the records of a topic go. */
export function endpointOf(config: ConnectorConfig, topic: string): Pick<EndpointConfig, 'batch' | 'http'> {
  return config.endpoints?.find(({ topics }) => topics.includes(topic)) ?? config;
}

function endpoint(draw: SeededRandom, connector: ConnectorConfig, index: number, url: URL): EndpointConfig {
  const { http, values, valueConverter } = connector;
  const batch = index === 0 ? connector.batch : drawBatch(draw, connector.batch, valueConverter.kind === 'string');
  const own = { url: new URL(`/e${index}`, url), retryBackoffMs: draw.pick([50, 200, 1_000]) };
  return { alias: `e${index}`, topics: [`t${index}`], topicsRegex: null, http: { ...http, ...own }, batch, values };
}

function drawBatch(draw: SeededRandom, first: BatchConfig, texts: boolean): BatchConfig {
  const format = texts ? ('joined' as const) : draw.pick(['array', 'ndjson', 'envelope', 'single', 'joined'] as const);
  return {
    ...first,
    format,
    maxRecords: format === 'single' ? 1 : draw.logInt(1, 100),
    maxBytes: draw.chance(0.3) ? draw.int(200, 1_000) : 100_000,
    lingerMs: draw.pick([0, 5, 20, 500]),
    separator: draw.pick(['\n', '', ', ', '\r\n--é--\r\n']),
    content: texts ? 'text' : 'json',
  };
}

/** In the place of a partition that is stuck, or beside all else that goes wrong. */
function drawStuck(draw: SeededRandom, { isolation, families, connector }: Divisible): Partial<EndpointFaults> {
  const asks = isolation || (families.has('stuck partition') && draw.chance(0.5));
  if (!asks) return {};
  const stuckStatus = draw.pick(connector.http.authFailFast ? [503, 429] : [503, 429, 403]);
  return { stuck: -1, stuckTo: -1, stuckAt: '/e0', stuckStatus };
}
