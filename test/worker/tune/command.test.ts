import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Endpoint, type EndpointOptions, recordsOf } from '../../support/endpoint.ts';
import { type Answer, command, enter, WORKER } from '../cli/real.ts';

const RECORDS = Array.from({ length: 500 }, (_, id) => ({ id, name: 'x'.repeat(id % 50) }));
const NDJSON = RECORDS.map(record => `${JSON.stringify(record)}\n`).join('');
/** A small measurement: what it finds is not looked at. */
const BRIEF = ['--max-requests', '300', '--max-in-flight', '4', '--max-time', '4s'];

interface Report {
  readonly used: { readonly requests: number; readonly bytes: number; readonly ms: number };
  readonly reached: string | null;
  readonly refused: string | null;
  readonly sample: { readonly records: number; readonly unfit: number };
  readonly sweeps: readonly {
    readonly compression: string;
    readonly points: readonly {
      readonly batch: number;
      readonly inFlight: number;
      readonly requests: number;
      readonly objection: { readonly kind: string; readonly text: string } | null;
    }[];
  }[];
  readonly recommendation: { readonly settings: Readonly<Record<string, string>> } | null;
}

interface Scene {
  readonly endpoint?: EndpointOptions;
  readonly sink?: string;
  readonly records?: string;
  readonly worker?: string;
}

async function stage(t: TestContext, { endpoint = {}, sink = '', records = NDJSON, worker = '' }: Scene = {}) {
  const server = await new Endpoint({ keep: false, ...endpoint }).start();
  t.after(() => server.close());
  const files = {
    'worker.properties': `${WORKER}value.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=false\n${worker}`,
    'sink.properties': `name=c\nconnector.class=HttpSink\ntopics=t\nhttp.url=${server.url}\nretry.backoff.ms=1\n${sink}`,
    'records.ndjson': records,
  };
  enter(t, files);
  const tune = (...options: string[]): Promise<Answer> =>
    command(['tune', ...options, '--file', 'records.ndjson', 'worker.properties', 'sink.properties']);
  return { server, tune };
}

function reportOf({ out, err }: Answer): Report {
  assert.ok(out.startsWith('{'), err);
  return JSON.parse(out) as Report;
}

/** What was given up before it arrived is counted all the same: at most what was in flight then. */
function assertCounted(counted: number, arrived: number, inFlight: number): void {
  assert.ok(arrived <= counted && counted - arrived <= inFlight, `${counted} counted, ${arrived} arrived`);
}

test('nothing is sent without the word for it', async t => {
  const { server, tune } = await stage(t);
  await assert.rejects(tune(), { message: /misuse/ });
  assert.equal(server.count, 0);
});

test('the endpoint gets what the connector would send, and no request more than told', async t => {
  const { server, tune } = await stage(t, { endpoint: { keep: true }, sink: 'http.headers.X-Who=tune\n' });
  const answer = await tune('--send', '--json', ...BRIEF, '--max-requests', '157');
  const { used } = reportOf(answer);
  assert.match(
    answer.err,
    /^Measures http:\/\/127\.0\.0\.1:\d+\/in: at most 157 requests, 2 GB and 4 s, 4 requests at a time\n/,
  );
  assert.ok(server.count <= 157);
  assertCounted(used.requests, server.count, 4);
  for (const request of server.requests.slice(0, 20)) {
    assert.equal(request.headers['x-who'], 'tune');
    for (const record of recordsOf(request)) assert.deepEqual(record, RECORDS[(record as { id: number }).id]);
  }
});

test('a bound of requests that is reached in the middle of a point is held', async t => {
  const { server, tune } = await stage(t);
  const { used, reached } = reportOf(await tune('--send', '--json', '--max-requests', '9', '--max-in-flight', '64'));
  assert.ok(server.count <= 9 && used.requests <= 9);
  assert.ok(reached === null || reached === 'requests');
});

test('not a byte more of bodies than told', async t => {
  let bytes = 0;
  const script = ({ body }: { body: Buffer }) => {
    bytes += body.length;
    return {};
  };
  const { tune } = await stage(t, { endpoint: { script } });
  const { used } = reportOf(await tune('--send', '--json', ...BRIEF, '--max-bytes', '50kB'));
  assert.ok(bytes <= 50_000, `${bytes}`);
  assert.ok(used.bytes >= bytes && used.bytes <= 50_000);
});

test('no request begins when the time is over', async t => {
  const { tune, server } = await stage(t, {
    endpoint: { script: () => ({ after: new Promise(resolve => setTimeout(resolve, 20)) }) },
  });
  const { used } = reportOf(await tune('--send', '--json', '--max-time', '700ms'));
  // What was on its way by then may arrive yet.
  await new Promise(resolve => setTimeout(resolve, 100));
  assertCounted(used.requests, server.count, 64);
});

test('a recommendation is lines that the connector takes', async t => {
  const { tune } = await stage(t);
  const answer = await tune('--send', '--json', ...BRIEF);
  const { recommendation, sweeps } = reportOf(answer);
  assert.equal(answer.code, 0, answer.err);
  const keys = Object.keys(recommendation!.settings);
  for (const key of ['batch.max.records', 'batch.max.bytes', 'batch.linger.ms', 'delivery.max.in.flight']) {
    assert.ok(keys.includes(key), key);
  }
  assert.ok(sweeps[0]!.points.length > 5);
  const lines = Object.entries(recommendation!.settings).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync('sink.properties', readFileSync('sink.properties', 'utf8') + lines.join(''));
  const explained = await command(['explain', 'worker.properties', 'sink.properties']);
  for (const [key, value] of Object.entries(recommendation!.settings)) {
    assert.match(explained.out, new RegExp(`honoured +sink\\.properties:\\d+: ${key}=${value}\n`));
  }
});

test('429 ends more at a time, and is told', async t => {
  let open = 0;
  const script = async () => {
    open += 1;
    await new Promise(resolve => setTimeout(resolve, 30));
    const status = open > 2 ? 429 : 200;
    open -= 1;
    return { status };
  };
  const { tune } = await stage(t, { endpoint: { script }, sink: 'batch.format=single\n' });
  const { sweeps, recommendation } = reportOf(
    await tune('--send', '--json', '--max-requests', '600', '--max-in-flight', '16'),
  );
  const { points } = sweeps[0]!;
  const refused = points.filter(({ objection }) => objection?.kind === 'refused');
  assert.ok(refused.length > 0);
  assert.ok(Math.max(...points.map(({ inFlight }) => inFlight)) <= 4);
  assert.ok(Number(recommendation!.settings['delivery.max.in.flight']) <= 2);
});

test('413 teaches how large a body may be', async t => {
  const script = ({ body }: { body: Buffer }) => ({ status: body.length > 8_000 ? 413 : 200 });
  const { tune } = await stage(t, { endpoint: { script } });
  const { recommendation } = reportOf(await tune('--send', '--json', ...BRIEF));
  assert.ok(Number(recommendation!.settings['batch.max.bytes']) <= 8_000, JSON.stringify(recommendation));
});

for (const [status, why] of [
  [401, /401/],
  [404, /404/],
  [500, /500/],
] as const) {
  test(`an endpoint that answers ${status} to all gives no recommendation, and few requests are lost on it`, async t => {
    const { tune, server } = await stage(t, { endpoint: { script: () => ({ status }) } });
    const answer = await tune('--send', '--max-in-flight', '64');
    assert.equal(answer.code, 4);
    assert.match(answer.out, /There is nothing to recommend\./);
    assert.match(answer.out, why);
    assert.ok(server.count <= 60, `${server.count}`);
  });
}

test('records that can not be sent are left out; a sample of nothing else is refused', async t => {
  const { tune } = await stage(t, { records: `no JSON\n${NDJSON}`, sink: 'errors.tolerance=all\n' });
  const { sample } = reportOf(await tune('--send', '--json', ...BRIEF));
  assert.deepEqual([sample.records, sample.unfit], [500, 1]);
  writeFileSync('records.ndjson', 'no JSON\nnor this\n');
  const answer = await tune('--send', ...BRIEF);
  assert.equal(answer.code, 1);
  assert.match(answer.err, /none of the 2 records can be sent/);
});

test('an endpoint that is made up is measured, and nothing is sent to the real one, not even for a token', async t => {
  const sink =
    'http.auth.type=oauth2\noauth2.token.url=http://127.0.0.1:1/token\noauth2.client.id=x\noauth2.client.secret=canary-secret\n';
  const { tune, server } = await stage(t, { sink });
  const answer = await tune('--simulate', 'latency=2ms,max-bytes=4kB', '--json', ...BRIEF);
  assert.equal(answer.code, 0, answer.err);
  assert.equal(server.count, 0);
  const { points } = reportOf(answer).sweeps[0]!;
  assert.ok(points.some(({ objection }) => objection?.kind === 'too-large'));
});

test('each encoding is tried by itself', async t => {
  const { tune, server } = await stage(t, { endpoint: { keep: true } });
  const { sweeps } = reportOf(await tune('--send', '--json', '--compression', 'all', ...BRIEF));
  const encodings = new Set(server.requests.map(({ headers }) => headers['content-encoding'] ?? 'none'));
  assert.deepEqual([...encodings].sort(), sweeps.map(({ compression }) => compression).sort());
  assert.ok(encodings.has('gzip') && encodings.has('none'));
  for (const { compression, points } of sweeps) assert.ok(points.length > 0, compression);
});

test('a recording holds figures alone, and is measured again without the endpoint', async t => {
  const { tune, server } = await stage(t);
  assert.equal((await tune('--send', '--record', 'recorded.ndjson', ...BRIEF)).code, 0);
  const { count } = server;
  const lines = readFileSync('recorded.ndjson', 'utf8').trimEnd().split('\n').slice(1);
  assert.ok(lines.length > 50);
  for (const line of lines) {
    assert.deepEqual(Object.keys(JSON.parse(line) as object), ['inFlight', 'records', 'bytes', 'ms', 'status']);
  }
  assert.equal((await tune('--replay', 'recorded.ndjson', '--json', ...BRIEF)).code, 0);
  assert.equal(server.count, count);
});

test('the report is one file without script, and no secret is in any output', async t => {
  const secret = 'canary-4711-secret';
  const sink = `http.auth.type=bearer\nhttp.auth.bearer.token=${secret}\nhttp.headers.X-Api-Key=${secret}-two\n`;
  const { tune } = await stage(t, { sink });
  const answer = await tune('--send', '--report', 'report.html', '--record', 'recorded.ndjson', ...BRIEF);
  assert.equal(answer.code, 0, answer.err);
  const html = readFileSync('report.html', 'utf8');
  assert.match(html, /^<!doctype html>/);
  assert.doesNotMatch(html, /<script|javascript:|(?:src|href)=/i);
  assert.match(html, /Content-Security-Policy/);
  for (const text of [answer.out, answer.err, html, readFileSync('recorded.ndjson', 'utf8')]) {
    assert.ok(!text.includes('canary-4711'));
  }
});

test('a name that looks like HTML is a text in the report', async t => {
  const { tune } = await stage(t);
  await command([
    'tune',
    '--send',
    '--file',
    'records.ndjson',
    '--report',
    'report.html',
    ...BRIEF,
    '--override',
    'name=<b onload=x>&"',
    'worker.properties',
    'sink.properties',
  ]);
  const html = readFileSync('report.html', 'utf8');
  assert.match(html, /<h1>Tuning of &lt;b onload=x&gt;&amp;&quot;<\/h1>/);
  void tune;
});

for (const [name, options, told] of [
  ['a made-up endpoint of no sense', ['--simulate', 'latency=many'], /latency takes 20ms/],
  ['a recording that is not there', ['--replay', 'gone.ndjson'], /gone\.ndjson can't be read/],
  ['a recording that is none', ['--replay', 'records.ndjson'], /records\.ndjson: it is no recording/],
  ['a report into nowhere', ['--send', '--report', 'gone/report.html'], /gone\/report\.html can't be written/],
  ['a recording into a directory', ['--send', '--record', 'directory'], /directory is a directory/],
  ['a connector that is not there', ['--send', '--connector', 'other'], /no connector is called so: there is c/],
  ['an endpoint of one', ['--send', '--endpoint', 'a'], /--endpoint is for those with several/],
] as const) {
  test(`refused before anything is sent: ${name}`, async t => {
    const { tune, server } = await stage(t);
    mkdirSync('directory');
    const { code, err, out } = await tune(...options);
    assert.equal(code, 1);
    assert.match(err, told);
    assert.equal(out, '');
    assert.equal(server.count, 0);
  });
}

test('files that are refused end it as they end a run', async t => {
  const { tune } = await stage(t, { sink: 'http.timeout.ms=never\n' });
  assert.equal((await tune('--send')).code, 3);
  assert.ok(!existsSync('report.html'));
});

for (const [name, records, told] of [
  ['empty', '', /records\.ndjson: it holds no record/],
  ['blank lines', '\n \n\r\n', /it holds no record/],
] as const) {
  test(`a sample of ${name} is refused`, async t => {
    const { tune } = await stage(t, { records });
    const { code, err } = await tune('--send');
    assert.equal(code, 1);
    assert.match(err, told);
  });
}

test('one array of records is as good as lines', async t => {
  const { tune } = await stage(t, { records: JSON.stringify(RECORDS, null, 2) });
  assert.equal(reportOf(await tune('--send', '--json', ...BRIEF)).sample.records, 500);
  assert.equal(reportOf(await tune('--send', '--json', '--records', '7', ...BRIEF)).sample.records, 7);
});

const SEVERAL = `endpoints=a,b
endpoints.a.topics=t
endpoints.a.batch.max.records=10
endpoints.b.topics=t2
endpoints.b.http.method=PUT
`;

test('of several endpoints one is measured, and its keys carry its alias', async t => {
  const { tune, server } = await stage(t, {
    endpoint: { keep: true },
    sink: `${SEVERAL}topics=t,t2\n`.replace('topics=t,t2\n', ''),
  });
  writeFileSync('sink.properties', readFileSync('sink.properties', 'utf8').replace('\ntopics=t\n', '\ntopics=t,t2\n'));
  const unsaid = await tune('--send');
  assert.match(unsaid.err, /--endpoint says which: a, b/);
  const answer = await tune('--send', '--endpoint', 'b', '--json', ...BRIEF);
  assert.equal(answer.code, 0, answer.err);
  assert.ok(server.requests.every(({ method }) => method === 'PUT'));
  const { settings } = reportOf(answer).recommendation!;
  assert.ok(
    'endpoints.b.batch.max.records' in settings && 'delivery.max.in.flight' in settings,
    JSON.stringify(settings),
  );
});
