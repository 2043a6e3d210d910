import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TransportError } from '../../../../connector/errors.ts';
import { diagnose } from '../../../../connector/http/transport/diagnose.ts';

const URL_WITH_SECRETS = new URL('https://canary:canary@endpoint.test:8443/canary?key=canary');

function failure(code: string, message = 'canary'): Error {
  return Object.assign(new Error(message), { code });
}

describe('diagnose', () => {
  const table: [code: string, retriable: boolean, words: RegExp][] = [
    ['ECONNREFUSED', true, /nothing listens at endpoint\.test:8443/],
    ['ENOTFOUND', true, /does not resolve/],
    ['EAI_AGAIN', true, /DNS/],
    ['EHOSTUNREACH', true, /no route/],
    ['ETIMEDOUT', true, /in time/],
    ['CONNECT_TIMEOUT', true, /in time/],
    ['ECONNRESET', true, /cut the connection/],
    ['UND_ERR_SOCKET', true, /closed the connection/],
    ['INVALID_ANSWER', false, /can’t be read as HTTP/],
    ['ANSWERED_UNASKED', false, /before it was asked/],
    ['ANSWERED_EARLY', true, /had not read/],
    ['CLOSED_UNANSWERED', true, /client certificate/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, /http\.ssl\.certificate\.location/],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', false, /http\.ssl\.certificate\.location/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, /http\.ssl\.certificate\.location/],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', false, /client certificate/],
    ['ERR_SSL_SSL_TLS_ALERT_HANDSHAKE_FAILURE', false, /client certificate/],
    ['ERR_SSL_SSL_TLS_ALERT_BAD_CERTIFICATE', false, /http\.ssl\.certificate\.location/],
    ['UND_ERR_INVALID_ARG', false, /headers/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, /self-signed certificate/],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, /authority/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, /authority/],
    ['CERT_HAS_EXPIRED', false, /expired/],
    ['CERT_NOT_YET_VALID', false, /not valid yet/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, /another name/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', false, /plain http/],
    ['EPROTO', false, /TLS/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false, /TLS with .* failed \(ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION\)/],
    ['CERT_SIGNATURE_FAILURE', false, /TLS/],
    ['INVALID_CA', false, /TLS/],
    ['ERR_OSSL_PEM_NO_START_LINE', false, /TLS/],
    ['HTTP2_NOT_CHOSEN', false, /take http\.version=2 out/],
    ['HTTP2_NOT_SPOKEN', false, /take http\.version=2 out/],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', false, /take http\.version=2 out/],
    ['ERR_SSL_SSL_TLS_ALERT_NO_APPLICATION_PROTOCOL', false, /take http\.version=2 out/],
    ['HTTP2_SILENT', true, /does it speak it \(http\.version=2\)\?/],
    ['HTTP2_RESET_HTTP_1_1_REQUIRED', false, /take http\.version=2 out/],
    ['HTTP2_RESET_INTERNAL_ERROR', true, /broke off .* \(INTERNAL_ERROR\)/],
    ['HTTP2_GOAWAY_COMPRESSION_ERROR', true, /GOAWAY, COMPRESSION_ERROR/],
    ['HTTP2_VIOLATED', false, /broke the rules of HTTP\/2/],
    ['HTTP2_DEAD', true, /not even to a PING/],
    ['ENEWLYINVENTED', true, /failed \(ENEWLYINVENTED\)/],
  ];
  for (const [code, retriable, words] of table) {
    it(`${code} ${retriable ? 'may pass' : 'needs somebody to change something'}`, () => {
      const error = diagnose(failure(code), URL_WITH_SECRETS, false);
      assert.deepEqual([error.code, error.retriable, error.ambiguous], [code, retriable, false]);
      assert.match(error.message, words);
    });
  }

  it('looks into the failure of several addresses', () => {
    const both = new AggregateError([failure('ECONNREFUSED'), failure('ENETUNREACH')]);
    assert.equal(diagnose(both, URL_WITH_SECRETS, false).code, 'ECONNREFUSED');
  });

  it('makes one line of anything, and repeats neither the cause nor the whole URL', () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.tuple(fc.string(), fc.string()).map(([code, message]) => failure(code, message)),
    );
    fc.assert(
      fc.property(thrown, fc.boolean(), (cause, ambiguous) => {
        const error = diagnose(cause, URL_WITH_SECRETS, ambiguous);
        assert.ok(error instanceof TransportError);
        assert.equal(error.ambiguous, ambiguous);
        assert.match(error.code, /^[A-Z][A-Z0-9_]+$/);
        assert.match(error.message, /endpoint\.test:8443/);
        assert.doesNotMatch(error.message, /canary|[\r\n{}]/);
      }),
      { numRuns: 1000 },
    );
  });
});
