import { confluent, errors, unsupported } from './confluent.ts';
import { cloud, deadLetters, isOfCloud } from './confluent-cloud.ts';
import { reports } from './confluent-reports.ts';
import { proxy } from './confluent-request.ts';
import { tls } from './confluent-shared.ts';
import { asV1 } from './confluent-v2-api.ts';
import { apis, successValue } from './confluent-v2-apis.ts';
import { authentication } from './confluent-v2-auth.ts';
import { GUIDE } from './confluent-v2-guide.ts';
import { type ConfluentV2Keys, confluentV2Keys } from './confluent-v2-keys.ts';
import { defineDialect, differs, ignored, type Peer, type Statement, set } from './dialect.ts';

const CLASS = 'connector.class';
const WAITED_OUT =
  'waits for an endpoint that is out of order (5xx, 408, 425, 429, no answer) for as long as that takes, where the JVM’s task fails or drops the records: delivery.max.attempts is a limit';

function* translate(peer: Peer<ConfluentV2Keys>): Iterable<Statement> {
  const isCloud = isOfCloud(peer);
  const v1 = asV1(peer);
  yield differs(CLASS, WAITED_OUT);
  yield* apis(peer);
  yield* authentication(peer);
  yield* proxy(v1);
  yield* versions(peer);
  yield* tls(v1);
  yield* errors(v1, isCloud);
  yield* deadLetters(v1, isCloud);
  yield* reported(peer, isCloud);
  if (peer.values.maxPollIntervalMs !== null) {
    yield set('consumer.override.max.poll.interval.ms', peer.values.maxPollIntervalMs, 'max.poll.interval.ms');
  }
  if (isCloud) yield* cloud(withError(v1), 'errors.tolerance=all unless behavior.on.error is FAIL');
  yield* unsupported(v1);
}

/** By default the task fails, in Confluent Cloud too. */
function withError(peer: ReturnType<typeof asV1>): ReturnType<typeof asV1> {
  return { ...peer, wrote: key => key === 'behavior.on.error' || peer.wrote(key) };
}

function* versions({ values }: Peer<ConfluentV2Keys>): Iterable<Statement> {
  if (!values.sslEnabled) yield ignored('https.ssl.protocol', 'https.ssl.enabled is false');
  else if (values.protocol.trim() === 'TLSv1.3') {
    yield differs(
      'https.ssl.enabled',
      'speaks TLSv1.2 with an endpoint that knows no other: http.ssl.protocol.min=TLSv1.3 refuses it',
    );
  }
}

function* reported(peer: Peer<ConfluentV2Keys>, isCloud: boolean): Iterable<Statement> {
  const value = successValue(peer);
  for (const statement of reports(asV1(peer), isCloud)) {
    const isValue = statement.kind === 'set' && statement.key === 'reporter.success.value';
    yield isValue ? (value ?? statement) : statement;
  }
}

const OPEN_API = 'it is of the form that writes this file';

/**
 * Confluent's second HTTP sink, as Confluent Cloud has it, and the class of it.
 * https://docs.confluent.io/cloud/current/connectors/cc-http-sink-v2.html
 */
export const confluentV2 = defineDialect({
  title: "Confluent's HTTP sink V2",
  classes: ['io.confluent.connect.http.sink.GenericHttpSinkConnector', 'HttpSinkV2'],
  markers: ['http.api.base.url'],
  keys: confluentV2Keys,
  families: confluent.families!,
  ignored: [
    ...confluent.ignored.map(({ key, text }) => ({ key, text: text.replace('batch.max.size', 'api1.max.batch.size') })),
    { key: 'use.open.api.spec', text: OPEN_API },
    { key: 'openapi.spec.file', text: OPEN_API },
  ],
  refused: confluent.refused,
  isDocumented: key => !/^api(?:[2-9]|1\d)\./.test(key),
  translate,
  guide: GUIDE,
});
