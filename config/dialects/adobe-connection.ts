import { isHeaderName } from '../schema/formats.ts';
import { RESERVED } from '../schema/reserved-headers.ts';
import * as key from './adobe-keys.ts';
import { fault, ignored, remark, type Statement, set } from './dialect.ts';
import { literal, proxyAddress } from './texts.ts';

type AdobePeer = key.AdobePeer;

/** What Java's HttpURLConnection does not let a program set (`restrictedHeaders`), and leaves out in silence. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'access-control-request-headers',
  'access-control-request-method',
  'connection',
  'content-length',
  'content-transfer-encoding',
  'host',
  'keep-alive',
  'origin',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

const NO_HEADERS =
  'must be a JSON object of texts, {"x-adobe-flow-id":"…"}: Adobe’s sink sends none of them otherwise, and says so in its log alone';

export function* headers(peer: AdobePeer): Iterable<Statement> {
  const { headers: text } = peer.values;
  if (text === null) return;
  const members = membersOf(text);
  if (members === null) {
    yield fault('invalid', key.HEADERS, NO_HEADERS);
    return;
  }
  for (const [name, value] of Object.entries(members)) yield* header(peer, name, value);
}

function* header({ values }: AdobePeer, name: string, value: unknown): Iterable<Statement> {
  const lower = name.toLowerCase();
  if (!isHeaderName(name)) yield fault('invalid', key.HEADERS, 'has a name that an HTTP header can not have');
  else if (typeof value !== 'string' && typeof value !== 'boolean' && !Number.isSafeInteger(value)) {
    yield fault('invalid', key.HEADERS, `has as ${name} what is no text: write it in quotes`);
  } else if (LEFT_OUT.has(lower)) {
    yield remark(key.HEADERS, `has ${name}, which the HTTP client sets by itself, as Java’s does: it is left out`);
  } else if (RESERVED.has(lower)) {
    yield fault('forbidden', key.HEADERS, `has ${name}, which the HTTP client sets by itself: take it out`);
  } else if (lower === 'authorization' && values.authEnabled === 'true') {
    yield remark(key.HEADERS, `has ${name}, in whose place the token is sent: it is left out`);
  } else yield set(`http.headers.${name}`, literal(String(value)), key.HEADERS);
}

function membersOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

export function* proxy({ values }: AdobePeer): Iterable<Statement> {
  const { proxyHost: host, proxyUser: user, proxyPassword: password } = values;
  if (host === null) {
    for (const idle of [key.PROXY_PORT, key.PROXY_USER, key.PROXY_PASSWORD]) {
      yield ignored(idle, `no ${key.PROXY_HOST} is written`);
    }
    return;
  }
  const url = proxyAddress(host, values.proxyPort);
  yield set('http.proxy.url', url, key.PROXY_PORT);
  // What is wrong with it is the host's, who stands for it from here on.
  yield set('http.proxy.url', url, key.PROXY_HOST);
  if (user !== null && password !== null) {
    yield set('http.proxy.username', user, key.PROXY_USER);
    yield set('http.proxy.password', password.reveal(), key.PROXY_PASSWORD);
  } else {
    yield ignored(key.PROXY_USER, `without ${key.PROXY_PASSWORD} the proxy is told no user, as by Adobe’s sink`);
    yield ignored(key.PROXY_PASSWORD, `without ${key.PROXY_USER} the proxy is told no user, as by Adobe’s sink`);
  }
}
