import type { FastifySchema } from 'fastify';

/** What is said of each operation in the OpenAPI document, by Kafka Connect's names where it has one of the kind. */
const OPERATIONS = {
  serverInfo: { summary: 'Get details about this worker and the ID of the Kafka cluster it is connected to' },
  listConnectors: { summary: 'List all active connectors' },
  createConnector: { summary: 'Create a new connector' },
  getConnector: { summary: 'Get the details for the specified connector' },
  destroyConnector: { summary: 'Delete the specified connector' },
  getConnectorConfig: { summary: 'Get the configuration for the specified connector' },
  putConnectorConfig: { summary: 'Create or reconfigure the specified connector' },
  patchConnectorConfig: { summary: 'Change keys of the configuration of the specified connector' },
  getConnectorStatus: { summary: 'Get the status for the specified connector' },
  restartConnector: { summary: 'Restart the specified connector' },
  pauseConnector: { summary: 'Pause the specified connector' },
  resumeConnector: { summary: 'Resume the specified connector' },
  stopConnector: { summary: 'Stop the specified connector' },
  getTaskConfigs: { summary: 'List all tasks and their configurations for the specified connector' },
  getTaskStatus: { summary: 'Get the state of the specified task for the specified connector' },
  restartTask: { summary: 'Restart the specified task for the specified connector' },
  getConnectorActiveTopics: { summary: 'Get the list of topics actively used by the specified connector' },
  resetConnectorActiveTopics: { summary: 'Reset the list of topics actively used by the specified connector' },
  getOffsets: { summary: 'Get the current offsets for the specified connector' },
  alterConnectorOffsets: { summary: 'Alter the offsets for the specified connector' },
  resetConnectorOffsets: { summary: 'Reset the offsets for the specified connector' },
  listConnectorPlugins: { summary: 'List all connector plugins installed' },
  getConnectorConfigDef: { summary: 'Get the configuration definition for the specified plugin' },
  validateConfigs: { summary: 'Validate the provided configuration against the definition of the specified plugin' },
  listLoggers: { summary: 'List the current loggers that have their levels explicitly set and their log levels' },
  getLogger: { summary: 'Get the log level for the specified logger' },
  setLevel: { summary: 'Set the log level for the specified logger' },
  healthCheck: { summary: 'Health check endpoint to verify worker readiness and liveness' },
  healthLive: { summary: 'Whether the loops of all tasks turn' },
  healthReady: { summary: 'Whether all tasks do or could do their work' },
  healthProgress: { summary: 'Whether what waits for a verdict gets one' },
  metrics: { summary: "Metrics in Prometheus' text format" },
  openApi: { summary: 'This document' },
} as const satisfies Readonly<Record<string, FastifySchema & { summary: string }>>;

export type OperationId = keyof typeof OPERATIONS;

/** A route's schema. It is its documentation: nothing is checked by it. */
export function operation(operationId: OperationId): FastifySchema {
  const schema = { operationId, ...OPERATIONS[operationId] };
  return schema;
}
