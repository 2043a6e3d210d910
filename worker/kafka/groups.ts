import type { ConnectorConfig, WorkerConfig } from '../../config/types.ts';
import { type Groups, OffsetsError, type SinkOffset } from '../herder.ts';
import type { KafkaError } from '../task/kafka-error.ts';
import type { TopicPartition } from '../task/ports.ts';
import { byPartition } from '../task/topic-partition.ts';
import { type AskedClient, answering, withAskedClient } from './asked-client.ts';
import type { ClientLogLine } from './client-log.ts';
import { createClusterId } from './cluster-id.ts';
import { toError } from './faults.ts';
import type { Done, NativeOffset } from './group-addon.ts';
import kafka, { type Metadata, type TopicPartitionOffset } from './library.ts';
import type { NativeAddon } from './reader/addon.ts';
import { chosenAddon, unusable } from './reader/choose.ts';
import { groupSettings, usesTokens } from './settings.ts';

const { ERR_UNKNOWN_MEMBER_ID, ERR_GROUP_SUBSCRIBED_TO_TOPIC, ERR_NON_EMPTY_GROUP, ERR_GROUP_ID_NOT_FOUND } =
  kafka.CODES.ERRORS;

const TIMEOUT_MS = 25_000;

export interface GroupsOptions {
  readonly worker: Pick<WorkerConfig, 'reader' | 'admin'>;
  /** The clients' own log. */
  readonly log?: (line: ClientLogLine) => void;
  /** Why the brokers did not do what was asked: errors say no more than Kafka Connect's do. */
  readonly onFailure?: (connector: string, text: string) => void;
  /** For one answer, milliseconds; 25,000 by default: whoever waits for one of REST waits no longer for the brokers. */
  readonly timeoutMs?: number;
}

type Client = kafka.KafkaConsumer;
type Asked = AskedClient<Client>;
type Answer = readonly NativeOffset[];

/**
 * The groups of connectors, each asked for with a client of its own that is configured as the connector's consumer, and never joins. What fails has
 * the words that Kafka Connect's worker has for it.
 */
export function createGroups(options: GroupsOptions): Groups {
  const { worker, log = () => undefined, onFailure = () => undefined, timeoutMs = TIMEOUT_MS } = options;

  async function using<T>(
    { name, kafka: settings }: ConnectorConfig,
    failed: (error: KafkaError) => string,
    use: (client: Asked, group: string) => Promise<T>,
  ): Promise<T> {
    const create = (): Client => new kafka.KafkaConsumer(...groupSettings(settings));
    const tokens = usesTokens(settings.consumer);
    const addon = chosenAddon(worker.reader);
    try {
      return await withAskedClient({ create, tokens, log, addon, timeoutMs }, client => use(client, settings.groupId));
    } catch (error) {
      const cause = toError(error);
      const text = failed(cause);
      onFailure(name, `${text}: ${cause.message}`);
      throw new OffsetsError(text, cause);
    }
  }

  function needed(text: string): NativeAddon {
    const addon = chosenAddon(worker.reader);
    if (addon === null) throw new OffsetsError(`${text}: ${unusable(worker.reader)}`);
    return addon;
  }

  return {
    async offsets(config) {
      const text = `Failed to retrieve consumer group offsets for sink connector ${config.name}`;
      const addon = chosenAddon(worker.reader);
      const { topics } = config;
      if (addon === null && topics === null) throw new OffsetsError(`${text}: ${unusable(worker.reader)}`);
      return using(
        config,
        () => text,
        async (client, group) => {
          const ask = (one: Client, ms: number, done: Done<Answer>) =>
            addon!.groupOffsets(one.getClient(), group, ms, done);
          const answer = addon === null ? await offsetsOf(topics!, client) : await client.ask(ask);
          return sorted(checked(answer).filter(({ offset }) => offset >= 0));
        },
      );
    },
    async alter(config, offsets) {
      const wrong = offsets.find(({ offset }) => offset !== null && offset < 0);
      if (wrong !== undefined) {
        const text = `Failed to modify offsets for sink connector ${config.name}`;
        onFailure(config.name, `${text}: invalid negative offset ${wrong.offset}`);
        throw new OffsetsError(text);
      }
      const addon = needed(`Failed to alter consumer group offsets for connector ${config.name}`);
      const kept = offsets.filter(({ offset }) => offset !== null);
      const dropped = offsets.filter(({ offset }) => offset === null);
      await using(
        config,
        cause => alterFailed(config.name, cause),
        async (client, group) => {
          const alter = (one: Client, ms: number, done: Done<Answer>) =>
            addon.alterGroupOffsets(one.getClient(), group, kept, ms, done);
          const drop = (one: Client, ms: number, done: Done<Answer>) =>
            addon.deleteGroupOffsets(one.getClient(), group, dropped, ms, done);
          if (kept.length > 0) checked(await client.ask(alter));
          if (dropped.length > 0) checked(await client.ask(drop));
        },
      );
    },
    async reset(config) {
      const addon = needed(`Failed to reset consumer group offsets for connector ${config.name}`);
      await using(
        config,
        cause => resetFailed(config.name, cause),
        async (client, group) => {
          const remove = (one: Client, ms: number, done: Done<Answer>) =>
            addon.deleteGroup(one.getClient(), group, ms, done);
          await client.ask(remove).catch((error: KafkaError) => {
            if (error.code !== ERR_GROUP_ID_NOT_FOUND) throw error;
          });
        },
      );
    },
    clusterId: createClusterId({ worker, log }),
  };
}

/** Without the addon one can ask about partitions that one knows: those of the connector's topics. */
async function offsetsOf(topics: readonly string[], client: Asked): Promise<Answer> {
  const list: TopicPartition[] = [];
  for (const topic of topics) {
    const told = await client.ask<Metadata>((one, timeout, done) =>
      one.getMetadata({ topic, allTopics: false, timeout }, answering(done)),
    );
    const partitions = told.topics.find(({ name }) => name === topic)?.partitions ?? [];
    list.push(...partitions.map(({ id }) => ({ topic, partition: id })));
  }
  if (list.length === 0) return [];
  const answer = await client.ask<readonly (Partial<TopicPartitionOffset> | Error)[]>((one, ms, done) =>
    one.committed(list, ms, answering(done as Done<TopicPartitionOffset[]>)),
  );
  return list.map((at, i) => {
    const one = answer[i];
    return one instanceof Error
      ? { ...at, offset: -1, code: toError(one).code }
      : { ...at, offset: one?.offset ?? -1, code: 0 };
  });
}

/** @throws KafkaError for the first partition that was refused */
function checked(partitions: Answer): Answer {
  for (const { topic, partition, code } of partitions) {
    if (code === 0) continue;
    const { message } = toError(code);
    throw toError({ code, message: `${topic}-${partition}: ${message}` });
  }
  return partitions;
}

function sorted(partitions: Answer): readonly SinkOffset[] {
  return partitions.map(({ topic, partition, offset }) => ({ topic, partition, offset })).sort(byPartition);
}

function alterFailed(connector: string, { code }: KafkaError): string {
  return code === ERR_UNKNOWN_MEMBER_ID || code === ERR_GROUP_SUBSCRIBED_TO_TOPIC
    ? hasMembers('alter', connector)
    : `Failed to alter consumer group offsets for connector ${connector}`;
}

function resetFailed(connector: string, { code }: KafkaError): string {
  return code === ERR_NON_EMPTY_GROUP
    ? hasMembers('reset', connector)
    : `Failed to reset consumer group offsets for connector ${connector}`;
}

/** In the words of Kafka Connect's Worker: the tasks have not gone yet, or came back. */
function hasMembers(what: 'alter' | 'reset', connector: string): string {
  return (
    `Failed to ${what} consumer group offsets for connector ${connector} either because its tasks haven't stopped completely yet or the ` +
    `connector was resumed before the request to ${what} its offsets could be successfully completed. If the connector is in a stopped ` +
    "state, this operation can be safely retried. If it doesn't eventually succeed, the Connect cluster may need to be restarted to get " +
    'rid of the zombie sink tasks.'
  );
}
