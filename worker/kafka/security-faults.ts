import type { KafkaFault } from '../task/ports.ts';
import { faultOf } from './faults.ts';
import kafka from './library.ts';

const { ERR__AUTHENTICATION, ERR__SSL } = kafka.CODES.ERRORS;
const KEY = 'sasl.oauthbearer.token.endpoint.url';

/** librdkafka's line, its thread left out. What stands behind the colon is the endpoint's answer, or curl's reason. */
const TOKEN_LINE = /^Failed to retrieve OIDC token from "([^"]*)": ([\s\S]*)$/;
const STATUS = /\((-?\d{1,5})\)\s*$/;

export interface TokenFailure {
  /** Without its query, which may hold a secret. */
  readonly endpoint: string;
  /** curl's reason, or the answer's status and OAuth's code; null when the client does not say. */
  readonly reason: string | null;
}

/** What a line of the facility OIDC says. What an endpoint answers is not repeated but for its code (RFC 6749 §5.2). */
export function tokenFailureIn(text: string): TokenFailure | null {
  const match = TOKEN_LINE.exec(text);
  if (match === null) return null;
  const tail = match[2]!.slice(-40);
  const status = Number(STATUS.exec(tail)?.[1] ?? '-1');
  const said = match[2]!.slice(0, 2000);
  return {
    endpoint: match[1]!.replace(/[?#][\s\S]*$/, ''),
    reason: status > 0 ? answered(status, said) : curled(said),
  };
}

function answered(status: number, said: string): string {
  if (status < 300) return `HTTP ${status} with no token in it`;
  const code = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(said)?.[1];
  return code === undefined ? `HTTP ${status}` : `HTTP ${status}, ${code}`;
}

function curled(said: string): string | null {
  const reason = said.slice(0, 200).replace(/ \(-?\d+\)\s*$/, '');
  return reason === 'Terminating' || reason === '' ? null : reason;
}

/** The client waits for a token before it tries any broker, and does not say so of every answer that holds none. */
const SILENT = `nothing came of the login with tokens, trying on: check that ${KEY} is right and answers, and bootstrap.servers`;

/** @param failure null when the client logged none */
export function tokenFault(failure: TokenFailure | null): KafkaFault {
  if (failure === null) return faultOf(ERR__AUTHENTICATION, 'no failure was logged', SILENT);
  const { endpoint, reason } = failure;
  return faultOf(ERR__AUTHENTICATION, `${endpoint}: ${reason ?? 'no usable answer'}`, tokenAdvice(reason));
}

function tokenAdvice(reason: string | null): string {
  if (reason !== null && /\b(?:SSL|TLS|certificate)\b/i.test(reason)) {
    return `TLS with the token endpoint of ${KEY} failed, trying on: check https.ca.location and the endpoint's certificate`;
  }
  if (reason !== null && /^HTTP 40[013]\b/.test(reason)) {
    return `the token endpoint of ${KEY} refused the client: check sasl.oauthbearer.client.id, its secret and scope`;
  }
  return `no token for Kafka from the token endpoint of ${KEY}, trying on: check that it is right and answers`;
}

/** Causes of a failed TLS handshake, by what OpenSSL and librdkafka say of it. */
const TLS_CAUSES: readonly (readonly [says: RegExp, advice: string])[] = [
  [
    /wrong version number|packet length too long|http request/i,
    'the Kafka listener does not speak TLS: check its port and security.protocol',
  ],
  [
    /alert (?:certificate required|bad certificate|handshake failure|unknown ca|certificate unknown|certificate expired)|client SSL authentication/i,
    "the Kafka listener refused TLS for want of a client certificate that it trusts: check ssl.keystore.* and the broker's log",
  ],
  [
    /SSL connection closed by peer|Disconnected(?:: connection reset by peer)?$/i,
    "the Kafka listener ended TLS at once: it may not speak TLS (check its port and security.protocol), or want a client certificate that it trusts (see ssl.keystore.* and the broker's log)",
  ],
  [
    /certificate verify failed/i,
    "the Kafka broker's certificate can not be verified: check ssl.truststore.*, and that it is for the host of bootstrap.servers",
  ],
  [
    /alert protocol version|unsupported protocol|no shared cipher|no protocols available/i,
    'the Kafka listener and this client have no TLS version or cipher in common: TLS 1.2 and 1.3 are spoken',
  ],
];

/** The fault of a connection whose TLS handshake failed. */
export function tlsFault(facts: string): KafkaFault {
  const cause = TLS_CAUSES.find(([says]) => says.test(facts));
  return cause === undefined ? faultOf(ERR__SSL, facts) : faultOf(ERR__SSL, facts, cause[1]);
}
