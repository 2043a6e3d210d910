import { batches, bodies } from './confluent-body.ts';
import { CLOUD_IGNORED, cloud, deadLetters, isOfCloud } from './confluent-cloud.ts';
import { type ConfluentKeys, confluentKeys } from './confluent-keys.ts';
import { reports } from './confluent-reports.ts';
import { request } from './confluent-request.ts';
import { credentials, tls } from './confluent-shared.ts';
import { covers, within } from './confluent-statuses.ts';
import { defineDialect, differs, fault, type Peer, type Statement, set } from './dialect.ts';

const CLASS = 'connector.class';
const MINUTE_MS = 60_000;
const MOST_ATTEMPTS = 1_000;
const WAITED_OUT =
  'waits for an endpoint that is out of order (5xx, 408, 425, 429, no answer) for as long as that takes, where the JVM’s task fails or drops the records: delivery.max.attempts is a limit';

function* translate(peer: Peer<ConfluentKeys>): Iterable<Statement> {
  const isCloud = isOfCloud(peer);
  yield differs(CLASS, WAITED_OUT);
  yield* request(peer);
  yield* credentials(peer);
  yield* tls(peer);
  yield* batches(peer);
  yield* bodies(peer);
  yield* answers(peer, isCloud);
  yield* errors(peer, isCloud);
  yield* deadLetters(peer, isCloud);
  yield* reports(peer, isCloud);
  if (peer.values.maxPollIntervalMs !== null) {
    yield set('consumer.override.max.poll.interval.ms', peer.values.maxPollIntervalMs, 'max.poll.interval.ms');
  }
  if (isCloud) yield* cloud(peer, 'max.retries=3, behavior.on.error=ignore, errors.tolerance=all');
  yield* unsupported(peer);
}

/** What protects something, and can not be had. */
export function* unsupported({ values }: Peer<ConfluentKeys>): Iterable<Statement> {
  if (values.csfle) yield fault('unsupported', 'csfle.enabled', 'is not supported: fields would be sent encrypted');
  const restrictions = {
    'connection.disallow.local.ips': values.localIps,
    'connection.disallow.private.ips': values.privateIps,
    'connection.disallow.class.e.ips': values.classEIps,
    'connection.disallow.cidr.ranges': values.cidrRanges !== null,
  };
  for (const [key, isAsked] of Object.entries(restrictions)) if (isAsked) yield fault('unsupported', key, RESTRICTED);
}

export function* answers({ values }: Peer<ConfluentKeys>, isCloud: boolean): Iterable<Statement> {
  yield set('http.response.success.codes', '200-206,208-299', CLASS);
  yield differs(
    CLASS,
    'reads a 207 record by record: a record with a status that does not confirm is repeated or refused',
  );
  const { backoffMs, retryCodes } = values;
  yield set('retry.backoff.ms', Math.max(1, backoffMs), 'retry.backoff.ms');
  if (values.backoffPolicy === 'CONSTANT_VALUE') {
    yield set('retry.backoff.max.ms', Math.max(1, backoffMs), 'retry.backoff.policy');
    yield differs('retry.backoff.policy', 'draws each pause at random from nothing to retry.backoff.ms');
  } else if (backoffMs > MINUTE_MS) yield set('retry.backoff.max.ms', backoffMs, 'retry.backoff.ms');
  const maxRetries = values.maxRetries ?? (isCloud ? 3 : 5);
  const ofRecords = within(retryCodes, 400, 499);
  if (maxRetries > 0 && ofRecords !== '') {
    yield set('http.response.retry.codes', ofRecords, 'retry.on.status.codes');
    yield set('http.response.retry.max.attempts', Math.min(maxRetries + 1, MOST_ATTEMPTS), 'max.retries');
  }
  yield differs(
    'max.retries',
    'is a limit for a 4xx alone: an outage is waited out, unless delivery.max.attempts is a limit',
  );
  if (!covers(retryCodes, 500, 599)) {
    yield differs('retry.on.status.codes', 'does not keep a 5xx from being repeated: it says nothing about a record');
  }
}

export function* errors({ values, wrote, text }: Peer<ConfluentKeys>, isCloud: boolean): Iterable<Statement> {
  const key = 'behavior.on.error';
  const behavior = wrote(key) ? values.onError : isCloud ? 'ignore' : 'fail';
  if (behavior === 'fail') {
    if (text('errors.tolerance')?.trim() === 'all') {
      yield differs(
        'errors.tolerance',
        'is for records that the endpoint refuses too, whatever behavior.on.error says',
      );
    }
    if (isCloud && !wrote('errors.tolerance')) {
      yield differs(
        key,
        'ends the task at a record that can not be read as well: errors.tolerance=all parks both as dead letters',
      );
    }
    return;
  }
  yield differs(key, 'is for what the endpoint refuses record by record: an outage is waited out');
  const tolerance = text('errors.tolerance')?.trim().toLowerCase() ?? null;
  if (tolerance === 'none') yield differs(key, 'has no effect beside errors.tolerance=none: there is one tolerance');
  else if (tolerance === null && !isCloud) {
    yield set('errors.tolerance', 'all', key);
    yield differs(key, 'is for records that converters and transforms refuse too: there is one tolerance');
  }
  if (!wrote('errors.log.enable')) yield set('errors.log.enable', true, key);
}

const RESTRICTED =
  'is not supported: a firewall, or a forward proxy (http.proxy.host), is what keeps requests from addresses';

/**
 * Confluent's first HTTP sink: 1.7.11 of the Platform, and that of Confluent Cloud.
 * https://docs.confluent.io/kafka-connectors/http/current/, https://docs.confluent.io/cloud/current/connectors/cc-http-sink.html
 */
export const confluent = defineDialect({
  title: "Confluent's HTTP sink",
  classes: ['io.confluent.connect.http.HttpSinkConnector'],
  markers: ['http.api.url'],
  keys: confluentKeys,
  families: [
    {
      prefix: 'reporter.producer.',
      join: '.',
      doc: 'Client keys of the producer of reports, with `reporter.bootstrap.servers`.',
    },
    { prefix: 'reporter.admin.', join: '.', doc: 'Client keys of the client that creates their topics.' },
  ],
  ignored: [
    { key: 'confluent.license', text: 'there is no licence to be had' },
    { key: 'confluent.license.*', text: 'there is no licence to be had' },
    { key: 'confluent.topic', text: 'there is no licence to be kept' },
    { key: 'confluent.topic.*', text: 'there is no licence to be kept' },
    { key: 'concurrency.limit', text: 'delivery.max.in.flight says how many requests there are at a time' },
    { key: 'regex.timeout.ms', text: 'http.body.replace.timeout.ms is the limit here' },
    { key: 'ssl.enabled', text: 'the address says whether it is https' },
    { key: 'connection.allow.cidr.ranges', text: 'no address is kept from requests' },
    { key: 'https.ssl.provider', text: 'it is of the JVM' },
    { key: 'https.ssl.keymanager.algorithm', text: 'it is of the JVM' },
    { key: 'https.ssl.trustmanager.algorithm', text: 'it is of the JVM' },
    { key: 'https.ssl.secure.random.implementation', text: 'it is of the JVM' },
    ...['result', 'error'].flatMap(kind =>
      ['key', 'value'].flatMap(role => [
        {
          key: `reporter.${kind}.topic.${role}.format.schemas.cache.size`,
          text: 'reports have no schemas',
        },
        {
          key: `reporter.${kind}.topic.${role}.format.decimal.format`,
          text: 'reports hold no decimals',
        },
      ]),
    ),
    ...CLOUD_IGNORED,
  ],
  refused: [
    { key: 'https.ssl.cipher.suites', text: 'is not supported: OpenSSL chooses among those that are safe' },
    { key: 'https.ssl.engine.factory.class', text: 'is not supported: no class of the JVM can be loaded' },
  ],
  translate,
  guide: {
    stays: [
      'Address with `${topic}`, `${key}` and fields, method, headers, record headers as headers of requests; batches by `batch.max.size`, `batch.key.pattern` and equal headers; bodies as texts or JSON, replacements in them.',
      'Credentials (Basic, OAuth 2.0, with a signed JWT too), key and trust stores, the proxy.',
      'Records without a value, dead letters, reports of successes and errors with the names of their headers.',
      'A file of Confluent Cloud is known by `connector.class=HttpSink` or by a key like `input.data.format`, and has the defaults of Confluent Cloud.',
    ],
    differs: [
      'An endpoint that is out of order (5xx, 408, 425, 429, no answer) is waited for; after `max.retries` the JVM’s task fails, or with `behavior.on.error=ignore` or `log` drops the records. `delivery.max.attempts` sets a limit.',
      'A request that is refused with a 4xx is repeated as often as `max.retries` says and then taken apart, so that only the record at fault is refused, not all that shared a request with it.',
      '`behavior.on.error` and `errors.tolerance` are one: `ignore` and `log` go on at records that converters refuse as well.',
      'What `${key}` or a field stands for is one part of the address: a `/` in it is sent as `%2F`.',
      'Of record headers, `content-…`, `authorization` and `cookie` are not passed on: name them in `http.headers.forward=*,content-language` where they are to be. A header’s bytes are passed on as they are, without `header.converter`.',
      'A 207 is read record by record: `http.response.success.codes=200-299` takes it for a success as a whole.',
      'A body of bytes with `request.body.format=string` is the bytes; Java writes a place in memory.',
      'Headers `reason_phrase` and `url` are missing in reports of errors, `payload` is the value of the record in Kafka, and keys are the records’ own bytes.',
      'A record without a value that is left out ends the request before it, so that batches may be smaller. With `request.body.format=json` an array has no `batch.prefix` and `batch.suffix` around it.',
      'In names of topics `${connector}` is the name of the connector; in Confluent Cloud it is the id of the cluster’s connector.',
      'Schema registries, CSFLE and `connection.disallow.…` are refused.',
    ],
    tune: [
      '`batch.max.size` of 1 is one request a record: set it to some hundreds where the endpoint takes arrays.',
      '`delivery.max.in.flight` of 8 sends for several partitions at once; the JVM’s task sends one request at a time.',
      '`reporter.granularity=batch` reports each request once and not each record.',
      '`batch.max.bytes` is 16 MiB, since the other sink has no limit: set it to what the endpoint takes.',
    ],
  },
});
