import type { ClientProperties, KafkaConfig, WorkerConfig } from '../../config/types.ts';
import { DIRECT } from '../../connector/http/transport/way.ts';
import type { ClientLogLine } from '../kafka/client-log.ts';
import { type ClusterDescription, type Inquiry, openInquiry } from '../kafka/inquiry.ts';
import { KafkaError } from '../task/kafka-error.ts';
import { Chain, type Step } from './chain.ts';
import { bootstrapOf, brokerTls, brokerUrl, placeOf } from './cluster.ts';
import { count, type Found, failed, failedBy, ok } from './finding.ts';
import { connect, type Reaching } from './places.ts';
import { shakeHands } from './tls.ts';

export interface KafkaLooking extends Reaching {
  readonly reader: WorkerConfig['reader'];
  /** The clients' own log. */
  readonly log: (line: ClientLogLine) => void;
  /** Ways to brokers that lead nowhere, and the connector that this was told of. */
  readonly unreached: Map<string, string>;
}

/** What is known of the cluster, and who asks it more. */
export interface Cluster {
  readonly inquiry: Inquiry;
  readonly description: ClusterDescription;
}

/** Brokers of a large cluster are not all looked at. */
const MOST_BROKERS = 50;

/** Every server of bootstrap.servers: one that can be reached is enough. */
export async function reachBrokers(properties: ClientProperties, connector: string, looking: Reaching): Promise<Chain> {
  const servers = bootstrapOf(properties);
  const tls = brokerTls(properties);
  const chains = await Promise.all(
    servers.map(async url => {
      const chain = new Chain(looking, connector);
      await connect(url, chain, looking);
      if (tls === null) return chain;
      const target = { url, way: DIRECT, tls, alpn: [], keys: 'ssl.' };
      await chain.step('tls', placeOf(url), async signal => {
        const { clock, timeoutMs } = looking;
        const { found, ...rest } = await shakeHands(target, { clock, timeoutMs, signal });
        return { found: inWordsOfKafka(found), ...rest };
      });
      return chain;
    }),
  );
  const all = new Chain(looking, connector);
  const reached = chains.some(({ broken }) => broken === null);
  if (!reached && chains.length > 0) all.break('not looked at, since no server of bootstrap.servers can be reached');
  return all;
}

/** What an endpoint's TLS is asked about, of a listener of Kafka's. */
function inWordsOfKafka({ advice, ...found }: Found): Found {
  const isPlain = advice?.startsWith('is it a plain http port') === true;
  return { ...found, advice: isPlain ? 'check its port and security.protocol' : (advice ?? null) };
}

/** Logs in, and asks who is there. */
export function askCluster(
  kafka: KafkaConfig,
  as: 'consumer' | 'producer' | 'admin',
  { reader, log, timeoutMs }: KafkaLooking,
): (signal: { readonly aborted: boolean }) => Promise<Step<Cluster>> {
  return async signal => {
    let inquiry: Inquiry | null = null;
    try {
      inquiry = await openInquiry({ kafka, reader, as, log, timeoutMs });
      const description = await inquiry.cluster();
      if (!signal.aborted)
        return { found: describe(description, inquiry.brokerVersion()), value: { inquiry, description } };
    } catch (error) {
      await inquiry?.close();
      return { found: ofKafka(error) };
    }
    await inquiry.close();
    return { found: failedBy('late', { code: 'ABORTED' }) };
  };
}

/** "HTTP" as the length of an answer of Kafka's. */
const HTTP_ANSWER = 'Invalid response size 1213486160';

/** A fault of the client, in the words that the log of a worker has: how it is, what to do, and in brackets what the client knows. */
export function ofKafka(error: unknown): Found {
  if (!(error instanceof KafkaError)) throw error;
  const { code, message } = error;
  if (message.includes(HTTP_ANSWER))
    return failed('an HTTP server answers there, and no Kafka broker', PLACES, { code });
  const at = message.indexOf(' (');
  const [said, facts] = at === -1 ? [message, ''] : [message.slice(0, at), message.slice(at)];
  const { text, advice } = failedBy(said.replace(', trying on', ''));
  return failed(text + facts, advice ?? (code === CODE_TIMED_OUT ? SLOW : null), { code });
}

/** librdkafka's own. */
const CODE_TIMED_OUT = -185;
const SLOW = 'check that a Kafka broker listens there and network and firewall, or give it longer with --timeout';
const PLACES = 'check host and port of bootstrap.servers';

function describe({ id, controller, brokers }: ClusterDescription, version: string | null): Found {
  const parts = [
    count(brokers.length, 'broker'),
    version === null ? '' : `Kafka ${version} or later`,
    id === null ? '' : `cluster ${id}`,
  ];
  const list = brokers.map(({ id: broker, host, port, rack }) => ({ id: broker, host, port, rack }));
  return ok(parts.filter(Boolean).join(', '), { clusterId: id, controller, version, brokers: list });
}

/** Brokers are spoken to where they say that they listen, which may be a name that only they know. */
export async function reachAdvertised(
  properties: ClientProperties,
  { brokers }: ClusterDescription,
  connector: string,
  looking: Reaching,
): Promise<void> {
  const known = new Set(bootstrapOf(properties).map(placeOf));
  const others = brokers
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
    .filter(place => !known.has(place) && URL.canParse(`https://${place}`));
  await Promise.all(
    others.slice(0, MOST_BROKERS).map(place => connect(brokerUrl(place), new Chain(looking, connector), looking)),
  );
}
