import type { Findings, Origin } from '../findings.ts';
import { FAMILIES } from './connect-keys.ts';
import { sharedBy, topicKeys } from './endpoint-keys.ts';
import { nearest } from './nearest.ts';
import { ENDPOINTS } from './plain-key.ts';
import { resolve, schemas } from './schema.ts';
import { type ConnectorSection, textsByName } from './section.ts';
import type { Written, WrittenKeys } from './written-keys.ts';

const TABLE = schemas.connector;
const NAMES = new Map(Object.entries(TABLE).map(([name, spec]) => [spec.key, name]));
const TOPIC_NAMES = new Map(Object.entries(topicKeys).map(([name, spec]) => [spec.key, name]));
const OF_EACH = [...NAMES.keys()].filter(key => sharedBy(key) === null);
const FAMILIES_OF_EACH = FAMILIES.connector.filter(({ prefix }) => sharedBy(prefix) === null);

/** What is said of one endpoint: its own keys before those of all. */
export interface EndpointSection {
  readonly alias: string;
  /** As that of a connector with this endpoint alone; what it says of keys names them as the user wrote them. */
  readonly section: ConnectorSection;
  /** Null where they could not be read, which is on record. */
  readonly topics: readonly string[] | null;
  readonly topicsRegex: string | null;
  /** Keys, without prefix, that are written for it. */
  readonly own: ReadonlySet<string>;
  /** Whether what stands there is said of it alone. */
  readonly isOwn: (origin: Origin) => boolean;
  /** Where a key is written for it, or would be. */
  readonly origin: (key: string) => Origin;
}

/** Reads the keys of an alias against their schema, over those of all endpoints. Faults go to `findings`. */
export function readEndpointSection(base: ConnectorSection, alias: string, findings: Findings): EndpointSection {
  const written = keysOf(base, alias);
  const own = sortOwn(alias, written, findings);
  const origin = (key: string): Origin =>
    written.get(key)?.origin ?? { ...base.origin('endpoints'), line: null, key: `${ENDPOINTS}${alias}.${key}` };
  const places = new Set([...written.values()].map(one => one.origin));
  const ofTopics = resolve(topicKeys, textsByName(written, TOPIC_NAMES));
  for (const [name, problem] of ofTopics.problems) {
    findings.fault('invalid', origin(topicKeys[name as keyof typeof topicKeys].key), problem);
  }
  return {
    alias,
    section: overlay(base, alias, own, origin, findings),
    topics: ofTopics.problems.has('topics') ? null : (ofTopics.values.topics ?? []),
    topicsRegex: ofTopics.values.topicsRegex,
    own: new Set(own.keys()),
    isOwn: where => places.has(where) || where.key?.startsWith(`${ENDPOINTS}${alias}.`) === true,
    origin,
  };
}

/** By what follows the alias. */
function keysOf(base: ConnectorSection, alias: string): WrittenKeys {
  const start = `${alias}.`;
  const family = [...base.family(ENDPOINTS)].filter(([key]) => key.startsWith(start));
  return new Map(family.map(([key, written]) => [key.slice(start.length), written]));
}

/** Those that an endpoint can have; of all others it is said why it can't. */
function sortOwn(alias: string, keys: WrittenKeys, findings: Findings): WrittenKeys {
  const own = new Map<string, Written>();
  for (const [key, written] of keys) {
    if (TOPIC_NAMES.has(key)) continue;
    const isKnown = NAMES.has(key) || FAMILIES.connector.some(({ prefix }) => isMember(prefix, key));
    const shared = isKnown ? sharedBy(key) : null;
    if (shared !== null) {
      const hint = NAMES.has(key) ? `write ${key}` : 'write it without this prefix';
      findings.fault('forbidden', written.origin, `${shared}: ${hint}`);
    } else if (isKnown) own.set(key, written);
    else findings.fault('unknown', written.origin, `is not a key of an endpoint: ${hintFor(alias, key)}`);
  }
  return own;
}

function isMember(prefix: string, key: string): boolean {
  return key.startsWith(prefix) && key.length > prefix.length;
}

function hintFor(alias: string, key: string): string {
  const members = FAMILIES_OF_EACH.flatMap(({ prefix }) => {
    const rest = key.split('.').slice(prefix.split('.').length - 1);
    return rest.length === 0 ? [] : [prefix + rest.join('.')];
  });
  const near = nearest(key, [...TOPIC_NAMES.keys(), ...OF_EACH, ...members]);
  return near === null ? 'take it out, or see the reference for those it can have' : `did you mean ${alias}.${near}?`;
}

function overlay(
  base: ConnectorSection,
  alias: string,
  own: WrittenKeys,
  ofOwn: (key: string) => Origin,
  findings: Findings,
): ConnectorSection {
  const written = new Map([...base.meant, ...own]);
  const { values, problems } = resolve(TABLE, textsByName(written, NAMES));
  // What is wrong with a default is on record.
  for (const [name, problem] of problems) {
    const { key } = TABLE[name as keyof typeof TABLE];
    if (own.has(key)) findings.fault('invalid', ofOwn(key), problem);
  }
  for (const [name, { key, required, doc }] of Object.entries(TABLE)) {
    const isThere = values[name as keyof typeof TABLE] !== null || problems.has(name);
    if (required && !isThere && sharedBy(key) === null) findings.fault('missing', ofOwn(key), `is required: ${doc}`);
  }
  const families = new Map(
    FAMILIES.connector.map(({ prefix, join }) => {
      const ofPrefix = [...own].filter(([key]) => isMember(prefix, key) && !NAMES.has(key));
      return [prefix, joined(base.family(prefix), prefix, ofPrefix, join === '-', findings)] as const;
    }),
  );
  return {
    ...base,
    values,
    written: [...base.written, ...own],
    meant: written,
    origin: key => own.get(key)?.origin ?? (base.wrote(key) || sharedBy(key) !== null ? base.origin(key) : ofOwn(key)),
    wrote: key => written.has(key),
    text: key => written.get(key)?.text ?? null,
    inFile: key => {
      const mine = own.get(key);
      if (mine === undefined) return base.inFile(key);
      // What a vendor's key means does not stand there.
      const isThere = mine.origin.file === base.file && base.inFile(`${ENDPOINTS}${alias}.${key}`) !== null;
      return isThere ? mine : null;
    },
    family: prefix => families.get(prefix) ?? new Map(),
  };
}

/** Header names are the same in any case. */
function joined(
  ofAll: WrittenKeys,
  prefix: string,
  own: readonly (readonly [key: string, written: Written])[],
  anyCase: boolean,
  findings: Findings,
): WrittenKeys {
  if (own.length === 0) return ofAll;
  const members = new Map<string, Written>();
  for (const [key, written] of own) {
    const rest = key.slice(prefix.length);
    const member = anyCase ? rest.toLowerCase() : rest;
    const other = members.get(member);
    if (other?.origin.file === written.origin.file) {
      findings.fault('conflict', written.origin, `is the same as ${other.origin.key}: keep one of them`);
    }
    members.set(member, written);
  }
  return new Map([...ofAll, ...members]);
}
