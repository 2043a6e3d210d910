import type { FastifySchema } from 'fastify';
import { bodyOf, type Documented, parametersOf, responsesOf } from './schemas.ts';

/**
 * What is said of each operation in the OpenAPI document, by Kafka Connect's names where it has one of the kind.
 * Errors that every operation has are not repeated.
 */
const OPERATIONS = {
  serverInfo: {
    summary: 'Get details about this Connect worker and the ID of the Kafka cluster it is connected to',
    answers: { 200: 'ServerInfo' },
  },
  listConnectors: {
    summary: 'List all active connectors',
    query: { expand: 'Expansions' },
    answers: { 200: 'ConnectorList' },
  },
  createConnector: {
    summary: 'Create a new connector',
    body: 'CreateConnectorRequest',
    answers: { 201: 'ConnectorInfo', 400: 'Error', 409: 'Error', 500: 'Error' },
  },
  getConnector: {
    summary: 'Get the details for the specified connector',
    answers: { 200: 'ConnectorInfo', 404: 'Error' },
  },
  destroyConnector: {
    summary: 'Delete the specified connector',
    description: 'Its consumer group, and so its offsets, stay.',
    answers: { 204: null, 404: 'Error', 500: 'Error' },
  },
  getConnectorConfig: {
    summary: 'Get the configuration for the specified connector',
    description: 'Secrets are `[hidden]`; written back as that they stay what they are.',
    answers: { 200: 'Configuration', 404: 'Error' },
  },
  putConnectorConfig: {
    summary: 'Create or reconfigure the specified connector',
    body: 'Configuration',
    answers: { 200: 'ConnectorInfo', 201: 'ConnectorInfo', 400: 'Error', 500: 'Error' },
  },
  patchConnectorConfig: {
    summary: 'Change keys of the configuration of the specified connector',
    description: 'A null takes a key out.',
    body: 'ConfigurationPatch',
    answers: { 200: 'ConnectorInfo', 400: 'Error', 404: 'Error', 500: 'Error' },
  },
  getConnectorStatus: {
    summary: 'Get the status for the specified connector',
    answers: { 200: 'ConnectorStateInfo', 404: 'Error' },
  },
  restartConnector: {
    summary: 'Restart the specified connector',
    query: { includeTasks: 'Flag', onlyFailed: 'Flag' },
    answers: { 202: 'ConnectorStateInfo', 204: null, 404: 'Error' },
  },
  pauseConnector: {
    summary: 'Pause the specified connector',
    description: 'This operation is idempotent and has no effects if the connector is already paused',
    answers: { 202: null, 404: 'Error', 500: 'Error' },
  },
  resumeConnector: {
    summary: 'Resume the specified connector',
    description: 'This operation is idempotent and has no effects if the connector is already running',
    answers: { 202: null, 404: 'Error', 500: 'Error' },
  },
  stopConnector: {
    summary: 'Stop the specified connector',
    description: 'This operation is idempotent and has no effects if the connector is already stopped',
    answers: { 204: null, 404: 'Error', 500: 'Error' },
  },
  getTaskConfigs: {
    summary: 'List all tasks and their configurations for the specified connector',
    answers: { 200: 'TaskInfos', 404: 'Error' },
  },
  getTaskStatus: {
    summary: 'Get the state of the specified task for the specified connector',
    answers: { 200: 'TaskState', 404: 'Error' },
  },
  restartTask: {
    summary: 'Restart the specified task for the specified connector',
    answers: { 204: null, 404: 'Error' },
  },
  getConnectorActiveTopics: {
    summary: 'Get the list of topics actively used by the specified connector',
    answers: { 200: 'ActiveTopics', 403: 'Error' },
  },
  resetConnectorActiveTopics: {
    summary: 'Reset the list of topics actively used by the specified connector',
    answers: { 202: null, 403: 'Error' },
  },
  getOffsets: {
    summary: 'Get the current offsets for the specified connector',
    answers: { 200: 'ConnectorOffsets', 404: 'Error', 500: 'Error' },
  },
  alterConnectorOffsets: {
    summary: 'Alter the offsets for the specified connector',
    body: 'ConnectorOffsets',
    answers: { 200: 'Message', 400: 'Error', 404: 'Error', 500: 'Error' },
  },
  resetConnectorOffsets: {
    summary: 'Reset the offsets for the specified connector',
    answers: { 200: 'Message', 400: 'Error', 404: 'Error', 500: 'Error' },
  },
  listConnectorPlugins: {
    summary: 'List all connector plugins installed',
    query: { connectorsOnly: 'FlagOn' },
    answers: { 200: 'PluginInfos' },
  },
  getConnectorConfigDef: {
    summary: 'Get the configuration definition for the specified pluginName',
    answers: { 200: 'ConfigKeyInfos', 404: 'Error' },
  },
  validateConfigs: {
    summary: 'Validate the provided configuration against the configuration definition for the specified pluginName',
    body: 'Configuration',
    answers: { 200: 'ConfigInfos', 400: 'Error', 500: 'Error' },
  },
  listLoggers: {
    summary: 'List the current loggers that have their levels explicitly set and their log levels',
    answers: { 200: 'LoggerLevels' },
  },
  getLogger: {
    summary: 'Get the log level for the specified logger',
    answers: { 200: 'LoggerLevel', 404: 'Error' },
  },
  setLevel: {
    summary: 'Set the log level for the specified logger',
    query: { scope: 'Scope' },
    body: 'Level',
    answers: { 200: 'Names', 204: null, 400: 'Error', 404: 'Error', 500: 'Error' },
  },
  healthCheck: {
    summary: 'Health check endpoint to verify worker readiness and liveness',
    answers: { 200: 'Health', 503: 'Health' },
  },
  healthLive: { summary: 'Whether the loops of all tasks turn', answers: { 200: 'Health', 503: 'Health' } },
  healthReady: { summary: 'Whether all tasks do or could do their work', answers: { 200: 'Health', 503: 'Health' } },
  healthProgress: { summary: 'Whether what waits for a verdict gets one', answers: { 200: 'Health', 503: 'Health' } },
  metrics: { summary: "Metrics in Prometheus' text format", answers: { 200: 'Text' } },
  openApi: { summary: 'This document', answers: { 200: 'Document' } },
} as const satisfies Readonly<Record<string, Documented>>;

export type OperationId = keyof typeof OPERATIONS;

/** A route's schema. It is its documentation: nothing is checked by it. */
export function operation(operationId: OperationId): FastifySchema {
  const documented: Documented = OPERATIONS[operationId];
  const { summary, description } = documented;
  const schema = {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    ...parametersOf(documented),
    ...bodyOf(documented),
    response: responsesOf(documented),
  };
  return schema;
}
