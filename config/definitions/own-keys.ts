import { DIALECTS, dialectOf, namesOf } from '../dialects/choose.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { KeySpec } from '../schema/key-spec.ts';
import { schemas } from '../schema/schema.ts';
import { CONNECTOR_CLASSES } from '../sink-classes.ts';
import { type ConfigKeyInfo, type ConfigType, configType } from './config-infos.ts';
import { KAFKA_KEYS } from './kafka-keys.ts';

/** A key of the sink's own. */
export interface OwnKey extends ConfigKeyInfo {
  readonly recommended: readonly string[];
}

/** A sink class that a connector may name: ours, or another vendor's. */
export interface SinkClass {
  readonly class: string;
  readonly dialect: Dialect | null;
  readonly keys: readonly OwnKey[];
}

/** Written as they are spoken. */
const ACRONYMS: ReadonlySet<string> = new Set([
  'http',
  'url',
  'ssl',
  'ca',
  'ms',
  'jwt',
  'id',
  'json',
  'dlq',
  'tls',
  'aws',
  'io',
  'ttl',
]);

/** Keys of which others are a part of what they switch on, by their beginning. */
function dependentsOf(key: string, all: readonly string[]): readonly string[] {
  if (key === 'http.auth.type') {
    return all.filter(other => other !== key && /^(?:http\.auth\.(?!fail|renew)|oauth2\.)/.test(other));
  }
  if (!/\.(?:enabled?|type|mode)$/.test(key)) return [];
  const prefix = key.replace(/[^.]+$/, '');
  return prefix === 'http.' ? [] : all.filter(other => other !== key && other.startsWith(prefix));
}

function displayName(key: string): string {
  const words = key.split(/[._-]+/).map(word => (ACRONYMS.has(word) ? word.toUpperCase() : word));
  const [first = '', ...rest] = words;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ');
}

function widthOf(type: ConfigType, key: string): ConfigKeyInfo['width'] {
  if (type === 'LIST' || /url|location|template|body|json|when/.test(key)) return 'LONG';
  return type === 'STRING' || type === 'PASSWORD' ? 'MEDIUM' : 'SHORT';
}

function describe(specs: readonly KeySpec<unknown>[], isOptional: boolean): readonly OwnKey[] {
  const orders = new Map<string, number>();
  const names = specs.map(({ key }) => key);
  return specs.map(({ key, type: written, default: fallback, required: must, doc, group, recommended }) => {
    const type = configType(written);
    const required = must && !isOptional;
    const order = (orders.get(group) ?? 0) + 1;
    orders.set(group, order);
    return {
      name: key,
      type,
      required,
      default_value: fallback,
      importance: required ? 'HIGH' : type === 'PASSWORD' || fallback === null ? 'MEDIUM' : 'LOW',
      documentation: doc,
      group,
      width: widthOf(type, key),
      display_name: displayName(key),
      dependents: dependentsOf(key, names),
      order,
      recommended,
    };
  });
}

const OF_KAFKA = new Set(KAFKA_KEYS.map(({ name }) => name));
const OURS: readonly KeySpec<unknown>[] = Object.values(schemas.connector).filter(
  ({ key }) => !OF_KAFKA.has(key) && !/^(?:key|value|header)\.converter\./.test(key),
);

function keysOf(dialect: Dialect): readonly OwnKey[] {
  const theirs: readonly KeySpec<unknown>[] = Object.values(dialect.keys).filter(({ key }) => !OF_KAFKA.has(key));
  const taken = new Set(theirs.map(({ key }) => key));
  return [
    ...describe(
      OURS.filter(({ key }) => !taken.has(key)),
      true,
    ),
    ...describe(theirs, false),
  ];
}

const OUR_SINK: SinkClass = { class: CONNECTOR_CLASSES[0]!, dialect: null, keys: describe(OURS, false) };

/** In the order in which they are listed. */
export const SINKS: readonly SinkClass[] = [
  OUR_SINK,
  ...DIALECTS.flatMap(dialect => {
    const keys = keysOf(dialect);
    return dialect.classes.map(name => ({ class: name, dialect, keys }));
  }),
];

/**
 * By full name, simple name or that without `Connector`; of a name that several have, by what else was written.
 * @returns undefined for a class that nobody knows
 */
export function findSink(name: string, written: { has(key: string): boolean }): SinkClass | undefined {
  const named = name.trim();
  const dialect = dialectOf(named, written);
  if (dialect !== null) {
    const ofIt = SINKS.filter(sink => sink.dialect === dialect);
    return ofIt.find(sink => namesOf(sink.class).includes(named)) ?? ofIt[0];
  }
  return CONNECTOR_CLASSES.includes(named) ? OUR_SINK : undefined;
}
