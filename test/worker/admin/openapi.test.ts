import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asking } from './asking.ts';
import { configuration, startScriptedWorker } from './running-worker.ts';

/** The operations of Kafka Connect 4.1, as its own document has them: parameters of the query behind them, with their defaults. */
const CONNECT: readonly string[] = [
  'GET / serverInfo',
  'GET /admin/loggers listLoggers',
  'GET /admin/loggers/{logger} getLogger',
  'PUT /admin/loggers/{logger} setLevel scope=worker body',
  'GET /connector-plugins listConnectorPlugins connectorsOnly=true',
  'GET /connector-plugins/{pluginName}/config getConnectorConfigDef',
  'PUT /connector-plugins/{pluginName}/config/validate validateConfigs body',
  'GET /connectors listConnectors',
  'POST /connectors createConnector body',
  'DELETE /connectors/{connector} destroyConnector',
  'GET /connectors/{connector} getConnector',
  'GET /connectors/{connector}/config getConnectorConfig',
  'PATCH /connectors/{connector}/config patchConnectorConfig body',
  'PUT /connectors/{connector}/config putConnectorConfig body',
  'DELETE /connectors/{connector}/offsets resetConnectorOffsets',
  'GET /connectors/{connector}/offsets getOffsets',
  'PATCH /connectors/{connector}/offsets alterConnectorOffsets body',
  'PUT /connectors/{connector}/pause pauseConnector',
  'POST /connectors/{connector}/restart restartConnector includeTasks=false onlyFailed=false',
  'PUT /connectors/{connector}/resume resumeConnector',
  'GET /connectors/{connector}/status getConnectorStatus',
  'PUT /connectors/{connector}/stop stopConnector',
  'GET /connectors/{connector}/tasks getTaskConfigs',
  'POST /connectors/{connector}/tasks/{task}/restart restartTask',
  'GET /connectors/{connector}/tasks/{task}/status getTaskStatus',
  'GET /connectors/{connector}/topics getConnectorActiveTopics',
  'PUT /connectors/{connector}/topics/reset resetConnectorActiveTopics',
  'GET /health healthCheck',
];

/** What we have beside it. Kafka Connect reads `expand` and does not say so; a plugin has one version here. */
const OURS: readonly string[] = [
  'GET /health/live healthLive',
  'GET /health/progress healthProgress',
  'GET /health/ready healthReady',
  'GET /metrics metrics',
  'GET /openapi.json openApi',
];

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { in: string; name: string; schema: { default?: unknown } }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

function described(method: string, path: string, { operationId, parameters = [], requestBody }: Operation): string {
  const query = parameters.filter(parameter => parameter.in === 'query' && parameter.name !== 'expand');
  const names = query.map(({ name, schema }) => `${name}=${schema.default}`);
  const body = requestBody === undefined ? [] : ['body'];
  return [method.toUpperCase(), path, operationId, ...names, ...body].join(' ');
}

test('the document has every operation of Kafka Connect for sinks, its own, and no others', async t => {
  const ask = asking((await startScriptedWorker(t)).url);
  const { openapi, paths } = JSON.parse((await ask('GET', '/openapi.json')).text) as Document;
  assert.match(openapi, /^3\.0\./);
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'head')
      .map(([method, operation]) => described(method, path, operation)),
  );
  assert.deepEqual(found.sort(), [...CONNECT, ...OURS].sort());
});

test('each operation of the document is there, and each parameter of its path is named', async t => {
  const ask = asking((await startScriptedWorker(t)).url);
  const { paths } = JSON.parse((await ask('GET', '/openapi.json')).text) as Document;
  for (const [path, methods] of Object.entries(paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const [method, operation] of Object.entries(methods)) {
      const parameters = (operation.parameters ?? []).filter(parameter => parameter.in === 'path');
      assert.deepEqual(parameters.map(({ name }) => name).sort(), [...names].sort(), path);
      const { status } = await ask(method.toUpperCase(), path.replaceAll(/[{}]/g, ''));
      assert.notEqual(status, 405, `${method} ${path}`);
    }
  }
});

/** Members of what is answered, by Kafka Connect's names for it. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  '/': ['version', 'commit', 'kafka_cluster_id'],
  '/connectors/{connector}': ['name', 'config', 'tasks', 'type'],
  '/connectors/{connector}/status': ['name', 'connector', 'tasks', 'type'],
  '/connectors/{connector}/offsets': ['offsets'],
  '/connectors/{connector}/tasks/{task}/status': ['id', 'state', 'worker_id', 'version', 'trace'],
  '/admin/loggers/{logger}': ['level', 'last_modified'],
};

test('what is answered has the members that the document names', async t => {
  const ask = asking((await startScriptedWorker(t)).url);
  await ask('POST', '/connectors', { name: 'c', config: configuration() });
  const { paths } = JSON.parse((await ask('GET', '/openapi.json')).text) as Document;
  for (const [path, members] of Object.entries(MEMBERS)) {
    const response = paths[path]!['get']!.responses['200'] as {
      content: { 'application/json': { schema: { properties: object } } };
    };
    assert.deepEqual(Object.keys(response.content['application/json'].schema.properties), members, path);
    const real = path.replace('{connector}', 'c').replace('{task}', '0').replace('{logger}', 'root');
    const { status, text } = await ask('GET', real);
    assert.equal(status, 200, real);
    const known = Object.keys(JSON.parse(text) as object);
    assert.deepEqual(
      known,
      members.filter(member => known.includes(member)),
    );
    assert.ok(known.length >= members.length - 1, real);
  }
});
