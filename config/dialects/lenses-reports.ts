import { differs, fault, ignored, type Statement, set } from './dialect.ts';
import { ERROR_REPORTS, type Lenses, SUCCESS_REPORTS } from './lenses-keys.ts';

/** As `ReportHeadersConstants` has them. */
const PLACE = 'topic:input_topic,partition:input_partition,offset:input_offset,timestamp:input_timestamp';
const ANSWER = 'value:input_payload,response:response_content,status:response_status_code';

interface Topic {
  readonly ours: 'success' | 'error';
  readonly prefix: string;
  readonly enabled: boolean;
  readonly topic: string | null;
  readonly servers: string | null;
  readonly partition: number | null;
  readonly headers: string;
}

export function* reports(peer: Lenses): Iterable<Statement> {
  const { values } = peer;
  const topics: readonly Topic[] = [
    {
      ours: 'success',
      prefix: SUCCESS_REPORTS,
      enabled: values.successEnabled,
      topic: values.successTopic,
      servers: values.successServers,
      partition: values.successPartition,
      headers: `${PLACE},${ANSWER}`,
    },
    {
      ours: 'error',
      prefix: ERROR_REPORTS,
      enabled: values.errorsEnabled,
      topic: values.errorsTopic,
      servers: values.errorsServers,
      partition: values.errorsPartition,
      headers: `${PLACE},${ANSWER},reason:error_message`,
    },
  ];
  for (const topic of topics) {
    if (topic.enabled) yield* oneTopic(topic);
    else yield* idle(peer, topic);
  }
  yield* clients(
    peer,
    topics.filter(({ enabled }) => enabled),
  );
}

const PARTS = ['topic', 'bootstrap.servers', 'sasl.jaas.config', 'security.protocol', 'sasl.mechanism', 'partition'];

function* idle({ family }: Lenses, { prefix }: Topic): Iterable<Statement> {
  for (const rest of [...PARTS, ...family(prefix).keys()]) yield ignored(prefix + rest, `${prefix}enabled is false`);
}

function* oneTopic({ ours, prefix, topic, servers, partition, headers }: Topic): Iterable<Statement> {
  const required = `is required with ${prefix}enabled=true`;
  if (topic === null) yield fault('missing', `${prefix}topic`, required);
  else yield set(`reporter.${ours}.topic.name`, topic, `${prefix}topic`);
  if (servers === null) yield fault('missing', `${prefix}bootstrap.servers`, required);
  yield set(`reporter.${ours}.value`, 'record', `${prefix}enabled`);
  yield set(`reporter.${ours}.format`, 'text', `${prefix}enabled`);
  yield set(`reporter.${ours}.headers`, headers, `${prefix}enabled`);
  yield differs(
    `${prefix}enabled`,
    'reports each record, with its key and value: Lenses’ sink reports a request, with its body',
  );
  if (partition !== null && partition >= 0) {
    yield differs(`${prefix}partition`, 'has no effect: the keys of the records choose the partitions of reports');
  }
}

/** The reporter's client, by the keys behind its prefix. Both topics have the same one here. */
function* clients(peer: Lenses, enabled: readonly Topic[]): Iterable<Statement> {
  const [first, second] = enabled;
  if (first === undefined) return;
  const of = (topic: Topic) => clientKeys(peer, topic);
  if (second !== undefined && JSON.stringify([...of(first)].sort()) !== JSON.stringify([...of(second)].sort())) {
    const what = `must be as the keys of ${first.prefix} are: reports of successes and errors have one client here`;
    yield fault('unsupported', `${second.prefix}bootstrap.servers`, what);
    return;
  }
  for (const topic of enabled) {
    for (const [rest, written] of of(topic)) {
      const from = topic.prefix + rest;
      if (rest === 'bootstrap.servers') yield set('reporter.bootstrap.servers', written, from);
      else {
        yield set(`reporter.producer.${rest}`, written, from);
        if (/^(?:security|sasl|ssl)\./.test(rest)) yield set(`reporter.admin.${rest}`, written, from);
      }
    }
  }
}

const OF_CLIENT = ['bootstrap.servers', 'sasl.jaas.config', 'security.protocol', 'sasl.mechanism'];
/** Serializers of reports are the sink's own. */
const SERIALIZERS = ['key.serializer', 'value.serializer'];

function clientKeys({ family, text }: Lenses, { prefix }: Topic): ReadonlyMap<string, string> {
  const own = OF_CLIENT.map(rest => [rest, text(prefix + rest)?.trim() ?? ''] as const);
  const others = [...family(prefix)].filter(([rest]) => !SERIALIZERS.includes(rest));
  return new Map([...own, ...others].filter(([, written]) => written !== ''));
}
