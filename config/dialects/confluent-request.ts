import { DAY_MS } from '../schema/units.ts';
import type { ConfluentKeys } from './confluent-keys.ts';
import { headers } from './confluent-shared.ts';
import { differs, fault, ignored, type Peer, remark, type Statement, set } from './dialect.ts';
import { type AsText, literal, literalUrl, proxyAddress } from './texts.ts';

const URL_KEY = 'http.api.url';
/** `${id}`, `${customer.id}`; also `${topic}` and `${key}`. */
const RECORD_FIELD = /\$\{([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\}/g;

/** A text with macros of ours, and which of its macros are of the record and not only of its topic. */
export interface Filled {
  readonly text: string;
  readonly ofRecord: readonly string[];
}

/** `${topic}`, `${key}`, and else a field of the value: `${id}`, `${customer.id}`. */
export function fillIn(written: string, asText: AsText = literal): Filled {
  const ofRecord: string[] = [];
  let text = '';
  let done = 0;
  for (const found of written.matchAll(RECORD_FIELD)) {
    const name = found[1]!;
    text += asText(written.slice(done, found.index), true) + macroOfField(name);
    done = found.index + found[0].length;
    if (name !== 'topic') ofRecord.push(name);
  }
  return { text: text + asText(written.slice(done)), ofRecord };
}

/** The address with macros of ours, and which of its macros are of the record. */
export interface Address {
  readonly url: string;
  readonly ofRecord: readonly string[];
}

function readAddress(written: string): Address {
  const { text: url, ofRecord } = fillIn(written, literalUrl);
  return { url, ofRecord };
}

/** The macro of ours that such a name stands for. */
function macroOfField(name: string): string {
  if (name === 'topic' || name === 'key') return `\${${name}}`;
  const [first, ...rest] = name.split('.');
  const isPart = rest.length > 0 && (first === 'key' || first === 'value');
  return isPart ? `\${${first}:/${rest.join('/')}}` : `\${value:/${name.replaceAll('.', '/')}}`;
}

export function* request(peer: Peer<ConfluentKeys>): Iterable<Statement> {
  const { values } = peer;
  const address = values.url === null ? null : readAddress(values.url);
  if (address !== null) {
    yield set('http.url', address.url, URL_KEY);
    yield* aboutAddress(address);
  }
  yield set('http.method', values.method, 'request.method');
  yield* tombstones(peer, address);
  const shared = { separator: values.headerSeparator, to: 'http.headers.', macros: ['key', 'topic'] } as const;
  yield* headers(values.headers, { ...shared, from: 'headers' });
  yield* headers(values.sensitiveHeaders, { ...shared, from: 'sensitive.headers' });
  yield set('http.headers.forward', '*', 'connector.class');
  const connectMs = values.connectTimeoutMs || DAY_MS;
  yield set('http.connect.timeout.ms', Math.min(connectMs, DAY_MS), 'http.connect.timeout.ms');
  // There the two follow each other, here one is a part of the other.
  const wholeMs = values.requestTimeoutMs === 0 ? DAY_MS : connectMs + values.requestTimeoutMs;
  yield set('http.timeout.ms', Math.min(wholeMs, DAY_MS), 'http.request.timeout.ms');
  yield* proxy(peer);
}

export function* aboutAddress({ ofRecord }: Address): Iterable<Statement> {
  if (ofRecord.length > 0) {
    yield differs(
      URL_KEY,
      'takes what it is filled with for one part of the address: a / in it is sent as %2F, and nothing, . or .. is an error of the record',
    );
  }
  const fields = ofRecord.filter(name => name !== 'key');
  if (fields.length > 0) {
    yield remark(
      URL_KEY,
      `takes ${fields.map(name => `\${${name}}`).join(' and ')} from the record; one that has no such field is an error of that record`,
    );
  }
}

export function* tombstones({ values }: Peer<ConfluentKeys>, address: Address | null): Iterable<Statement> {
  const key = 'behavior.on.null.values';
  const behavior = values.onNullValues;
  yield set(key, behavior === 'log' ? 'ignore' : behavior, key);
  if (behavior === 'log') yield differs(key, 'counts records without a value, and has no line for each');
  if (behavior !== 'delete') {
    yield ignored('deletes.send.in.order', `behavior.on.null.values is ${behavior}`);
    return;
  }
  if (!values.deletesInOrder) yield differs('deletes.send.in.order', 'keeps deletions in their order all the same');
  if (address === null) return;
  if (address.ofRecord.some(name => !/^key\b/.test(name))) {
    yield differs(
      key,
      'can not be where http.api.url holds a field of the value: a record without one is an error of that record',
    );
  }
  if (address.ofRecord.length > 0) return;
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(address.url) ?? [];
  yield set('http.delete.url', `${path.replace(/\/$/, '')}/\${key}${query}`, key);
}

export function* proxy({ values }: Peer<ConfluentKeys>): Iterable<Statement> {
  const { proxyHost: host, proxyPort: port, proxyUser: user, proxyPassword: password } = values;
  if (host === null) {
    const keys = ['http.proxy.port', 'http.proxy.user', 'http.proxy.password'];
    yield* keys.map(key => ignored(key, 'no http.proxy.host is written'));
    return;
  }
  if (port === 0) yield fault('missing', 'http.proxy.port', 'is required beside http.proxy.host');
  else yield set('http.proxy.url', proxyAddress(host, port), 'http.proxy.host');
  if (user !== null) yield set('http.proxy.username', user, 'http.proxy.user');
  else if (password !== null) yield fault('missing', 'http.proxy.user', 'is required beside http.proxy.password');
  if (user !== null && password !== null) yield set('http.proxy.password', password.reveal(), 'http.proxy.password');
}
