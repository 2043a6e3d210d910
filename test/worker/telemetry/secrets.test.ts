import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../config/load.ts';
import { secretsOf } from '../../../worker/telemetry/secrets.ts';
import { NO_FILES } from '../../support/files.ts';

const WORKER = `bootstrap.servers=localhost:9092
consumer.security.protocol=SASL_SSL
consumer.sasl.mechanism=SCRAM-SHA-512
consumer.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="kafka-secret";
`;
const SINK = `name=s
connector.class=tailrace.HttpSink
topics=t
http.url=https://example.org/in
http.headers.X-Api-Key=header-secret
http.headers.X-Source=kafka
http.auth.type=oauth2
oauth2.token.url=https://example.org/token
oauth2.client.id=id
oauth2.client.secret=oauth-secret
oauth2.parameters.password=parameter-secret
oauth2.parameters.format=a-plain-word
oauth2.headers.X-Token=token-header-secret
oauth2.headers.Accept=application/json
`;

test('every secret of a configuration is known to the log, plain header words are not', () => {
  const config = parseConfig({
    worker: { name: 'w', text: WORKER },
    connectors: [{ name: 's', text: SINK }],
    env: {},
    overrides: [],
    files: NO_FILES,
  });
  const values = new Set(secretsOf(config).map(secret => secret.reveal()));
  for (const wanted of ['kafka-secret', 'header-secret', 'oauth-secret', 'parameter-secret', 'token-header-secret']) {
    assert.ok(values.has(wanted), wanted);
  }
  for (const plain of ['kafka', 'a-plain-word', 'application/json']) assert.ok(!values.has(plain), plain);
});
