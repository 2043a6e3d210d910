const text = { type: 'string' };
const integer = { type: 'integer', format: 'int32' };
const flag = { type: 'boolean' };
const texts = { type: 'array', items: text };
const listOf = (items: object) => ({ type: 'array', items });
const mapOf = (additionalProperties: object) => ({ type: 'object', additionalProperties });
const objectOf = (properties: object) => ({ type: 'object', properties });

const taskId = objectOf({ connector: text, task: integer });
const state = { state: text, worker_id: text, version: text, trace: text };
const taskState = objectOf({ id: integer, ...state });
const configuration = mapOf(text);
const connectorInfo = objectOf({
  name: text,
  config: configuration,
  tasks: listOf(taskId),
  type: { type: 'string', enum: ['source', 'sink', 'unknown'] },
});
const connectorState = objectOf({
  name: text,
  connector: objectOf(state),
  tasks: listOf(taskState),
  type: { type: 'string', enum: ['source', 'sink', 'unknown'] },
});
const configKeyInfo = objectOf({
  name: text,
  type: text,
  required: flag,
  default_value: { type: 'string', nullable: true },
  importance: text,
  documentation: text,
  group: { type: 'string', nullable: true },
  order: integer,
  width: text,
  display_name: text,
  dependents: texts,
});
const configValueInfo = objectOf({
  name: text,
  value: { type: 'string', nullable: true },
  recommended_values: texts,
  errors: texts,
  visible: flag,
});
const loggerLevel = objectOf({ level: text, last_modified: { type: 'integer', format: 'int64', nullable: true } });

/** By Kafka Connect's names, where its document has them. */
const SCHEMAS = {
  Error: objectOf({ error_code: integer, message: text }),
  ServerInfo: objectOf({ version: text, commit: text, kafka_cluster_id: { type: 'string', nullable: true } }),
  ConnectorList: {
    anyOf: [texts, mapOf(objectOf({ status: connectorState, info: connectorInfo }))],
  },
  ConnectorInfo: connectorInfo,
  ConnectorStateInfo: connectorState,
  CreateConnectorRequest: {
    ...objectOf({
      name: text,
      config: configuration,
      initial_state: { type: 'string', enum: ['RUNNING', 'PAUSED', 'STOPPED'] },
    }),
    required: ['config'],
    additionalProperties: false,
  },
  Configuration: configuration,
  ConfigurationPatch: mapOf({ type: 'string', nullable: true }),
  TaskInfos: listOf(objectOf({ id: taskId, config: configuration })),
  TaskState: taskState,
  ActiveTopics: mapOf(objectOf({ topics: texts })),
  ConnectorOffsets: {
    ...objectOf({
      offsets: listOf(
        objectOf({
          partition: objectOf({ kafka_topic: text, kafka_partition: integer }),
          offset: { ...objectOf({ kafka_offset: { type: 'integer', format: 'int64' } }), nullable: true },
        }),
      ),
    }),
    additionalProperties: false,
  },
  Message: objectOf({ message: text }),
  PluginInfos: listOf(objectOf({ class: text, type: text, version: text })),
  ConfigKeyInfos: listOf(configKeyInfo),
  ConfigInfos: objectOf({
    name: text,
    error_count: integer,
    groups: texts,
    configs: listOf(objectOf({ definition: { ...configKeyInfo, nullable: true }, value: configValueInfo })),
  }),
  LoggerLevel: loggerLevel,
  LoggerLevels: mapOf(loggerLevel),
  Level: objectOf({ level: text }),
  Names: texts,
  Health: { ...objectOf({ status: text, message: text }), additionalProperties: true },
  Text: text,
  Document: { type: 'object', additionalProperties: true },
  Flag: { type: 'boolean', default: false },
  FlagOn: { type: 'boolean', default: true },
  Scope: { type: 'string', default: 'worker' },
  Expansions: { type: 'array', items: { type: 'string', enum: ['status', 'info'] } },
} as const;

type SchemaName = keyof typeof SCHEMAS;

/** What is said of one operation. */
export interface Documented {
  readonly summary: string;
  readonly description?: string;
  readonly query?: Readonly<Record<string, SchemaName>>;
  readonly body?: SchemaName;
  /** By status; null: without a body. */
  readonly answers: Readonly<Record<number, SchemaName | null>>;
}

export function parametersOf({ query }: Documented): object {
  if (query === undefined) return {};
  const properties = Object.fromEntries(Object.entries(query).map(([name, schema]) => [name, SCHEMAS[schema]]));
  return { querystring: { type: 'object', properties } };
}

export function bodyOf({ body }: Documented): object {
  return body === undefined ? {} : { body: SCHEMAS[body], consumes: ['application/json'] };
}

export function responsesOf({ answers }: Documented): object {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      schema === null ? { type: 'null', description: 'Done' } : { description: schema, ...SCHEMAS[schema] },
    ]),
  );
}
