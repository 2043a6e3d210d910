import type { KafkaConfig, WorkerConfig } from '../../config/types.ts';
import { answering, openClient } from './asked-client.ts';
import { BrokerVersions, VERSIONS_CONTEXT } from './broker-versions.ts';
import type { ClientLogLine } from './client-log.ts';
import { nativeAnswers } from './inquiry-native.ts';
import type { Inquiry } from './inquiry-port.ts';
import { portableAnswers } from './inquiry-portable.ts';
import kafka, { type Metadata } from './library.ts';
import { Queries } from './queries.ts';
import type { NativeAddon } from './reader/addon.ts';
import { chosenAddon } from './reader/choose.ts';
import { clientSettings, groupSettings, usesTokens } from './settings.ts';

export type * from './inquiry-port.ts';

/** syslog's. */
const DEBUG_SEVERITY = 7;

export interface InquiryOptions {
  readonly kafka: KafkaConfig;
  readonly reader: WorkerConfig['reader'];
  /** Whose settings the client has: that of the connector's consumer by default. The group is the connector's in any case. */
  readonly as?: 'consumer' | 'producer' | 'admin';
  /** The client's own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** For connecting, and for each answer, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Connects a client that is configured as the connector's, and never joins its group. A login or a handshake that is refused is not tried for long.
 * @throws KafkaError also when no broker is reached in time; ReaderError as `createReader`
 */
export async function openInquiry(options: InquiryOptions): Promise<Inquiry> {
  const { log = () => undefined, timeoutMs } = options;
  const addon = chosenAddon(options.reader);
  const { create, tokens, debugs } = clientOf(options, addon);
  const versions = new BrokerVersions();
  const open = await openClient({
    create,
    tokens,
    addon,
    timeoutMs,
    onceRefused: true,
    log: line => {
      if (!versions.note(line) && (debugs || line.severity < DEBUG_SEVERITY)) log(line);
    },
  });
  const queries = new Queries(() => open.client as kafka.KafkaConsumer);
  const answers =
    addon === null
      ? portableAnswers(open, queries, timeoutMs)
      : nativeAnswers(addon, open, options.kafka.groupId, timeoutMs);
  return {
    ...answers,
    async topicNames() {
      const { topics } = await open.ask<Metadata>(
        (client, timeout, done) => client.getMetadata({ allTopics: true, timeout }, answering(done)),
        timeoutMs,
      );
      return topics.map(({ name }) => name).sort();
    },
    brokerVersion: () => versions.least,
    async close() {
      await queries.settled();
      await open.close();
    },
  };
}

type Client = kafka.KafkaConsumer | kafka.Producer;

/** @param addon null: which requests brokers know is not logged, since a client that logs much while it connects is no safe one */
function clientOf(
  { kafka: config, as = 'consumer' }: InquiryOptions,
  addon: NativeAddon | null,
): {
  readonly create: () => Client;
  readonly tokens: boolean;
  readonly debugs: boolean;
} {
  const [global, topic] = as === 'consumer' ? groupSettings(config) : [clientSettings(config[as]).global, {}];
  const debug = (global as Record<string, unknown>)['debug'];
  const contexts = [debug, addon === null ? undefined : VERSIONS_CONTEXT].filter(each => each !== undefined);
  const asked = { ...global, ...(contexts.length > 0 && { debug: contexts.join(',') }) };
  return {
    create: () =>
      as === 'consumer'
        ? new kafka.KafkaConsumer(asked as kafka.ConsumerGlobalConfig, topic as kafka.ConsumerTopicConfig)
        : new kafka.Producer(asked as kafka.ProducerGlobalConfig),
    tokens: usesTokens(config[as]),
    debugs: debug !== undefined,
  };
}
