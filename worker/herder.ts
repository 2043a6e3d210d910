import type { PluginInfo } from '../config/define.ts';
import type { ConfigInfos, ConfigKeyInfo } from '../config/definitions/config-infos.ts';
import type { ExplainedSource } from '../config/explain.ts';
import type { ConnectorConfig, TargetState, WrittenProperties } from '../config/types.ts';
import { TailraceError } from '../connector/errors.ts';
import type { ConnectorStatus, RestartRequest } from './status.ts';

/** Kafka Connect's ConnectorInfo, as far as it is not always the same. */
export interface ConnectorInfo {
  readonly name: string;
  /** Secrets among them render as `[hidden]`. */
  readonly config: WrittenProperties;
  /** Ids of its tasks. */
  readonly tasks: readonly number[];
}

/** Where the group of a connector is in a partition. */
export interface SinkOffset {
  readonly topic: string;
  readonly partition: number;
  /** Null in a request: the partition is to have none. */
  readonly offset: number | null;
}

/**
 * What can be asked of the connectors of this worker, in Kafka Connect's words and by its rules: REST is one of those who ask. Changes count, and
 * can be read, from when these return; what they lead to is seen in the status.
 *
 * Every method about one connector throws NoConnectorError where there is none of the name, and every one that changes something
 * StateStoreError where that could not be written, in which case nothing has changed, and WorkerStoppingError for a connector that would be new.
 */
export interface Herder {
  readonly names: readonly string[];
  info(name: string): ConnectorInfo;
  status(name: string): ConnectorStatus;
  /** What becomes of each key of its configuration; no secrets. */
  explain(name: string): ExplainedSource;
  /** Topics that its tasks have read from since the start or since `resetTopics`; none for a connector that does not exist. */
  topics(name: string): readonly string[];
  resetTopics(name: string): void;
  /**
   * @param properties as sent, with `name`
   * @throws InvalidConnectorError, ConnectorExistsError
   */
  create(properties: Readonly<Record<string, string>>, target: TargetState | null): Promise<ConnectorInfo>;
  /** Creates it or replaces its configuration; `[hidden]` keeps the secret that there is. @throws InvalidConnectorError */
  put(
    name: string,
    properties: Readonly<Record<string, string>>,
  ): Promise<{ readonly created: boolean; readonly info: ConnectorInfo }>;
  /** @param changes null takes a key out. @throws InvalidConnectorError */
  patch(name: string, changes: Readonly<Record<string, string | null>>): Promise<ConnectorInfo>;
  delete(name: string): Promise<void>;
  /** Pause, resume and stop. */
  aim(name: string, target: TargetState): Promise<void>;
  /** @returns what is to be answered: what is restarted is RESTARTING */
  restart(name: string, request: RestartRequest): ConnectorStatus;
  /** @throws NoTaskError */
  restartTask(name: string, id: number): void;
  /** @throws OffsetsError */
  offsets(name: string): Promise<readonly SinkOffset[]>;
  /** @throws OffsetsError, NotStoppedError */
  alterOffsets(name: string, offsets: readonly SinkOffset[]): Promise<void>;
  /** All of them: the group is deleted. @throws OffsetsError, NotStoppedError */
  resetOffsets(name: string): Promise<void>;
  readonly plugins: readonly PluginInfo[];
  /** The definitions of a plugin's keys; null for one that is not known. By full name, simple name or alias. */
  definitions(plugin: string): readonly ConfigKeyInfo[] | null;
  /** `[hidden]` is the secret of the connector that has the name. @throws InvalidConnectorError for a class that is not known, or not that of the plugin */
  validate(plugin: string, properties: Readonly<Record<string, string>>): ConfigInfos;
  /** Null: the brokers have not told it yet. */
  clusterId(): Promise<string | null>;
}

/** Kafka Connect's NotFoundException. */
export class NoConnectorError extends TailraceError {
  override readonly name = 'NoConnectorError';

  constructor(connector: string) {
    super(`Connector ${connector} not found`, 'NO_CONNECTOR', false);
  }
}

/** Kafka Connect's AlreadyExistsException. */
export class ConnectorExistsError extends TailraceError {
  override readonly name = 'ConnectorExistsError';

  constructor(connector: string) {
    super(`Connector ${connector} already exists`, 'CONNECTOR_EXISTS', false);
  }
}

export class WorkerStoppingError extends TailraceError {
  override readonly name = 'WorkerStoppingError';

  constructor() {
    super('The worker is stopping', 'WORKER_STOPPING', true);
  }
}

export class NoTaskError extends TailraceError {
  override readonly name = 'NoTaskError';

  constructor(connector: string, task: number) {
    super(`Unknown task: ${connector}-${task}`, 'NO_TASK', false);
  }
}

/** Offsets may change while no task is a member of the group (KIP-875). */
export class NotStoppedError extends TailraceError {
  override readonly name = 'NotStoppedError';

  constructor(connector: string) {
    super(
      'Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified connector ' +
        `by issuing a 'PUT' request to the '/connectors/${connector}/stop' endpoint`,
      'NOT_STOPPED',
      false,
    );
  }
}

/** What the brokers were asked about a group, or told, and did not do. */
export class OffsetsError extends TailraceError {
  override readonly name = 'OffsetsError';

  constructor(message: string, cause?: unknown) {
    super(message, 'OFFSETS', true, cause);
  }
}

/** The consumer groups of connectors, asked for or changed from outside of their tasks. */
export interface Groups {
  /** Of the connector's whole group. @throws OffsetsError */
  offsets(config: ConnectorConfig): Promise<readonly SinkOffset[]>;
  /** @param offsets each partition once. @throws OffsetsError also while the group has members */
  alter(config: ConnectorConfig, offsets: readonly SinkOffset[]): Promise<void>;
  /** Deletes the group; one that does not exist is fine. @throws OffsetsError */
  reset(config: ConnectorConfig): Promise<void>;
  /** Null: the brokers have not told it. */
  clusterId(): Promise<string | null>;
}
