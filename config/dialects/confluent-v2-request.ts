import { FormatError } from '../schema/formats.ts';
import { readTemplatedUrl } from '../schema/template-formats.ts';
import { DAY_MS } from '../schema/units.ts';
import { aboutAddress, fillIn, tombstones } from './confluent-request.ts';
import { headers } from './confluent-shared.ts';
import { type Api, inWordsOf } from './confluent-v2-api.ts';
import { itemsBetween, partOfUrl } from './confluent-v2-texts.ts';
import { differs, fault, ignored, type Statement, set, setOf } from './dialect.ts';
import { literalUrl } from './texts.ts';

const BASE_URL = 'http.api.base.url';
const HEADERS = 'http.request.headers';
const SENSITIVE = 'http.request.sensitive.headers';

/** Whether requests carry nothing: ours have one record each then. */
export function isBodiless({ values }: Api): boolean {
  return values.method === 'DELETE' || (values.method === 'GET' && !values.getBody);
}

interface Address {
  readonly url: string;
  readonly ofRecord: readonly string[];
  readonly problems: readonly Statement[];
}

/** @param longestConnectMs of all APIs, which share their connections */
export function* request(api: Api, baseUrl: string | null, longestConnectMs: number): Iterable<Statement> {
  const { values, key } = api;
  const address = baseUrl === null ? null : addressOf(api, baseUrl);
  if (baseUrl !== null && isFaulty(baseUrl)) yield set('http.url', baseUrl, BASE_URL);
  else if (address !== null) {
    yield setOf(partsOf(api), 'http.url', address.url, values.path === '' ? BASE_URL : key('http.api.path'));
    yield* address.problems;
    yield* inWordsOf(api, aboutAddress(address));
  }
  yield set('http.method', values.method, key('http.request.method'));
  yield* bodyOfGet(api);
  for (const statement of inWordsOf(api, tombstones(api.peer, address))) {
    const isAddress = statement.kind === 'set' && statement.key === 'http.delete.url';
    yield isAddress ? { ...statement, parts: partsOf(api) } : statement;
  }
  yield* ofRequest(api);
  if (values.forwardHeaders) yield set('http.headers.forward', '*', key('forward.kafka.headers'));
  if (values.responseCompression) {
    yield set('http.response.compression.enabled', true, key('http.response.compression.enabled'));
  }
  const wholeMs = values.requestTimeoutMs === 0 ? DAY_MS : longestConnectMs + values.requestTimeoutMs;
  yield set('http.timeout.ms', Math.min(wholeMs, DAY_MS), key('http.request.timeout.ms'));
  yield* upserts(api);
  if (values.testApi) yield ignored(key('test.api'), 'no test record is sent');
}

/** What an address is made of. */
function partsOf({ key }: Api): readonly string[] {
  return [BASE_URL, ...['http.api.path', 'http.path.parameters', 'http.request.parameters'].map(key)];
}

/** What is wrong is the schema's to tell, of this key and not of one path. */
function isFaulty(baseUrl: string): boolean {
  try {
    return readTemplatedUrl(fillIn(baseUrl, literalUrl).text) === null;
  } catch (error) {
    if (error instanceof FormatError) return true;
    throw error;
  }
}

function* bodyOfGet({ values, key }: Api): Iterable<Statement> {
  if (values.method !== 'GET') yield ignored(key('allow.get.request.body'), `${key('http.request.method')} is not GET`);
  else if (values.getBody) yield set('http.request.body', 'always', key('allow.get.request.body'));
}

function addressOf({ values, key }: Api, baseUrl: string): Address {
  const problems: Statement[] = [];
  const filled = (text: string) => fillIn(text, literalUrl);
  let { path } = values;
  if (values.method === 'DELETE' && !/\$\{(?:key|topic)\}/.test(path)) path = `${path.replace(/\/$/, '')}/\${key}`;
  const base = filled(baseUrl.replace(path === '' ? '' : /\/$/, ''));
  const told = namedIn(path, values, key, problems);
  const query = queryOf(values, key, problems);
  const before = base.text + (told.text === '' || /^[/?]/.test(told.text) ? '' : '/') + told.text;
  const sign = before.includes('?') ? '&' : '?';
  const ofRecord = [...base.ofRecord, ...told.ofRecord, ...query.ofRecord];
  return { url: query.text === '' ? before : before + sign + query.text, ofRecord, problems };
}

/** The path with its parameters; what is named there and is none of them is of the record. */
function namedIn(path: string, values: Api['values'], key: Api['key'], problems: Statement[]) {
  const from = key('http.path.parameters');
  const parameters = new Map<string, string>();
  for (const item of itemsBetween(values.pathParameters, values.pathParameterSeparator, ':')) {
    if ('problem' in item) problems.push(fault('invalid', from, item.problem));
    else parameters.set(item.name, item.value);
  }
  const ofRecord: string[] = [];
  const used = new Set<string>();
  let text = '';
  let done = 0;
  const plain = (part: string): void => {
    const filled = fillIn(part, literalUrl);
    text += filled.text;
    ofRecord.push(...filled.ofRecord);
  };
  for (const found of path.matchAll(/\$?\{([^{}]+)\}/g)) {
    const value = parameters.get(found[1]!);
    if (value === undefined) continue;
    used.add(found[1]!);
    plain(path.slice(done, found.index));
    const filled = fillIn(value, partOfUrl);
    text += filled.text;
    ofRecord.push(...filled.ofRecord);
    done = found.index + found[0].length;
  }
  plain(path.slice(done));
  const strange = /(?<!\$)\{([^{}]+)\}/g;
  for (const [, name] of path.matchAll(strange)) {
    if (parameters.has(name!)) continue;
    const what = `holds {${name}}, which ${from} does not name: write ${name}:… there, or %7B and %7D for the characters`;
    problems.push(fault('conflict', key('http.api.path'), what));
  }
  for (const name of parameters.keys()) {
    if (!used.has(name)) {
      problems.push(
        fault(
          'conflict',
          from,
          `holds ${name}, which ${key('http.api.path')} does not: write \${${name}} there, or take it out`,
        ),
      );
    }
  }
  return { text, ofRecord };
}

function queryOf(values: Api['values'], key: Api['key'], problems: Statement[]) {
  const from = key('http.request.parameters');
  const ofRecord: string[] = [];
  const pairs: string[] = [];
  for (const item of itemsBetween(values.parameters, values.parameterSeparator, '=')) {
    if ('problem' in item) {
      problems.push(fault('invalid', from, item.problem));
      continue;
    }
    const filled = fillIn(item.value, partOfUrl);
    pairs.push(`${partOfUrl(item.name)}=${filled.text}`);
    ofRecord.push(...filled.ofRecord);
  }
  return { text: pairs.join('&'), ofRecord };
}

/** What is in both is that of the sensitive ones. */
function* ofRequest({ values, key }: Api): Iterable<Statement> {
  const shared = {
    separator: values.headerSeparator,
    to: 'http.headers.',
    macros: (value: string) => fillIn(value).text,
  } as const;
  const sensitive = namesIn(values.sensitiveHeaders, values.headerSeparator);
  const idle = Object.fromEntries(sensitive.map(name => [name, `${key(SENSITIVE)} holds it too, and goes first`]));
  yield* headers(values.headers, { ...shared, from: key(HEADERS), idle });
  yield* headers(values.sensitiveHeaders, { ...shared, from: key(SENSITIVE) });
}

export function namesIn(text: string | null, separator: string): readonly string[] {
  return itemsBetween(text, separator, ':').flatMap(item => ('name' in item ? [item.name.toLowerCase()] : []));
}

function* upserts({ values, key }: Api): Iterable<Statement> {
  const { upsertMethod, upsertPath, upsertField } = values;
  if (upsertMethod !== 'NONE') {
    const what = 'is not supported: a record makes one request, to one address';
    yield fault(
      'unsupported',
      key('upsert.method'),
      `${what}; write NONE, and let the endpoint decide, or take two connectors with a filter`,
    );
    return;
  }
  for (const [rest, value] of [
    ['upsert.api.path', upsertPath],
    ['upsert.on.field.value', upsertField],
  ] as const) {
    if (value !== null) yield fault('conflict', key(rest), `must not be written while ${key('upsert.method')} is NONE`);
  }
}

/** Of all APIs, which share their connections: the longest. */
export function* connectTimeout(apis: readonly Api[], longestMs: number): Iterable<Statement> {
  const of = ({ values }: Api): number => Math.min(values.connectTimeoutMs || DAY_MS, DAY_MS);
  const longest = apis.find(api => of(api) === longestMs)!;
  yield set('http.connect.timeout.ms', longestMs, longest.key('http.connect.timeout.ms'));
  for (const api of apis) {
    if (of(api) === longestMs) continue;
    yield differs(
      api.key('http.connect.timeout.ms'),
      `is ${longestMs}, the longest of all APIs, which share their connections`,
    );
  }
}
