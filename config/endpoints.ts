import { readBatch, readValues } from './body.ts';
import { readEach } from './endpoint-findings.ts';
import type { Findings } from './findings.ts';
import { readHttp } from './http.ts';
import { translateRegex } from './kafka/topics-regex.ts';
import { sharedBy } from './schema/endpoint-keys.ts';
import { type EndpointSection, readEndpointSection } from './schema/endpoint-section.ts';
import { nearest } from './schema/nearest.ts';
import { ENDPOINTS } from './schema/plain-key.ts';
import type { ConnectorSection } from './schema/section.ts';
import type { Outside } from './source/files.ts';
import type { BatchConfig, ConverterConfig, EndpointConfig } from './types.ts';

/** Each has connections and memory of its own. */
const MOST = 100;
/** Topics that a fault names. */
const MOST_NAMED = 10;

export interface EndpointsParts {
  /** Null: they are found by `topics.regex`. */
  readonly topics: readonly string[] | null;
  readonly converter: ConverterConfig;
  readonly outside: Outside;
  /** What else must be true of a batch. */
  readonly checkBatch: (section: ConnectorSection, batch: BatchConfig, findings: Findings) => void;
}

/**
 * The endpoints by their aliases, each with its topics.
 * @returns null where the connector has one, of all topics; none at all while something that can't be stood in for is missing
 */
export function readEndpoints(
  base: ConnectorSection,
  parts: EndpointsParts,
  findings: Findings,
): readonly EndpointConfig[] | null {
  const aliases = readAliases(base, findings);
  refuseStrays(base, aliases, findings);
  if (aliases.length === 0) return null;
  const sections = aliases.map(alias => readEndpointSection(base, alias, findings));
  noteReplaced(base, sections, findings);
  checkTopics(base, sections, parts.topics, findings);
  const { converter, outside, checkBatch } = parts;
  const read = readEach(sections, findings, ({ alias, section, topics, topicsRegex }, said) => {
    const http = readHttp(section, outside, said);
    const batch = readBatch(section, converter, said);
    const values = readValues(section, converter, said);
    checkBatch(section, batch, said);
    return http === null ? null : { alias, topics: topics ?? [], topicsRegex, http, batch, values };
  });
  const known = read.filter(one => one !== null);
  checkSocket(base, known, findings);
  return known.length < aliases.length ? [] : shareAmong(known);
}

function readAliases(base: ConnectorSection, findings: Findings): readonly string[] {
  const written = base.values.endpoints ?? [];
  const aliases = [...new Set(written)];
  if (aliases.length < written.length) {
    findings.fault('invalid', base.origin('endpoints'), 'holds an alias twice: take one of them out');
  }
  if (aliases.length > MOST) {
    const what = `holds ${aliases.length} aliases, and a connector has at most ${MOST} endpoints: make several connectors of it`;
    findings.fault('invalid', base.origin('endpoints'), what);
  }
  return aliases.slice(0, MOST);
}

/** Keys of an alias that the list does not hold would do nothing. */
function refuseStrays(base: ConnectorSection, aliases: readonly string[], findings: Findings): void {
  for (const [key, { origin }] of base.family(ENDPOINTS)) {
    const [alias = '', ...rest] = key.split('.');
    if (aliases.includes(alias) && rest.join('.') !== '') continue;
    if (aliases.includes(alias)) {
      findings.fault('unknown', origin, `names ${alias} of endpoints, and no key of it`);
      continue;
    }
    // What is wrong with a list that could not be read is on record.
    if (base.values.endpoints === null && base.wrote('endpoints') && base.text('endpoints')?.trim() !== '') continue;
    const near = nearest(alias, aliases);
    const hint = near === null ? `add ${alias} to it, or take the key out` : `did you mean ${ENDPOINTS}${near}?`;
    findings.fault('unknown', origin, `belongs to no alias of endpoints: ${hint}`);
  }
}

/** A default that each endpoint has a key of its own in the place of. */
function noteReplaced(base: ConnectorSection, sections: readonly EndpointSection[], findings: Findings): void {
  for (const [key, { origin }] of base.written) {
    if (key.startsWith(ENDPOINTS) || sharedBy(key) !== null || !sections.every(({ own }) => own.has(key))) continue;
    findings.note('ignored', origin, 'each of endpoints has its own');
  }
}

/** Each topic that is read goes to exactly one, as far as that can be told beforehand. */
function checkTopics(
  base: ConnectorSection,
  sections: readonly EndpointSection[],
  read: readonly string[] | null,
  findings: Findings,
): void {
  const owners = new Map<string, string>();
  for (const section of sections) checkNames(section, owners, read, findings);
  const patterns = sections.map(section => readPattern(section, findings));
  const isKnown = sections.every(({ topics }) => topics !== null) && !patterns.includes(undefined);
  const homeless = (read ?? []).filter(topic => !owners.has(topic) && !patterns.some(matches => matches?.(topic)));
  if (homeless.length === 0 || !isKnown) return;
  const some = homeless.slice(0, MOST_NAMED).join(', ') + (homeless.length > MOST_NAMED ? ' and more' : '');
  const what = `holds ${some}, which no endpoint has: name each in ${ENDPOINTS}<alias>.topics`;
  findings.fault('conflict', base.origin('topics'), what);
}

/** @param owners which endpoint has which topic by name; what this one has joins it */
function checkNames(
  { alias, topics, topicsRegex, origin }: EndpointSection,
  owners: Map<string, string>,
  read: readonly string[] | null,
  findings: Findings,
): void {
  const where = origin('topics');
  if (topics?.length === 0 && topicsRegex === null) {
    const what = `is required, or ${ENDPOINTS}${alias}.topics.regex: the topics whose records go to this endpoint`;
    findings.fault('missing', where, what);
  }
  for (const topic of topics ?? []) {
    const owner = owners.get(topic);
    if (owner !== undefined) {
      const what = `holds ${topic}, which ${ENDPOINTS}${owner}.topics holds too: keep one of them`;
      findings.fault('conflict', where, what);
    } else if (read !== null && !read.includes(topic)) {
      findings.fault('conflict', where, `holds ${topic}, which the connector does not read: ${hintFor(topic, read)}`);
    } else owners.set(topic, alias);
  }
}

/** @returns null: it has none; undefined: it has one that is faulty */
function readPattern(
  { topicsRegex, origin }: EndpointSection,
  findings: Findings,
): ((topic: string) => boolean) | null | undefined {
  if (topicsRegex === null) return null;
  const translated = translateRegex(topicsRegex);
  if ('matches' in translated) return translated.matches;
  findings.fault('unsupported', origin('topics.regex'), translated.problem);
  return undefined;
}

function hintFor(topic: string, topics: readonly string[]): string {
  const near = nearest(topic, topics);
  return near === null ? 'add it to topics, or take it out here' : `did you mean ${near}?`;
}

/** A socket stands for one origin. */
function checkSocket(
  base: ConnectorSection,
  endpoints: readonly Omit<EndpointConfig, 'topics'>[],
  findings: Findings,
): void {
  const origins = new Set(endpoints.map(({ http }) => http.url.origin));
  if (base.values.unixSocket === null || origins.size < 2) return;
  const what = `leads to one host, and the endpoints are on ${origins.size}: make a connector of each`;
  findings.fault('conflict', base.origin('http.unix.socket'), what);
}

/** All are reached over the same connections: what is read of TLS depends on whether an address is https. */
function shareAmong(endpoints: readonly EndpointConfig[]): readonly EndpointConfig[] {
  const { http } = endpoints.find(one => one.http.url.protocol === 'https:') ?? endpoints[0]!;
  const { auth, tls, connection } = http;
  return endpoints.map(one => ({ ...one, http: { ...one.http, auth, tls, connection } }));
}
