import type { Findings, Origin } from '../findings.ts';
import { notKnown } from '../schema/formats.ts';
import { nearest } from '../schema/nearest.ts';
import type { ConnectorSection } from '../schema/section.ts';
import type { WrittenKeys } from '../schema/written-keys.ts';
import type { PredicateConfig, TransformConfig } from '../types.ts';
import { PREDICATES } from './predicates.ts';
import { PART_TRANSFORMS, RECORD_TRANSFORMS, readJsonPatchTransform } from './settings.ts';
import { SettingError, SettingsReader } from './settings-reader.ts';
import type { Part, PredicateSettings } from './types.ts';

const PACKAGE = 'org.apache.kafka.connect.transforms.';
const PREDICATE_PACKAGE = `${PACKAGE}predicates.`;
/** Adobe's sink connector brings it. */
export const JSON_PATCH = 'com.adobe.platform.streaming.sink.transformation.JsonPatchTransform';

/** Full names of all that are known. */
export function transformClasses(): { readonly transforms: readonly string[]; readonly predicates: readonly string[] } {
  const ofPart = Object.keys(PART_TRANSFORMS).flatMap(name => [`${name}$Key`, `${name}$Value`]);
  const names = [...ofPart, ...Object.keys(RECORD_TRANSFORMS)];
  return {
    transforms: [...names.map(name => PACKAGE + name), JSON_PATCH],
    predicates: Object.keys(PREDICATES).map(name => PREDICATE_PACKAGE + name),
  };
}

/** Keys that every alias may have besides those of its class. */
const OF_ALIAS = ['type', 'plugin.version'];
const OF_TRANSFORM = [...OF_ALIAS, 'predicate', 'negate'];

/** The chain of a connector, in order; faults go to `findings`, and what is faulty is left out. */
export function readTransforms(section: ConnectorSection, findings: Findings): readonly TransformConfig[] {
  const aliases = uniqueAliases(section, 'transforms', section.values.transforms ?? [], findings);
  const predicateAliases = uniqueAliases(section, 'predicates', section.values.predicates ?? [], findings);
  const predicates = new Map<string, Omit<PredicateConfig, 'negate'> | null>();
  for (const alias of predicateAliases) predicates.set(alias, readPredicate(section, alias, findings));
  refuseStrays(section, 'transforms', aliases, findings);
  refuseStrays(section, 'predicates', predicateAliases, findings);
  return aliases.flatMap(alias => readTransform(section, alias, predicates, findings) ?? []);
}

/** Of an alias's keys, by what follows the alias. */
function keysOf(section: ConnectorSection, list: string, alias: string): WrittenKeys {
  const start = `${alias}.`;
  const family = [...section.family(`${list}.`)].filter(([key]) => key.startsWith(start));
  return new Map(family.map(([key, written]) => [key.slice(start.length), written]));
}

function uniqueAliases(
  section: ConnectorSection,
  list: 'transforms' | 'predicates',
  aliases: readonly string[],
  findings: Findings,
): readonly string[] {
  const unique = [...new Set(aliases)];
  if (unique.length < aliases.length) {
    findings.fault('invalid', section.origin(list), 'is refused: Duplicate alias provided.');
  }
  return unique;
}

/** Keys of an alias that no list names would do nothing. */
function refuseStrays(
  section: ConnectorSection,
  list: 'transforms' | 'predicates',
  aliases: readonly string[],
  findings: Findings,
): void {
  for (const [key, { origin }] of section.family(`${list}.`)) {
    if (aliases.some(alias => key.startsWith(`${alias}.`))) continue;
    const alias = key.split('.', 1)[0]!;
    if (aliases.includes(alias)) {
      findings.fault('unknown', origin, `names ${alias} of ${list}, and no key of it: write ${list}.${alias}.type`);
      continue;
    }
    const near = nearest(alias, aliases);
    const hint = near === null ? `add ${alias} to it, or take the key out` : `did you mean ${list}.${near}?`;
    findings.fault('unknown', origin, `belongs to no alias of ${list}: ${hint}`);
  }
}

function readTransform(
  section: ConnectorSection,
  alias: string,
  predicates: ReadonlyMap<string, Omit<PredicateConfig, 'negate'> | null>,
  findings: Findings,
): TransformConfig | null {
  const keys = keysOf(section, 'transforms', alias);
  const type = readType(section, 'transforms', alias, keys, findings);
  const predicate = readUseOfPredicate(section, alias, keys, predicates, findings);
  if (type === null) return null;
  const readSettings = transformReader(type);
  if (typeof readSettings === 'string') {
    findings.fault('unsupported', section.origin(`transforms.${alias}.type`), readSettings);
    return null;
  }
  const settings = readKeys(section, `transforms.${alias}`, keys, OF_TRANSFORM, readSettings, findings);
  return settings === null ? null : { alias, className: fullName(type), settings, predicate };
}

function readPredicate(
  section: ConnectorSection,
  alias: string,
  findings: Findings,
): Omit<PredicateConfig, 'negate'> | null {
  const keys = keysOf(section, 'predicates', alias);
  const type = readType(section, 'predicates', alias, keys, findings);
  if (type === null) return null;
  const name = type.startsWith(PREDICATE_PACKAGE) ? type.slice(PREDICATE_PACKAGE.length) : type;
  const readSettings = Object.hasOwn(PREDICATES, name) ? PREDICATES[name] : undefined;
  if (readSettings === undefined) {
    const known = Object.keys(PREDICATES).join(', ');
    const message =
      `${notKnown(type, 'a predicate that is known here')}: ` +
      `known are ${known} of ${PREDICATE_PACKAGE.slice(0, -1)}`;
    findings.fault('unsupported', section.origin(`predicates.${alias}.type`), message);
    return null;
  }
  const settings = readKeys<PredicateSettings>(section, `predicates.${alias}`, keys, OF_ALIAS, readSettings, findings);
  return settings === null ? null : { alias, className: PREDICATE_PACKAGE + name, settings };
}

function readType(
  section: ConnectorSection,
  list: string,
  alias: string,
  keys: WrittenKeys,
  findings: Findings,
): string | null {
  const type = keys.get('type')?.text.trim() ?? '';
  if (type !== '') return type;
  const key = `${list}.${alias}.type`;
  const origin = keys.get('type')?.origin ?? { ...section.origin(list), key };
  findings.fault('missing', origin, `is required: the class of ${alias}, like ${example(list)}`);
  return null;
}

function example(list: string): string {
  return list === 'transforms' ? `${PACKAGE}InsertField$Value` : `${PREDICATE_PACKAGE}TopicNameMatches`;
}

type ReadTransform = (read: SettingsReader) => TransformConfig['settings'];

/** How the keys of a class are read, or why it is refused. */
function transformReader(type: string): ReadTransform | string {
  if (type === JSON_PATCH) return readJsonPatchTransform;
  const name = type.startsWith(PACKAGE) ? type.slice(PACKAGE.length) : type;
  if (Object.hasOwn(RECORD_TRANSFORMS, name)) return RECORD_TRANSFORMS[name]!;
  const [base = '', suffix] = name.split('$');
  const ofPart = Object.hasOwn(PART_TRANSFORMS, base) ? PART_TRANSFORMS[base]! : null;
  if (ofPart !== null && type.startsWith(PACKAGE)) {
    if (suffix === 'Key' || suffix === 'Value') return read => ofPart(read, suffix.toLowerCase() as Part);
    return `must end in $Key or $Value: ${PACKAGE}${base}$Value`;
  }
  if (ofPart !== null) return `must be written in full: ${PACKAGE}${base}$${suffix ?? 'Value'}`;
  const known = [...Object.keys(PART_TRANSFORMS), ...Object.keys(RECORD_TRANSFORMS)];
  const near = nearest(base, known);
  const hint =
    near === null ? `known are ${known.sort().join(', ')} of ${PACKAGE.slice(0, -1)}` : `did you mean ${near}?`;
  return `${notKnown(type, 'a transform that is known here')}: ${hint}`;
}

function fullName(type: string): string {
  return type === JSON_PATCH || type.startsWith(PACKAGE) ? type : PACKAGE + type;
}

function readUseOfPredicate(
  section: ConnectorSection,
  alias: string,
  keys: WrittenKeys,
  predicates: ReadonlyMap<string, Omit<PredicateConfig, 'negate'> | null>,
  findings: Findings,
): PredicateConfig | null {
  const written = keys.get('predicate');
  const negate = readNegate(keys, findings);
  if (written === undefined) {
    const origin = keys.get('negate')?.origin;
    const names = ['negate', 'predicate'].map(key => `transforms.${alias}.${key}`);
    const message = `is refused: Config '${names[0]}' was provided but there is no config '${names[1]}' defining a predicate to be negated.`;
    if (origin !== undefined) findings.fault('conflict', origin, message);
    return null;
  }
  const name = written.text.trim();
  const predicate = predicates.get(name);
  if (predicate === undefined) {
    const near = nearest(name, [...predicates.keys()]);
    const hint = near === null ? `list it in predicates, with predicates.${name}.type` : `did you mean ${near}?`;
    findings.fault('conflict', written.origin, `names a predicate that ${section.file} does not define: ${hint}`);
  }
  return predicate === undefined || predicate === null ? null : { ...predicate, negate };
}

function readNegate(keys: WrittenKeys, findings: Findings): boolean {
  const read = new SettingsReader(textsOf(keys));
  try {
    return read.boolean('negate', false);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    findings.fault('invalid', keys.get('negate')!.origin, `is refused: ${error.message}`);
    return false;
  }
}

function textsOf(keys: WrittenKeys): ReadonlyMap<string, string> {
  return new Map([...keys].map(([key, { text }]) => [key, text]));
}

/** Reads an alias's keys by its class; one that the class does not know is refused by name. */
function readKeys<T>(
  section: ConnectorSection,
  prefix: string,
  keys: WrittenKeys,
  ofAlias: readonly string[],
  readSettings: (read: SettingsReader) => T,
  findings: Findings,
): T | null {
  const read = new SettingsReader(textsOf(keys));
  let settings: T | null = null;
  try {
    settings = readSettings(read);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const typo = error.key === null || keys.has(error.key) ? null : nearest(error.key, keys.keys());
    const hint = typo === null ? '' : ` (${prefix}.${typo} is no key of it)`;
    findings.fault('invalid', faultOrigin(section, prefix, keys, error.key), `is refused: ${error.message}${hint}`);
    // What was not asked for yet can't be told from a typo.
    return null;
  }
  for (const [key, { origin }] of keys) {
    if (ofAlias.includes(key) || read.known.has(key)) continue;
    const near = nearest(key, [...read.known, ...ofAlias]);
    const hint = near === null ? `it knows ${[...read.known].join(', ') || 'none'}` : `did you mean ${prefix}.${near}?`;
    findings.fault('unknown', origin, `is not a key of ${keys.get('type')!.text.trim()}: ${hint}`);
  }
  return settings;
}

function faultOrigin(section: ConnectorSection, prefix: string, keys: WrittenKeys, key: string | null): Origin {
  const written = key === null ? keys.get('type') : keys.get(key);
  return written?.origin ?? { ...section.origin(`${prefix}.type`), key: `${prefix}.${key}`, line: null };
}
