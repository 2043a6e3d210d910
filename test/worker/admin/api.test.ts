import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { asking, type Reply } from './asking.ts';
import { CLUSTER_ID, configuration, startScriptedWorker, type WorkerChanges } from './running-worker.ts';

async function start(t: TestContext, changes?: WorkerChanges) {
  const running = await startScriptedWorker(t, changes);
  const ask = asking(running.url);
  /** As JSON, with the status before it. */
  const answer = async (...request: Parameters<typeof ask>) => {
    const { status, text } = await ask(...request);
    return [status, text === '' ? '' : JSON.parse(text)];
  };
  const create = async (name: string, config = configuration(), rest = {}) => {
    const { status } = await ask('POST', '/connectors', { name, config, ...rest });
    assert.equal(status, 201);
  };
  return { ...running, ask, answer, create, workerId: new URL(running.url).host };
}

const error = (status: number, message: string) => [status, { error_code: status, message }];
const HIDDEN = '[hidden]';

test('the root names the API version that clients look at, the cluster and this program', async t => {
  const { ask } = await start(t);
  const { status, text, headers } = await ask('GET', '/');
  assert.equal(status, 200);
  assert.equal(text, `{"version":"4.1.0","commit":"tailrace-1.2.3","kafka_cluster_id":"${CLUSTER_ID}"}`);
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(headers.get('x-tailrace-version'), '1.2.3');
});

test('the root answers while the brokers do not, and asks them once for all who ask', async t => {
  let asked = 0;
  const clusterId = () => {
    asked += 1;
    return new Promise<string>(() => undefined);
  };
  const { answer } = await start(t, { groups: { clusterId } });
  const whole = { version: '4.1.0', commit: 'tailrace-1.2.3', kafka_cluster_id: null };
  assert.deepEqual(await Promise.all([answer('GET', '/'), answer('GET', '/')]), [
    [200, whole],
    [200, whole],
  ]);
  assert.equal(asked, 1);
});

test('a connector is created, read, reconfigured, patched and deleted', async t => {
  const { ask, answer, url } = await start(t);
  const config = configuration({ 'tasks.max': 2, 'errors.log.enable': true });
  const made: Reply = await ask('POST', '/connectors/', { name: ' made ', config });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get('location'), `${url}/connectors/made`);
  assert.equal(
    made.text,
    '{"name":"made","config":{"connector.class":"tailrace.HttpSink","topics":"orders","http.url":"http://localhost:9/in",' +
      '"tasks.max":"2","errors.log.enable":"true","name":"made"},"tasks":[],"type":"sink"}',
  );
  const own = { ...configuration(), 'tasks.max': '2', 'errors.log.enable': 'true', name: 'made' };
  const info = { name: 'made', config: own, tasks: [{ connector: 'made', task: 0 }], type: 'sink' };
  assert.deepEqual(await answer('GET', '/connectors'), [200, ['made']]);
  assert.deepEqual(await answer('GET', '/connectors/made/'), [200, info]);
  assert.deepEqual(await answer('GET', '/connectors/made/config'), [200, own]);
  assert.deepEqual(
    await answer('POST', '/connectors', { name: 'made', config }),
    error(409, 'Connector made already exists'),
  );
  const changed = { ...configuration(), topics: 'others' };
  assert.deepEqual(await answer('PUT', '/connectors/made/config', changed), [
    200,
    { ...info, config: { ...changed, name: 'made' } },
  ]);
  assert.deepEqual(
    await answer('PATCH', '/connectors/made/config', { 'tasks.max': 1, 'batch.linger.ms': '1', none: null }),
    [200, { ...info, config: { ...changed, name: 'made', 'tasks.max': '1', 'batch.linger.ms': '1' } }],
  );
  const [, patched] = await answer('PATCH', '/connectors/made/config', { 'tasks.max': null });
  assert.deepEqual(patched.config, { ...changed, name: 'made', 'batch.linger.ms': '1' });
  assert.deepEqual(await answer('DELETE', '/connectors/made'), [204, '']);
  assert.deepEqual(await answer('GET', '/connectors'), [200, []]);
  const anew = await ask('PUT', '/connectors/made/config', configuration());
  assert.deepEqual([anew.status, anew.headers.get('location')], [201, `${url}/connectors/made`]);
});

test('numbers stay as they are written, and texts too', async t => {
  const { ask } = await start(t);
  const sent =
    '{"connector.class":"tailrace.HttpSink","topics":"o","http.url":"http://localhost:9/","batch.max.records":500,' +
    '"http.headers.a":1.50,"http.headers.b":12345678901234567890,"http.headers.c":1e3,"http.headers.d":" d "}';
  const { text } = await ask('PUT', '/connectors/numbers/config', sent);
  const written =
    '"http.headers.a":"1.50","http.headers.b":"12345678901234567890","http.headers.c":"1e3","http.headers.d":" d "';
  assert.ok(text.includes(`"batch.max.records":"500",${written}`), text);
});

test('names are decoded, trimmed where they are created, and encoded in the Location', async t => {
  const { ask, answer, url } = await start(t);
  for (const [name, path] of [
    ['a b', 'a%20b'],
    ['grün', 'gr%C3%BCn'],
    ['x/y', 'x/y'],
    ['q?&%', 'q%3F&%25'],
    ['n'.repeat(200), 'n'.repeat(200)],
  ] as const) {
    const { status, headers } = await ask('POST', '/connectors', { name, config: configuration() });
    assert.deepEqual([status, headers.get('location')], [201, `${url}/connectors/${path}`]);
    const own = `/connectors/${encodeURIComponent(name)}`;
    assert.deepEqual((await answer('GET', `${own}/config`))[1].name, name);
    assert.deepEqual(await answer('DELETE', own), [204, '']);
  }
});

test('the list is expanded by what is asked for, in its order', async t => {
  const { ask, create } = await start(t);
  assert.equal((await ask('GET', '/connectors?expand=status')).text, '{}');
  await create('a');
  const members = async (query: string) => {
    const { text } = await ask('GET', `/connectors?${query}`);
    const parsed = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : Object.keys(parsed.a);
  };
  assert.deepEqual(await members('expand=status&expand=info'), ['status', 'info']);
  assert.deepEqual(await members('expand=info&expand=status'), ['info', 'status']);
  assert.deepEqual(await members('expand%5B%5D=info'), ['info']);
  assert.deepEqual(await members('expand[]=status'), ['status']);
  for (const none of ['expand=bogus', 'expand=INFO', 'expand=', 'expand', 'expand=status,info']) {
    assert.deepEqual(await members(none), [], none);
  }
  assert.deepEqual(await members('forward=true'), ['a']);
});

test('status tells of connector and tasks, and a FAILED one always has a trace', async t => {
  const { ask, answer, create, tasks, workerId } = await start(t);
  await create('a');
  const fine = { state: 'RUNNING', worker_id: workerId, version: '1.2.3' };
  assert.equal(
    (await ask('GET', '/connectors/a/status/')).text,
    JSON.stringify({ name: 'a', connector: fine, tasks: [{ id: 0, ...fine }], type: 'sink' }),
  );
  tasks.get('a-0')!.show({ state: 'FAILED', trace: null });
  const [, { connector, tasks: shown }] = await answer('GET', '/connectors/a/status');
  assert.equal(connector.state, 'RUNNING', 'a FAILED task changes nothing for its connector');
  assert.deepEqual(Object.keys(shown[0]), ['id', 'state', 'worker_id', 'version', 'trace']);
  assert.deepEqual(await answer('GET', '/connectors/a/tasks/0/status'), [200, shown[0]]);
  const config = { ...configuration(), name: 'a', 'task.class': 'tailrace.HttpSinkTask' };
  assert.deepEqual(await answer('GET', '/connectors/a/tasks'), [200, [{ id: { connector: 'a', task: 0 }, config }]]);
});

test('pause, resume, stop and restart answer as Kafka Connect does, whatever body they are sent', async t => {
  const { ask, answer, create, tasks } = await start(t);
  await create('a');
  const state = async () => (await answer('GET', '/connectors/a/status'))[1].connector.state;
  assert.deepEqual(await answer('PUT', '/connectors/a/pause', 'nonsense'), [202, '']);
  assert.equal(await state(), 'PAUSED');
  assert.deepEqual(await answer('PUT', '/connectors/a/resume', {}), [202, '']);
  assert.equal(await state(), 'RUNNING');
  assert.deepEqual(await answer('POST', '/connectors/a/restart', {}), [204, '']);
  for (const no of ['includeTasks=yes', 'includeTasks=', 'includeTasks', 'forward=false']) {
    assert.deepEqual(await answer('POST', `/connectors/a/restart?${no}`), [204, ''], no);
  }
  const states = async (query: string) => {
    const { status, text } = await ask('POST', `/connectors/a/restart?${query}`);
    const { connector, tasks: shown } = JSON.parse(text);
    return [status, connector.state, shown[0].state];
  };
  assert.deepEqual(await states('onlyFailed=true'), [202, 'RUNNING', 'RUNNING']);
  assert.deepEqual(await states('includeTasks=True&onlyFailed=FALSE'), [202, 'RESTARTING', 'RESTARTING']);
  tasks.get('a-0')!.show({ state: 'FAILED', trace: 'why' });
  assert.deepEqual(await states('includeTasks=true&onlyFailed=true'), [202, 'RUNNING', 'RESTARTING']);
  assert.deepEqual(await answer('POST', '/connectors/a/tasks/0/restart'), [204, '']);
  assert.deepEqual(await answer('PUT', '/connectors/a/stop'), [204, '']);
  assert.deepEqual(await answer('PUT', '/connectors/a/stop/'), [204, '']);
  assert.equal(await state(), 'STOPPED');
});

test('a connector begins in the state that is asked for', async t => {
  const { answer, create } = await start(t);
  await create('p', configuration(), { initial_state: 'paused' });
  await create('s', configuration(), { initial_state: 'STOPPED' });
  await create('n', configuration(), { initial_state: null });
  for (const [name, state] of Object.entries({ p: 'PAUSED', s: 'STOPPED', n: 'RUNNING' })) {
    assert.equal((await answer('GET', `/connectors/${name}/status`))[1].connector.state, state);
  }
});

test('what there is not is 404, in the words of each path', async t => {
  const { answer, create } = await start(t);
  await create('a');
  for (const [method, path, message, body] of [
    ['GET', '/connectors/none', 'Connector none not found'],
    ['GET', '/connectors/none/config', 'Connector none not found'],
    ['PATCH', '/connectors/none/config', 'Connector none not found', {}],
    ['DELETE', '/connectors/none', 'Connector none not found'],
    ['GET', '/connectors/none/status', 'No status found for connector none'],
    ['GET', '/connectors/none/tasks', 'Connector none not found'],
    ['GET', '/connectors/none/tasks/0/status', 'No status found for task none-0'],
    ['GET', '/connectors/a/tasks/7/status', 'No status found for task a-7'],
    ['GET', '/connectors/a/tasks/-1/status', 'No status found for task a--1'],
    ['GET', '/connectors/a/tasks/x/status', 'HTTP 404 Not Found'],
    ['GET', '/connectors/a/tasks/99999999999/status', 'HTTP 404 Not Found'],
    ['POST', '/connectors/none/restart', 'Unknown connector: none'],
    ['POST', '/connectors/none/tasks/0/restart', 'Unknown connector: none'],
    ['POST', '/connectors/a/tasks/7/restart', 'Unknown task: a-7'],
    ['PUT', '/connectors/none/pause', 'Unknown connector none'],
    ['PUT', '/connectors/none/resume', 'Unknown connector none'],
    ['PUT', '/connectors/none/stop', 'Unknown connector none'],
    ['GET', '/connectors/none/offsets', 'Connector none not found'],
    ['DELETE', '/connectors/none/offsets', 'Connector none not found'],
    ['GET', '/connector-plugins/none/config', 'Unknown plugin none.'],
    ['GET', '/nowhere', 'HTTP 404 Not Found'],
    ['GET', '/connectors/a/b', 'HTTP 404 Not Found'],
    ['GET', '/Connectors', 'HTTP 404 Not Found'],
    ['GET', '//connectors', 'HTTP 404 Not Found'],
    ['PUT', '/connectors/a/fence', 'HTTP 404 Not Found', {}],
    ['GET', '/connectors/a/tasks-config', 'HTTP 404 Not Found'],
  ] as const) {
    assert.deepEqual(await answer(method, path, body), error(404, message), `${method} ${path}`);
  }
});

test('another verb is 405 and says which there are; OPTIONS does that too', async t => {
  const { ask } = await start(t);
  for (const [method, path, allow] of [
    ['PUT', '/connectors', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/connectors/a/status', 'GET, HEAD, OPTIONS'],
    ['GET', '/connectors/a/pause', 'OPTIONS, PUT'],
    ['POST', '/connectors/a/tasks', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/connectors/a/config', 'GET, HEAD, OPTIONS, PATCH, PUT'],
    ['PROPFIND', '/', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const { status, headers } = await ask(method, path);
    assert.deepEqual([status, headers.get('allow')], [405, allow], `${method} ${path}`);
    const options = await ask('OPTIONS', path);
    assert.deepEqual([options.status, options.headers.get('allow'), options.text], [200, allow, allow]);
  }
  const head = await ask('HEAD', '/connectors');
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('bodies that are not what is asked for are refused with Kafka Connect’s statuses', async t => {
  const { ask, create } = await start(t);
  await create('a');
  const config = configuration();
  const whole = JSON.stringify({ name: 'bad', config });
  const plain = { 'content-type': 'text/plain' };
  for (const [method, path, body, status, headers] of [
    ['POST', '/connectors', undefined, 500],
    ['POST', '/connectors', '{', 500],
    ['POST', '/connectors', 'nonsense', 500],
    ['POST', '/connectors', '[]', 500],
    ['POST', '/connectors', 'null', 500],
    ['POST', '/connectors', '{}', 500],
    ['POST', '/connectors', `${whole} trailing`, 500],
    ['POST', '/connectors', { name: 'bad', config: null }, 500],
    ['POST', '/connectors', { name: 'bad', config: [] }, 500],
    ['POST', '/connectors', { name: 'bad', config: { ...config, nested: { a: 1 } } }, 500],
    ['POST', '/connectors', { name: ['bad'], config }, 500],
    ['POST', '/connectors', { name: 'bad', config, unknown: true }, 500],
    ['POST', '/connectors', { name: 'bad', config, initial_state: 'bogus' }, 500],
    ['POST', '/connectors', { name: 'bad', config: { ...config, name: 'other' } }, 400],
    ['POST', '/connectors', { name: 'bad', config: { ...config, none: null } }, 400],
    ['POST', '/connectors', { name: 'bad', config: { ...config, topics: '' } }, 400],
    ['POST', '/connectors', whole, 415, plain],
    ['POST', '/connectors', whole, 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['POST', '/connectors', whole, 415, { 'content-type': 'application/vnd.api+json' }],
    ['POST', '/connectors', whole, 415, { 'content-type': 'nonsense' }],
    ['POST', '/connectors', whole, 406, { accept: 'text/html' }],
    ['PUT', '/connectors/a/config', { ...config, name: 'other' }, 400],
    ['PUT', '/connectors/a/config', '[]', 500],
    ['PUT', '/connectors/a/config', JSON.stringify(config), 415, plain],
    ['PATCH', '/connectors/a/config', 'null', 500],
    ['PATCH', '/connectors/a/config', { a: { b: 'c' } }, 500],
    ['GET', '/', undefined, 406, { accept: 'text/plain' }],
    ['GET', '/', undefined, 200, { accept: 'text/html' }],
    ['GET', '/', undefined, 200, { accept: 'text/html, */*;q=0.1' }],
    ['GET', '/', undefined, 406, { accept: 'application/json;q=0' }],
  ] as const) {
    const reply = await ask(method, path, body, headers);
    assert.equal(reply.status, status, `${method} ${path} ${JSON.stringify(body)}: ${reply.text}`);
    if (status !== 200) assert.equal(JSON.parse(reply.text).error_code, status);
  }
  assert.equal(
    (await ask('POST', '/connectors', whole, { 'content-type': 'APPLICATION/JSON; charset=utf-8' })).status,
    201,
  );
});

test('a charset, names of prototypes, half of a character and bytes that are no text change nothing that is ours', async t => {
  const { ask, answer } = await start(t);
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const body = `{"name":"bad","config":{"connector.class":"tailrace.HttpSink","${name}":{"polluted":"yes"}}}`;
    assert.equal((await answer('POST', '/connectors', body))[0], 400, name);
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  const body = Buffer.from('{"name":"\xff","config":{}}', 'latin1');
  const response = await fetch(`${(await start(t)).url}/connectors`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.equal(response.status, 500);
  assert.equal((await ask('POST', '/connectors', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)).status, 500);
});

test('offsets are read, altered and reset, in the form of sinks', async t => {
  const { ask, answer, create, offsets } = await start(t);
  await create('a');
  assert.deepEqual(await answer('GET', '/connectors/a/offsets'), [200, { offsets: [] }]);
  const at = (partition: unknown, offset: unknown, topic: unknown = 'orders') => ({
    partition: { kafka_topic: topic, kafka_partition: partition },
    offset: offset === null ? null : { kafka_offset: offset },
  });
  const running = await ask('PATCH', '/connectors/a/offsets', { offsets: [at(0, 1)] });
  assert.equal(running.status, 400);
  assert.match(running.text, /must be in the STOPPED state/);
  assert.equal((await ask('DELETE', '/connectors/a/offsets')).status, 400);
  await ask('PUT', '/connectors/a/stop');
  const body = { offsets: [at('1', '5'), at(0, 1), at(0, 2), at(2, null)] };
  const altered = await ask('PATCH', '/connectors/a/offsets', body);
  assert.equal(altered.status, 200);
  assert.match(altered.text, /have been altered successfully\. However/);
  assert.deepEqual(offsets.get('a'), [
    { topic: 'orders', partition: 1, offset: 5 },
    { topic: 'orders', partition: 0, offset: 2 },
    { topic: 'orders', partition: 2, offset: null },
  ]);
  assert.equal(
    (await ask('GET', '/connectors/a/offsets/')).text.slice(0, 97),
    '{"offsets":[{"partition":{"kafka_partition":1,"kafka_topic":"orders"},"offset":{"kafka_offset":5}',
  );
  for (const [sent, status, message] of [
    [{ offsets: [at('x', 1)] }, 400, /partition value in the provided offsets: 'x'/],
    [{ offsets: [at(1.5, 1)] }, 400, /partition value in the provided offsets: '1\.5'/],
    [{ offsets: [at(true, 1)] }, 400, /'true'/],
    [{ offsets: [at(99999999999, 1)] }, 400, /'99999999999'/],
    [{ offsets: [at(0, 'x')] }, 400, /Kafka offset value in the provided offsets: 'x'/],
    [{ offsets: [at(0, '')] }, 400, /offsets: ''/],
    [{ offsets: [at(0, 1, null)] }, 400, /topic names must be valid strings/],
    [{ offsets: [at(null, 1)] }, 400, /partitions must be valid numbers/],
    [{ offsets: [{ ...at(0, 1), offset: {} }] }, 400, /should either be null or contain/],
    [{ offsets: [{ offset: { kafka_offset: 1 } }] }, 400, /cannot be null or missing/],
    [{ offsets: [{ partition: {}, offset: null }] }, 400, /must contain the keys/],
    [{ offsets: [] }, 400, /need to be provided/],
    [{}, 400, /need to be provided/],
    [{ offsets: {} }, 500, /./],
    [{ offsets: [null] }, 500, /./],
    [{ offsets: [{ ...at(0, 1), offset: 7 }] }, 500, /./],
    [{ offsets: [], unknown: 1 }, 500, /unknown/],
    ['[]', 500, /./],
  ] as const) {
    const reply = await ask('PATCH', '/connectors/a/offsets', sent);
    assert.equal(reply.status, status, JSON.stringify(sent));
    assert.match(reply.text, message);
  }
  const reset = await ask('DELETE', '/connectors/a/offsets');
  assert.equal(reset.status, 200);
  assert.match(reset.text, /have been reset successfully/);
  assert.equal(offsets.has('a'), false);
});

test('topics are those that were read from, unless that is disabled', async t => {
  const { ask, answer } = await start(t);
  assert.deepEqual(await answer('GET', '/connectors/none/topics/'), [200, { none: { topics: [] } }]);
  assert.deepEqual(await answer('PUT', '/connectors/none/topics/reset', 'nonsense'), [202, '']);
  const off = await start(t, { rest: { topicTracking: { enabled: false, reset: true } } });
  assert.deepEqual(await off.answer('GET', '/connectors/none/topics'), error(403, 'Topic tracking is disabled.'));
  assert.deepEqual(await off.answer('PUT', '/connectors/none/topics/reset'), error(403, 'Topic tracking is disabled.'));
  const kept = await start(t, { rest: { topicTracking: { enabled: true, reset: false } } });
  assert.equal((await kept.ask('GET', '/connectors/none/topics')).status, 200);
  assert.deepEqual(
    await kept.answer('PUT', '/connectors/none/topics/reset'),
    error(403, 'Topic tracking reset is disabled.'),
  );
  assert.equal((await ask('GET', '/connectors/x/topics/reset')).status, 405);
});

test('a secret comes back hidden, and what is hidden stays what it was', async t => {
  const { ask, answer, lines } = await start(t);
  const config = configuration({ 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'a-secret-of-the-user' });
  const replies = [
    await ask('POST', '/connectors', { name: 'a', config }),
    await ask('GET', '/connectors/a'),
    await ask('GET', '/connectors/a/config'),
    await ask('GET', '/connectors/a/tasks'),
    await ask('GET', '/connectors?expand=info&expand=status'),
  ];
  for (const { text } of replies) {
    assert.doesNotMatch(text, /a-secret-of/);
    assert.ok(text.includes(HIDDEN), text);
  }
  const [, shown] = await answer('GET', '/connectors/a/config');
  assert.equal((await ask('PUT', '/connectors/a/config', shown)).status, 200);
  assert.equal((await answer('GET', '/connectors/a/config'))[1]['http.auth.bearer.token'], HIDDEN);
  assert.doesNotMatch(lines.join(''), /a-secret-of/);
});

test('an error of the brokers or of the disk is 500 with its reason, a defect is 500 without', async t => {
  const { OffsetsError } = await import('../../../worker/herder.ts');
  const offsets = async () => {
    throw new OffsetsError('the coordinator does not answer');
  };
  const failing = await start(t, { groups: { offsets, reset: async () => Promise.reject(new Error('a defect')) } });
  await failing.create('a');
  assert.deepEqual(await failing.answer('GET', '/connectors/a/offsets'), error(500, 'the coordinator does not answer'));
  await failing.ask('PUT', '/connectors/a/stop');
  assert.deepEqual(
    await failing.answer('DELETE', '/connectors/a/offsets'),
    error(500, 'HTTP 500 Internal Server Error'),
  );
});
