import { ENDPOINTS } from '../schema/plain-key.ts';
import { DAY_MS } from '../schema/units.ts';
import { answers } from './confluent.ts';
import { type Api, inWordsOf, readApi } from './confluent-v2-api.ts';
import { contents } from './confluent-v2-body.ts';
import { API_KEYS, type ConfluentV2Keys, MOST_APIS } from './confluent-v2-keys.ts';
import { connectTimeout, request } from './confluent-v2-request.ts';
import { differs, fault, ignored, type Peer, type Statement, set } from './dialect.ts';

type V2 = Peer<ConfluentV2Keys>;

/** Said of the connector as a whole, and of no API. */
const WHOLE = 'delivery.max.uncommitted.records';

/** What all APIs are in our keys: those of the connector where there is one, else endpoints. */
export function* apis(peer: V2): Iterable<Statement> {
  const count = peer.values.apis;
  const all = Array.from({ length: count }, (_, i) => readApi(peer, i + 1));
  for (let n = count + 1; n <= MOST_APIS; n++) {
    yield* API_KEYS.map(rest => ignored(`api${n}.${rest}`, `apis.num is ${count}`));
  }
  const told = [...topics(peer, all)];
  yield* told;
  const used = all.filter(api => count === 1 || topicsOf(api, all, peer).length > 0);
  const longestMs = Math.max(...all.map(({ values }) => Math.min(values.connectTimeoutMs || DAY_MS, DAY_MS)));
  yield* connectTimeout(all, longestMs);
  yield* successes(all);
  if (count > 1) {
    const aliases = used.map(({ n }) => `api${n}`);
    if (aliases.length > 0) yield set('endpoints', aliases.join(','), 'apis.num');
  }
  yield* inOnePlace(used.map(api => oneApi(peer, api, all, longestMs)));
}

/** What all say alike of a key that is none of theirs is said once. */
function* inOnePlace(each: readonly Iterable<Statement>[]): Iterable<Statement> {
  const said = new Set<string>();
  const most = new Map<string, Statement & { kind: 'set' }>();
  for (const statement of each.flatMap(statements => [...statements])) {
    if (statement.kind === 'set' && statement.key === WHOLE) {
      const other = most.get(WHOLE);
      if (other === undefined || Number(other.text) < Number(statement.text)) most.set(WHOLE, statement);
      continue;
    }
    const what = JSON.stringify(statement);
    if (said.has(what)) continue;
    said.add(what);
    yield statement;
  }
  yield* most.values();
}

function* oneApi(peer: V2, api: Api, all: readonly Api[], longestMs: number): Iterable<Statement> {
  const statements = [
    ...request(api, peer.values.baseUrl, longestMs),
    ...contents(api),
    ...inWordsOf(api, answers(api.peer, false)),
  ];
  if (all.length === 1) {
    yield* statements;
    return;
  }
  const prefix = `${ENDPOINTS}api${api.n}.`;
  yield set(`${prefix}topics`, topicsOf(api, all, peer).join(','), api.key('topics'));
  for (const statement of statements) {
    const isShared = statement.kind !== 'set' || statement.key === WHOLE || statement.from === 'connector.class';
    yield isShared ? statement : { ...statement, key: placeOf(peer, prefix, statement.key) };
  }
}

/** One of ours that stands beside is for all APIs, and wins over what each of them says. */
function placeOf(peer: V2, prefix: string, key: string): string {
  return peer.wrote(key) && !peer.wrote(prefix + key) ? key : prefix + key;
}

/** A topic is of the last API that names it, as far as the connector reads it. */
function topicsOf({ n, values }: Api, all: readonly Api[], peer: V2): readonly string[] {
  const later = new Set(all.filter(other => other.n > n).flatMap(other => other.values.topics ?? []));
  const read = listed(peer);
  return (values.topics ?? []).filter(topic => !later.has(topic) && (read === null || read.includes(topic)));
}

/** Null where `topics.regex` finds them, or nothing does. */
function listed({ text }: V2): readonly string[] | null {
  const written = text('topics');
  if (written === null || written.trim() === '') return null;
  return written
    .split(',')
    .map(topic => topic.trim())
    .filter(topic => topic !== '');
}

function* topics(peer: V2, all: readonly Api[]): Iterable<Statement> {
  const read = listed(peer);
  for (const api of all) {
    const from = api.key('topics');
    const names = api.values.topics ?? [];
    if (names.length === 0) {
      if (all.length > 1) yield fault('missing', from, 'is required: the topics whose records go to this API');
      continue;
    }
    for (const topic of names) {
      const last = all.findLast(other => other.values.topics?.includes(topic) === true)!;
      if (last.n !== api.n)
        yield differs(from, `holds ${topic}, which ${last.key('topics')} holds too: the last one has it`);
      else if (read !== null && !read.includes(topic)) {
        yield differs(from, `holds ${topic}, which topics does not: nothing is read of it`);
      }
    }
    if (topicsOf(api, all, peer).length === 0 && all.length > 1) {
      yield differs(from, 'leaves this API without a topic: nothing is sent to it');
    }
  }
  const named = new Set(all.flatMap(({ values }) => values.topics ?? []));
  const homeless = (read ?? []).filter(topic => !named.has(topic));
  // That an API names none is on record; one alone has them all.
  if (homeless.length === 0 || all.some(({ values }) => (values.topics ?? []).length === 0)) return;
  const where = all.length === 1 ? 'api1.topics' : 'one of api<n>.topics';
  yield fault(
    'conflict',
    'topics',
    `holds ${homeless.slice(0, 10).join(', ')}, which no API has: name each in ${where}`,
  );
}

const STATUS_ONLY = 'report.only.status.code.to.success.topic';

/** All APIs report to one topic, in one form. */
function* successes(all: readonly Api[]): Iterable<Statement> {
  const [first, ...rest] = all;
  const other = rest.find(({ values }) => values.statusOnly !== first!.values.statusOnly);
  if (other !== undefined) {
    const what = `must be as ${first!.key(STATUS_ONLY)} is: all APIs report in one form`;
    yield fault('unsupported', other.key(STATUS_ONLY), what);
  }
}

/** Null: the first sink's, the body of the answer. */
export function successValue(peer: V2): Statement | null {
  const first = readApi(peer, 1);
  return first.values.statusOnly ? set('reporter.success.value', 'status', first.key(STATUS_ONLY)) : null;
}
