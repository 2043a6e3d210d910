import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FailureLog, failureIn, tellable, toldOnce } from '../../../worker/kafka/client-log.ts';
import { faultOf, toError, toFault } from '../../../worker/kafka/faults.ts';
import { clientFeatures, missingFeatures } from '../../../worker/kafka/features.ts';
import { consumerSettings, producerSettings } from '../../../worker/kafka/settings.ts';
import { KafkaError } from '../../../worker/task/kafka-error.ts';
import type { KafkaFault } from '../../../worker/task/ports.ts';

const [TRANSPORT, ALL_DOWN, RESOLVE, SSL, AUTHENTICATION, FATAL] = [-195, -187, -193, -181, -169, -150];
const [INCONSISTENT_GROUP_PROTOCOL, GROUP_DENIED, TOPIC_DENIED, FENCED, UNSUPPORTED_SASL] = [23, 30, 29, 82, 33];

function fail(message: string, facility = 'FAIL'): KafkaFault | null {
  return failureIn({ severity: 3, facility, message });
}

describe('faults of the Kafka client', () => {
  for (const [code, says] of [
    [INCONSISTENT_GROUP_PROTOCOL, /mix eager and cooperative assignors.*partition\.assignment\.strategy/],
    [GROUP_DENIED, /consumer group: grant this user READ/],
    [TOPIC_DENIED, /topic: grant this user READ and DESCRIBE/],
    [3, /topic does not exist: create it/],
    [ALL_DOWN, /check bootstrap\.servers/],
    [58, /refused the credentials/],
  ] as const) {
    it(`says what to do about ${code}`, () => {
      const { message, fatal } = faultOf(code);
      assert.match(message, says);
      assert.match(message, /\((Local|Broker): [^\n]+\)$/);
      assert.equal(fatal, false);
    });
  }

  it('knows what ends a client', () => {
    assert.equal(faultOf(FENCED).fatal, true);
    assert.equal(faultOf(FATAL).fatal, true);
    assert.equal(toFault({ code: 1, message: 'x', isFatal: true }).fatal, true);
  });

  it('finds the code of an error that came as text only, as error events do', () => {
    // node-rdkafka's LibrdKafkaError of an Error: cut at the second colon, in lower case, code -1.
    const event = {
      code: -1,
      origin: 'local',
      message: 'all broker connections are down',
      stack: 'Error: Local: All broker connections are down',
    };
    assert.deepEqual(toFault(event), faultOf(ALL_DOWN));
    assert.equal(toFault(new Error('Broker: Message size too large')).code, 10);
  });

  it('keeps the whole of a text that node-rdkafka cut', () => {
    const cut = {
      code: -1,
      origin: 'ssl.ca.location failed',
      message: 'error:05880002:x509',
      stack: 'Error: ssl.ca.location failed: error:05880002:X509: no file\n  at x',
    };
    assert.equal(toFault(cut).message, 'ssl.ca.location failed: error:05880002:X509: no file');
  });

  it('takes codes, native objects, errors and whatever else is thrown', () => {
    assert.equal(toFault(22).code, 22);
    assert.deepEqual(toFault({ code: 27, message: 'Broker: Group rebalance in progress' }), faultOf(27));
    assert.equal(
      toFault({ code: 38, message: 'too few brokers\nhere' }).message.includes('too few brokers here'),
      true,
    );
    assert.deepEqual(toFault('odd'), { code: -1, message: 'odd', fatal: false });
    assert.equal(toFault(undefined).code, -1);
    const error = toError({ code: 27, message: 'Broker: Group rebalance in progress' });
    assert.ok(error instanceof KafkaError && error instanceof Error);
    assert.equal(toError(error), error);
  });

  it('lets the log explain a failed connection, and nothing else', () => {
    const failure = faultOf(AUTHENTICATION, 'broker 1 said no');
    assert.equal(toFault(TRANSPORT, failure), failure);
    assert.equal(toFault(ALL_DOWN, failure), failure);
    assert.equal(toFault(27, failure).code, 27);
  });
});

describe("librdkafka's log", () => {
  const head = '[thrd:sasl_ssl://k1:9093/bootstrap]: sasl_ssl://k1:9093/bootstrap: ';
  for (const [text, code] of [
    [
      'Connect to ipv4#10.0.0.1:9093 failed: Connection refused (after 0ms in state CONNECT, 3 identical error(s) suppressed)',
      TRANSPORT,
    ],
    ["Failed to resolve 'k1:9093': Name or service not known (after 1ms in state CONNECT)", RESOLVE],
    [
      'SASL authentication error: Authentication failed: Invalid username or password (after 320ms in state AUTH_REQ)',
      AUTHENTICATION,
    ],
    [
      'SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Unsupported SASL mechanism: GUESS (after 2ms in state AUTH_HANDSHAKE)',
      UNSUPPORTED_SASL,
    ],
    [
      'SSL handshake failed: error:0A000086:SSL routines::certificate verify failed (after 8ms in state SSL_HANDSHAKE)',
      SSL,
    ],
    ['Disconnected: connection reset by peer (after 0ms in state SSL_HANDSHAKE)', SSL],
    ['Disconnected (after 700000ms in state UP)', TRANSPORT],
    ['Disconnected: SSL connection closed by peer (after 700000ms in state UP)', TRANSPORT],
    ['Disconnected: SSL connection closed by peer (after 7ms in state APIVERSION_QUERY)', SSL],
    ['Disconnected: connection reset by peer (after 7ms in state APIVERSION_QUERY)', SSL],
    ['Disconnected (after 7ms in state APIVERSION_QUERY)', SSL],
    [
      'Disconnected: verify that security.protocol is correctly configured, broker might require SASL authentication (after 9ms in state UP)',
      TRANSPORT,
    ],
  ] as const) {
    it(`reads "${text.slice(0, 60)}"`, () => {
      const fault = fail(head + text)!;
      assert.equal(fault.code, code);
      assert.ok(
        fault.message.includes(`(sasl_ssl://k1:9093/bootstrap: ${text.replace(/ \(after.*/, '')})`),
        fault.message,
      );
    });
  }

  for (const [text, advice] of [
    ['SSL handshake failed: error:0A00010B:SSL routines::wrong version number', /does not speak TLS/],
    ['SSL handshake failed: error:0A00045C:SSL routines::tlsv13 alert certificate required', /check ssl\.keystore/],
    ['SSL handshake failed: error:0A000412:SSL routines::sslv3 alert bad certificate', /check ssl\.keystore/],
    ['SSL handshake failed: error:0A000418:SSL routines::tlsv1 alert unknown ca', /check ssl\.keystore/],
    ['SSL handshake failed: error:0A000086:SSL routines::certificate verify failed', /check ssl\.truststore/],
    ['SSL handshake failed: error:0A00042E:SSL routines::tlsv1 alert protocol version', /no TLS version or cipher/],
    ['Disconnected: connection reset by peer', /may not speak TLS .*security\.protocol.* want a client certificate/],
    ['Disconnected', /may not speak TLS .*security\.protocol.* want a client certificate/],
    ['Disconnected: SSL connection closed by peer', /want a client certificate/],
    ['SSL handshake failed: error:0A0000AB:SSL routines::odd', /^TLS with the Kafka broker failed/],
  ] as const) {
    it(`says of "${text.slice(-40)}" what to do`, () => {
      const fault = fail(`${head}${text} (after 7ms in state SSL_HANDSHAKE)`)!;
      assert.equal(fault.code, SSL);
      assert.match(fault.message, advice);
      assert.ok(fault.message.endsWith(`${text})`), fault.message);
    });
  }

  for (const [said, advice, detail] of [
    [
      "Failed to connect to h port 1: Couldn't connect to server (-1)",
      /^no token for Kafka/,
      "Couldn't connect to server",
    ],
    ['Could not resolve host: h (-1)', /^no token for Kafka/, 'Could not resolve host: h'],
    ['Terminating (-1)', /^no token for Kafka/, 'no usable answer'],
    [
      'SSL certificate problem: self-signed certificate (-1)',
      /^TLS with the token endpoint/,
      'self-signed certificate',
    ],
    ['{"error":"invalid_client","error_description":"canary"} (401)', /refused the client/, 'HTTP 401, invalid_client'],
    ['{"error": "invalid_scope"} (400)', /refused the client/, 'HTTP 400, invalid_scope'],
    ['canary (403)', /refused the client/, 'HTTP 403'],
    ['<html>canary (502)', /^no token for Kafka/, 'HTTP 502'],
    ['Response is not JSON encoded: canary (200)', /^no token for Kafka/, 'HTTP 200 with no token in it'],
  ] as const) {
    it(`tells of a token endpoint: ${said}`, () => {
      const message = `[thrd:background]: Failed to retrieve OIDC token from "https://h/t?key=canary": ${said}`;
      const line = { severity: 3, facility: 'OIDC', message };
      for (const each of [line, tellable(line)]) {
        const fault = failureIn(each)!;
        assert.equal(fault.code, AUTHENTICATION);
        assert.match(fault.message, advice);
        assert.match(fault.message, /sasl\.oauthbearer\.token\.endpoint\.url/);
        assert.ok(fault.message.endsWith(`${detail})`), fault.message);
        assert.doesNotMatch(fault.message, /canary|bootstrap/);
      }
      assert.doesNotMatch(tellable(line).message, /canary/);
    });
  }

  it('reads a megabyte of anything at once, and tells a line of it', () => {
    const heads = [
      '',
      head,
      '[thrd:',
      'Failed to retrieve OIDC token from "',
      'Failed to retrieve OIDC token from "x": ',
      'Error: ',
    ];
    for (const piece of [
      'a',
      ' ',
      ': ',
      'a: ',
      '"',
      '(',
      ' (1',
      ' (after 1',
      'sasl',
      'a://',
      '\n',
      'A',
      '{"error":"',
    ]) {
      const text = piece.repeat(Math.ceil(1_048_576 / piece.length));
      for (const start of heads) {
        for (const facility of ['FAIL', 'FATAL', 'OIDC']) {
          const line = tellable({ severity: 3, facility, message: start + text });
          assert.ok(failureIn(line)!.message.length < 2_000);
        }
        assert.ok(toFault(new Error(start + text)).message.length < 2_000);
      }
    }
  });

  it('finds the reason of a fatal error, and nothing in other lines', () => {
    const fault = fail('[thrd:main]: Fatal error: Broker: Static consumer fenced', 'FATAL')!;
    assert.deepEqual([fault.code, fault.fatal], [FATAL, true]);
    assert.match(fault.message, /Static consumer fenced/);
    assert.equal(fail('[thrd:app]: Configuration property x', 'CONFWARN'), null);
  });

  it('says what to do about a fatal error whose event has no more than a code', () => {
    const text = 'Broker: Static consumer fenced by other consumer with same group.instance.id: OffsetCommit failed';
    const reason = fail(`[thrd:main]: Fatal error: ${text}`, 'FATAL')!;
    const fault = toFault({ code: FATAL, message: 'Local: Fatal error' }, reason);
    assert.deepEqual([fault.code, fault.fatal], [FENCED, true]);
    assert.match(fault.message, /another member joined with the same group\.instance\.id: give each worker its own/);
  });

  it('waits a moment for the line of a fatal error, and not for ever', async () => {
    const log = new FailureLog();
    const late = log.fatal();
    setImmediate(() => log.note({ severity: 0, facility: 'FATAL', message: '[thrd:main]: Fatal error: Broker: Oops' }));
    assert.equal((await late)?.fatal, true);
    assert.equal(await new FailureLog().fatal(), null);
  });

  it('explains the error events that follow a line, and calls those without one over', () => {
    const log = new FailureLog();
    assert.equal(log.recent(), null);
    assert.equal(log.isOver(faultOf(ALL_DOWN)), true);
    assert.equal(log.isOver(faultOf(AUTHENTICATION)), false);
    assert.equal(log.isOver(faultOf(GROUP_DENIED)), false);
    log.note({
      severity: 3,
      facility: 'FAIL',
      message: `${head}Connect to ipv4#10.0.0.1:9093 failed: Connection refused`,
    });
    log.note({ severity: 4, facility: 'CONFWARN', message: 'something else' });
    assert.equal(log.recent()?.code, TRANSPORT);
    assert.equal(log.isOver(faultOf(ALL_DOWN)), false);
    log.forget();
    assert.equal(log.recent(), null);
  });

  it('tells a fault once, a different one too, and a fatal one always', () => {
    const told: number[] = [];
    const tell = toldOnce(({ code }) => told.push(code));
    for (const code of [ALL_DOWN, ALL_DOWN, RESOLVE, ALL_DOWN, FATAL, FATAL]) tell(faultOf(code));
    assert.deepEqual(told, [ALL_DOWN, RESOLVE, FATAL, FATAL]);
  });
});

describe('client settings', () => {
  const user = {
    groupId: 'connect-x',
    autoOffsetReset: 'latest' as const,
    offsetOutOfRange: 'latest' as const,
    consumer: {
      global: { 'enable.auto.commit': 'true', 'group.id': 'mine', 'auto.offset.reset': 'latest', 'client.id': 'c' },
      topic: { 'auto.offset.reset': 'latest' },
    },
    producer: { global: { acks: '0', 'linger.ms': '5' }, topic: { 'request.required.acks': '1' } },
    admin: { global: {}, topic: {} },
  };

  it('keep what the guarantee rests on', () => {
    const [global, topic] = consumerSettings(user, { rebalance_cb: null, offset_commit_cb: null });
    assert.deepEqual(
      { ...global },
      {
        'client.id': 'c',
        rebalance_cb: null,
        offset_commit_cb: null,
        'group.id': 'connect-x',
        'enable.auto.commit': false,
        'enable.auto.offset.store': false,
        'enable.partition.eof': true,
      },
    );
    assert.deepEqual({ ...topic }, { 'auto.offset.reset': 'error' });
  });

  it('have every in-sync replica acknowledge', () => {
    const [global, topic] = producerSettings(user, null);
    assert.deepEqual({ ...global }, { 'linger.ms': '5', dr_cb: null, 'allow.auto.create.topics': false });
    assert.deepEqual({ ...topic }, { acks: 'all' });
  });
});

describe('the Kafka client as it was compiled', () => {
  it('has every feature that a user may need', () => {
    const { features, librdkafka } = clientFeatures();
    assert.match(librdkafka, /^\d+\.\d+\.\d+/);
    assert.deepEqual(missingFeatures(), [], `built with ${features.join(', ')}`);
  });

  it('is told what is missing, and which package brings it', () => {
    assert.deepEqual(missingFeatures(clientFeatures().features.filter(f => f !== 'zstd' && f !== 'oidc')), [
      'zstd (libzstd-dev)',
      'oidc (libcurl4-openssl-dev)',
    ]);
  });
});
