import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { explainFiles } from '../../config/explain.ts';
import { systemFiles } from '../../config/source/files.ts';
import type { TracesConfig } from '../../config/types.ts';
import { secretsOf } from '../../worker/telemetry/secrets.ts';
import { createAuthority } from '../support/certificates.ts';
import { assertFault, type Keys, parse } from './written.ts';

const ENDPOINT = 'telemetry.traces.endpoint';
const LOCAL = 'http://127.0.0.1:4318';
const CANARY = 'canary-of-the-collector';

function traces(worker: Keys, env: Readonly<Record<string, string>> = {}): TracesConfig | null {
  return parse({ worker, env, files: systemFiles }).worker.traces;
}

function ofEnvironment(env: Readonly<Record<string, string>>): TracesConfig | null {
  return traces({ 'telemetry.traces': 'env' }, env);
}

describe('traces by the keys of the worker file', () => {
  it('are off, whatever the environment of others says', () => {
    assert.equal(traces({}), null);
    assert.equal(traces({}, { OTEL_EXPORTER_OTLP_ENDPOINT: LOCAL }), null);
    assert.equal(traces({ 'telemetry.traces': 'off', [ENDPOINT]: LOCAL }), null);
  });

  it('go where the endpoint is, with the defaults of OpenTelemetry', () => {
    assert.deepEqual(traces({ [ENDPOINT]: LOCAL }), {
      endpoint: new URL(`${LOCAL}/v1/traces`),
      headers: {},
      sampling: { ratio: 1, byParent: true },
      resource: { 'service.name': 'tailrace' },
      timeoutMs: 10_000,
      compression: 'none',
      tls: { ca: null, certificate: null, key: null, keyPassword: null, minVersion: 'TLSv1.2', verification: 'full' },
    });
    const said = traces({
      'telemetry.traces': 'otlp',
      [ENDPOINT]: `${LOCAL}/otlp/in`,
      'telemetry.traces.headers.X-Api-Key': CANARY,
      'telemetry.traces.sample.ratio': '0.25',
      'telemetry.traces.service.name': 'orders',
      'telemetry.traces.compression': 'gzip',
      'telemetry.traces.timeout.ms': '500',
    })!;
    assert.equal(said.endpoint.pathname, '/otlp/in');
    assert.deepEqual([said.sampling.ratio, said.timeoutMs, said.compression], [0.25, 500, 'gzip']);
    assert.deepEqual(said.resource, { 'service.name': 'orders' });
    assert.equal(said.headers['x-api-key']!.reveal(), CANARY);
  });

  it('have their headers by variables, too', () => {
    const env = { TAILRACE_WORKER_TELEMETRY_TRACES_HEADERS_X_API_KEY: CANARY };
    assert.equal(traces({ [ENDPOINT]: LOCAL }, env)!.headers['x-api-key']!.reveal(), CANARY);
  });

  it('trust the authorities that the system trusts', () => {
    assert.notEqual(traces({ [ENDPOINT]: 'https://collector.example/' })!.tls.ca, undefined);
    assertFault(
      {
        worker: { [ENDPOINT]: 'https://collector.example/' },
        env: { SSL_CERT_FILE: '/does/not/exist' },
        files: systemFiles,
      },
      'invalid',
      'SSL_CERT_FILE',
      /names a file/,
    );
  });

  it('are refused where something can not be meant', () => {
    const rows: readonly (readonly [keys: Keys, code: string, key: string, message: RegExp])[] = [
      [{ 'telemetry.traces': 'otlp' }, 'missing', 'telemetry.traces', /needs telemetry\.traces\.endpoint/],
      [{ 'telemetry.traces': 'jaeger' }, 'invalid', 'telemetry.traces', /off, otlp or env/],
      [{ [ENDPOINT]: 'collector:4318' }, 'invalid', ENDPOINT, /absolute http/],
      [{ [ENDPOINT]: `http://u:${CANARY}@h/` }, 'invalid', ENDPOINT, /telemetry\.traces\.headers\.Authorization/],
      ...['-0.1', '1.01', 'half', '1e-3', '', '0x1', 'NaN'].map(
        text =>
          [
            { [ENDPOINT]: LOCAL, 'telemetry.traces.sample.ratio': text },
            'invalid',
            'telemetry.traces.sample.ratio',
            /a number from 0 to 1/,
          ] as const,
      ),
      [
        { [ENDPOINT]: LOCAL, 'telemetry.traces.headers.Content-Type': 'x' },
        'forbidden',
        'telemetry.traces.headers.Content-Type',
        /by the exporter/,
      ],
      [
        { [ENDPOINT]: LOCAL, 'telemetry.traces.headers.a\\:b': 'x' },
        'invalid',
        'telemetry.traces.headers.a:b',
        /not a name/,
      ],
      [
        { [ENDPOINT]: LOCAL, 'telemetry.traces.headers.a': 'ü\u0394' },
        'invalid',
        'telemetry.traces.headers.a',
        /Latin-1/,
      ],
    ];
    for (const [worker, code, key, message] of rows) assertFault({ worker }, code as never, key, message);
  });

  it('keep their headers secret wherever a configuration is shown', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tailrace-'));
    const file = join(folder, 'worker.properties');
    writeFileSync(
      file,
      `bootstrap.servers=kafka:9092\n${ENDPOINT}=${LOCAL}\ntelemetry.traces.headers.x-team=${CANARY}\n`,
    );
    const explained = explainFiles({ files: [file], env: {}, overrides: [] });
    const keys = explained.sources.flatMap(source => source.keys);
    assert.equal(keys.find(({ key }) => key === ENDPOINT)!.value, LOCAL);
    assert.equal(keys.find(({ key }) => key.endsWith('x-team'))!.value, null);
    assert.ok(!JSON.stringify(explained).includes(CANARY));
    assert.deepEqual(
      secretsOf(explained.config!).map(secret => secret.reveal()),
      [CANARY],
    );
    const override = `telemetry.traces.headers.x-team=${CANARY}`;
    assertFault({ overrides: [override] }, 'forbidden', 'telemetry.traces.headers.x-team', /command line/);
  });

  it('say what has no effect, and what goes in clear', () => {
    const off = parse({ worker: { 'telemetry.traces.sample.ratio': '0.5', 'telemetry.traces.headers.a': 'b' } });
    const [idle] = off.notices.filter(line => line.includes('there is no telemetry.traces.endpoint'));
    assert.match(idle!, /sample\.ratio.*headers\.a/);
    const env = parse({ worker: { 'telemetry.traces': 'env', [ENDPOINT]: LOCAL } });
    assert.ok(
      env.notices.some(line => line.includes('telemetry.traces is env')),
      String(env.notices),
    );
    const clear = { [ENDPOINT]: 'http://collector:4318', 'telemetry.traces.headers.a': 'b' };
    assert.ok(parse({ worker: clear }).notices.some(line => line.includes('in clear')));
    assert.ok(!parse({ worker: { ...clear, [ENDPOINT]: LOCAL } }).notices.some(line => line.includes('in clear')));
  });
});

describe('traces by OpenTelemetry’s variables', () => {
  it('go where these say, the one of traces before the one of all signals', () => {
    const endpoint = (env: Readonly<Record<string, string>>) => ofEnvironment(env)!.endpoint.href;
    assert.equal(endpoint({}), 'http://localhost:4318/v1/traces');
    assert.equal(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1/x/' }), 'http://a:1/x/v1/traces');
    const both = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:2/in' };
    assert.equal(endpoint(both), 'http://b:2/in');
    assert.equal(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: '  ' }), 'http://localhost:4318/v1/traces');
  });

  it('have headers, names, limits and samplers as these say', () => {
    const said = ofEnvironment({
      OTEL_EXPORTER_OTLP_HEADERS: `X-Api-Key=${CANARY}, b=all`,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=of%20traces,',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored,region=eu%2C1',
      OTEL_SERVICE_NAME: 'orders',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '.5',
    })!;
    const headers = Object.entries(said.headers).map(([name, value]) => [name, value.reveal()]);
    assert.deepEqual(headers, [
      ['x-api-key', CANARY],
      ['b', 'of traces'],
    ]);
    assert.deepEqual(said.resource, { 'service.name': 'orders', region: 'eu,1' });
    assert.deepEqual([said.timeoutMs, said.compression], [2_500, 'gzip']);
    assert.deepEqual(said.sampling, { ratio: 0.5, byParent: true });
    assert.deepEqual(ofEnvironment({ OTEL_TRACES_SAMPLER: 'always_off' })!.sampling, { ratio: 0, byParent: false });
    assert.equal(ofEnvironment({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a' })!.resource['service.name'], 'a');
  });

  it('trust the authority that one of these names', async () => {
    const { certificate, certificatePath: file } = await createAuthority(mkdtempSync(join(tmpdir(), 'tailrace-')));
    const said = ofEnvironment({
      OTEL_EXPORTER_OTLP_CERTIFICATE: file,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example',
    });
    assert.equal(said!.tls.ca!.trim(), certificate.trim());
  });

  it('are off where these say so, which is told', () => {
    for (const [variable, value] of [
      ['OTEL_SDK_DISABLED', 'True'],
      ['OTEL_TRACES_EXPORTER', 'none'],
    ] as const) {
      const config = parse({ worker: { 'telemetry.traces': 'env' }, env: { [variable]: value } });
      assert.equal(config.worker.traces, null);
      assert.ok(
        config.notices.some(line => line.includes(variable)),
        String(config.notices),
      );
    }
  });

  it('are refused where these ask for what is not there, without a value', () => {
    const rows: readonly (readonly [env: Record<string, string>, code: string, message: RegExp])[] = [
      [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'unsupported', /http\/json or http\/protobuf/],
      [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'unsupported', /otlp or none/],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'invalid', /absolute http/],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: `http://u:${CANARY}@h` }, 'invalid', /must not hold a user/],
      [{ OTEL_EXPORTER_OTLP_HEADERS: CANARY }, 'invalid', /name=value/],
      [{ OTEL_EXPORTER_OTLP_HEADERS: `a=%${CANARY}` }, 'invalid', /percent-encoded/],
      [{ OTEL_EXPORTER_OTLP_HEADERS: `a b=${CANARY}` }, 'invalid', /can not be a header/],
      [{ OTEL_EXPORTER_OTLP_HEADERS: `a=${CANARY}%0d%0ab: c` }, 'invalid', /can not be a header/],
      [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'unsupported', /must be one of always_on/],
      [{ OTEL_TRACES_SAMPLER: 'constructor' }, 'unsupported', /must be one of always_on/],
      [{ OTEL_EXPORTER_OTLP_TIMEOUT: '0' }, 'invalid', /milliseconds/],
      [{ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, 'unsupported', /gzip or none/],
      [{ OTEL_EXPORTER_OTLP_CERTIFICATE: '/does/not/exist' }, 'invalid', /no such file/],
      [{ OTEL_EXPORTER_OTLP_CLIENT_KEY: '/k' }, 'unsupported', /client certificate/],
    ];
    for (const [env, code, message] of rows) {
      const worker = { 'telemetry.traces': 'env' };
      const [variable] = Object.keys(env);
      assertFault({ worker, env, files: systemFiles }, code as never, variable!, message);
      assert.throws(
        () => parse({ worker, env, files: systemFiles }),
        error => !String(error).includes(CANARY),
      );
    }
    const ratio = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' };
    assertFault({ worker: { 'telemetry.traces': 'env' }, env: ratio }, 'invalid', 'OTEL_TRACES_SAMPLER_ARG', /0 to 1/);
  });

  it('and what differs from them is said', () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };
    const { notices } = parse({ worker: { 'telemetry.traces': 'env' }, env });
    assert.ok(
      notices.some(line => line.includes('spans go as JSON')),
      String(notices),
    );
  });
});
