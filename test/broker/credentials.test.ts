import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Secret } from '../../config/secret.ts';
import type { AuthConfig } from '../../config/types.ts';
import { startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { kafkaConfig } from '../support/broker.ts';
import { createAuthority } from '../support/certificates.ts';
import { type Arrived, Endpoint } from '../support/endpoint.ts';
import { oauth2Config } from '../support/oauth2.ts';
import { startProviderOfForms } from '../support/oidc-clients.ts';
import { connectorConfig, RunningTask } from '../support/running-task.ts';

const GENEROUS = { timeout: 60_000 };
const broker = await startMockBroker();
after(() => broker.close());
const at = mkdtempSync(join(tmpdir(), 'tailrace-credentials-'));
after(() => rmSync(at, { recursive: true }));

const CLIENT = {
  client_id: 'by-tls',
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'CN=by-tls',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};

function configFor(topic: string, url: URL, auth: AuthConfig) {
  const config = connectorConfig(kafkaConfig(broker.bootstrapServers, topic), [topic], url);
  return { ...config, http: { ...config.http, auth } };
}

test('a worker shows its certificate to the token endpoint alone, over a connection of its own', GENEROUS, async t => {
  const authority = await createAuthority(at);
  const own = await authority.issue('login', ['127.0.0.1']);
  const client = await authority.issue('by-tls');
  const ca = authority.certificate;
  const asking = { key: own.key, cert: own.certificate, ca, requestCert: true, rejectUnauthorized: false };
  const provider = await startProviderOfForms([CLIENT], asking);
  const endpoint = await new Endpoint().start();
  t.after(() => Promise.all([provider.close(), endpoint.close()]));
  const auth = oauth2Config(
    { tokenUrl: provider.tokenUrl, id: 'by-tls', secret: '' },
    {
      clientAuth: { mode: 'tls' },
      tls: {
        ca,
        certificate: client.certificate,
        key: new Secret(client.key),
        keyPassword: null,
        minVersion: 'TLSv1.2',
        verification: 'full',
      },
    },
  );
  await broker.createTopic('tls-tokens');
  await broker.produce('tls-tokens', [{ value: '1', partition: 0 }]);
  const running = new RunningTask(t, configFor('tls-tokens', endpoint.url, auth));
  await running.when(() => running.factsOf('records-delivered').length > 0);
  const [request] = endpoint.requests;
  assert.equal((await provider.find(request!.headers.authorization ?? null))?.clientId, 'by-tls');
  assert.equal(running.task.status().sink.credentials?.refreshes, 1);
});

test('a worker takes the token that another process puts into its file', GENEROUS, async t => {
  const path = join(at, 'token');
  const script = ({ headers }: Arrived) => ({
    status: headers.authorization === 'Bearer two' ? 200 : 401,
  });
  const endpoint = await new Endpoint({ script }).start();
  t.after(() => endpoint.close());
  writeFileSync(path, 'one', { mode: 0o600 });
  await broker.createTopic('file-tokens');
  await broker.produce('file-tokens', [{ value: '1', partition: 0 }]);
  const running = new RunningTask(t, configFor('file-tokens', endpoint.url, { type: 'bearer-file', path }));
  await running.when(() => running.factsOf('endpoint-parked').length > 0);
  assert.equal(running.factsOf('records-delivered').length, 0);
  writeFileSync(path, 'two');
  await running.when(() => running.factsOf('records-delivered').length > 0);
  assert.equal(running.task.status().state, 'RUNNING');
});
