import { isOfRegistry } from '../converter.ts';
import type { Fault } from '../findings.ts';
import { HIDDEN } from '../properties.ts';
import { splitVerbatim, trim } from '../schema/formats.ts';
import type { Written } from '../schema/written-keys.ts';
import { isSecretKey } from '../secrecy.ts';
import { aliasKeys } from './alias-keys.ts';
import { clientKeyInfo } from './client-keys.ts';
import type { ConfigInfos, ConfigKeyInfo, ConfigValueInfo } from './config-infos.ts';
import { KAFKA_KEYS, type ParsedValue } from './kafka-keys.ts';
import type { SinkClass } from './own-keys.ts';
import { invalid, missing, parseType, shown } from './parse.ts';
import {
  ALL_PLUGINS,
  CONVERTERS,
  findPlugin,
  HEADER_CONVERTERS,
  hashed,
  type Plugin,
  PREDICATES,
  partsOf,
  TRANSFORMATIONS,
} from './plugins.ts';
import { topicErrors } from './topic-errors.ts';

/** What Kafka Connect says of a key without a value. */
export const NULL_VALUE = 'Null value can not be supplied as the configuration value.';

export interface ValidateParts {
  /** `connector.class` as it was sent. */
  readonly className: string;
  readonly sink: SinkClass;
  /** Keys that were sent with null. */
  readonly nulls: ReadonlySet<string>;
  /** What counts of what was written. */
  readonly written: ReadonlyMap<string, Written>;
  /** Of our own reading of it. */
  readonly faults: readonly Fault[];
  /** What stands for a converter that the connector does not name, by role. */
  readonly converters: Readonly<Record<Role, string>>;
  /** Of the sink, and of Kafka's plugins. */
  readonly versions: { readonly sink: string; readonly kafka: string };
}

const ROLES = ['key', 'value', 'header'] as const;
type Role = (typeof ROLES)[number];
/** In which keys of converters come. */
const IN_ORDER: readonly Role[] = ['header', 'key', 'value'];

interface Row {
  readonly definition: ConfigKeyInfo | null;
  readonly value: ConfigValueInfo;
}

/**
 * The answer to `validate`, as AbstractHerder.validateConnectorConfig of Kafka Connect gives it: its own keys by its own rules and in its words, then
 * those of transforms, predicates, the sink and converters. What else is wrong stands at its key, or at the end where no definition has one.
 */
export function configInfos(parts: ValidateParts): ConfigInfos {
  const validation = new Validation(parts);
  const rows = validation.rows();
  return {
    name: parts.className,
    error_count: rows.reduce((count, { value }) => count + value.errors.length, 0),
    groups: [...new Set(rows.flatMap(({ definition }) => definition?.group ?? []))],
    configs: rows,
  };
}

class Validation {
  readonly #parts: ValidateParts;
  /** Errors of ours that no row has yet, by key. */
  readonly #open = new Map<string, Fault[]>();
  /** Errors in Kafka Connect's words that stand at another key than ours. */
  readonly #moved: ReadonlyMap<string, readonly string[]>;
  readonly #rows: Row[] = [];

  constructor(parts: ValidateParts) {
    this.#parts = parts;
    for (const fault of parts.faults) {
      const key = fault.key ?? 'connector.class';
      this.#open.set(key, [...(this.#open.get(key) ?? []), fault]);
    }
    this.#moved = this.#judgeTopics();
  }

  rows(): readonly Row[] {
    for (const key of KAFKA_KEYS) this.#kafkaRow(key);
    for (const alias of this.#aliases('transforms')) this.#aliasRows('transforms', alias);
    for (const alias of this.#aliases('predicates')) this.#aliasRows('predicates', alias);
    for (const { recommended, ...key } of this.#parts.sink.keys) this.#row(key, { recommended });
    for (const role of IN_ORDER) this.#converterRows(role);
    for (const name of this.#parts.written.keys()) {
      const definition = clientKeyInfo(name);
      if (definition !== null) this.#row(definition, {});
    }
    const listed = new Set(this.#rows.map(({ value }) => value.name));
    const strays = [...this.#parts.nulls, ...this.#open.keys()].filter(name => !listed.has(name));
    for (const name of new Set(strays)) this.#strayRow(name);
    return this.#rows;
  }

  #kafkaRow({ validator, ...key }: (typeof KAFKA_KEYS)[number]): void {
    const role = ROLES.find(each => key.name.startsWith(`${each}.converter`));
    if (key.name.endsWith('.plugin.version')) return this.#versionRow(key, role);
    if (role !== undefined) return this.#converterRow(key, role);
    this.#row(key, { validator });
  }

  #versionRow(key: ConfigKeyInfo, role: Role | undefined): void {
    const { versions } = this.#parts;
    const isKnown = role === undefined || this.#converter(role) !== undefined;
    const version = isKnown ? (role === undefined ? versions.sink : versions.kafka) : null;
    const recommended = version === null ? [] : [version];
    this.#row({ ...key, default_value: version }, { recommended, visible: isKnown });
  }

  #converter(role: Role): Plugin | undefined {
    const name = this.#text(`${role}.converter`) ?? this.#parts.converters[role];
    return findPlugin(role === 'header' ? HEADER_CONVERTERS : CONVERTERS, name);
  }

  #converterRow(key: ConfigKeyInfo, role: Role): void {
    const recommended = (role === 'header' ? HEADER_CONVERTERS : CONVERTERS).map(plugin => plugin.class);
    const written = this.#text(key.name);
    const found = this.#converter(role);
    const definition = { ...key, default_value: this.#parts.converters[role] };
    const isStrange = written !== null && found === undefined && !isOfRegistry(written);
    const errors = isStrange ? [this.#noClass(key.name)] : [];
    this.#row(definition, { recommended, errors, value: found?.class ?? null });
  }

  /** The keys of a converter that the connector itself names. */
  #converterRows(role: Role): void {
    const plugin = this.#text(`${role}.converter`) === null ? undefined : this.#converter(role);
    if (plugin === undefined) return;
    const prefix = `${role}.converter.`;
    for (const key of hashed(plugin.keys)) {
      const isType = key.name === 'converter.type';
      this.#row({ ...key, name: prefix + key.name }, { calledAs: key.name, ...(isType && { value: role }) });
    }
  }

  /** Of `transforms` or `predicates`, each once. */
  #aliases(list: 'transforms' | 'predicates'): readonly string[] {
    return [...new Set(splitVerbatim(trim(this.#text(list) ?? '')).filter(alias => alias !== ''))];
  }

  #aliasRows(list: 'transforms' | 'predicates', alias: string): void {
    const isTransform = list === 'transforms';
    const plugins = isTransform ? TRANSFORMATIONS : PREDICATES;
    const prefix = `${list}.${alias}.`;
    const written = this.#text(`${prefix}type`);
    const plugin = written === null ? undefined : findPlugin(plugins, written);
    const typeErrors = this.#typeErrors(prefix, written, plugin, plugins, isTransform);
    const version = plugin === undefined ? null : this.#parts.versions.kafka;
    const keys = aliasKeys(list, alias, plugin, version);
    const isAbstract = partsOf(plugins, written ?? '').length > 0;
    this.#row(keys.type, {
      recommended: plugins.map(each => each.class),
      errors: typeErrors,
      value: findPlugin(ALL_PLUGINS, written ?? '')?.class ?? (isAbstract ? this.#quoted(`${prefix}type`) : null),
    });
    this.#row(keys.version, { recommended: version === null ? [] : [version] });
    for (const key of keys.own) this.#row(key, {});
  }

  #typeErrors(
    prefix: string,
    written: string | null,
    plugin: Plugin | undefined,
    plugins: readonly Plugin[],
    isTransform: boolean,
  ): readonly string[] {
    const name = `${prefix}type`;
    if (written === null) return [missing(name)];
    if (plugin === undefined) {
      const parts = partsOf(plugins, written);
      if (parts.length > 0) {
        return [`This class is abstract and cannot be created. Did you mean ${parts.join(', ')}?`];
      }
      const other = [TRANSFORMATIONS, PREDICATES, HEADER_CONVERTERS]
        .map(each => findPlugin(each, written))
        .find(Boolean);
      if (other !== undefined)
        return [
          `Class class ${other.class} does not implement the ${isTransform ? 'Transformation' : 'Predicate'} interface`,
        ];
      return [this.#noClass(name)];
    }
    const [negate, predicate] = [`${prefix}negate`, `${prefix}predicate`];
    if (!isTransform || !this.#parts.written.has(negate) || this.#parts.written.has(predicate)) return [];
    this.#open.delete(negate);
    return [
      `Config '${negate}' was provided but there is no config '${predicate}' defining a predicate to be negated.`,
    ];
  }

  #noClass(name: string): string {
    const quoted = this.#quoted(name);
    return invalid(name, quoted, `Class ${quoted} could not be found.`);
  }

  /** Where the dead letter topic is one that is read, Kafka Connect says so at `topics` or `topics.regex`. */
  #judgeTopics(): ReadonlyMap<string, readonly string[]> {
    const key = 'errors.deadletterqueue.topic.name';
    const faults = this.#open.get(key) ?? [];
    const others = faults.filter(({ code }) => code !== 'conflict');
    this.#open.set(key, others);
    return topicErrors(name => this.#quoted(name), others.length < faults.length);
  }

  /** Trimmed, as it is when placeholders are filled in; null where nothing was written. */
  #text(name: string): string | null {
    const written = this.#parts.written.get(name);
    return written === undefined ? null : trim(written.text);
  }

  /** The same as it may be shown. */
  #quoted(name: string): string {
    const written = this.#parts.written.get(name);
    return trim(written?.placeholder ?? written?.text ?? '');
  }

  #row(definition: ConfigKeyInfo, { recommended = [], visible = true, ...judging }: Judging): void {
    const { value, errors } = this.#judge(definition, judging);
    this.#rows.push({
      definition,
      value: { name: definition.name, value, recommended_values: recommended, errors, visible },
    });
  }

  /** Kafka's errors, or else ours: both would say the same of a key. */
  #judge(definition: ConfigKeyInfo, judging: Omit<Judging, 'recommended' | 'visible'>) {
    const { name, type } = definition;
    const own = this.#open.get(name) ?? [];
    this.#open.delete(name);
    const { value, problems } = this.#parse(definition, judging);
    const theirs = [...(judging.errors ?? []), ...problems, ...(this.#moved.get(name) ?? [])];
    const isWritten = this.#parts.written.has(name);
    const ours = own.map(fault => (fault.code === 'missing' && !isWritten ? missing(name) : told(fault)));
    const errors = this.#parts.nulls.has(name) ? [NULL_VALUE] : theirs.length > 0 ? theirs : ours;
    return { value: isWritten && type === 'PASSWORD' ? HIDDEN : value, errors };
  }

  #parse(
    definition: ConfigKeyInfo,
    { validator = null, value, calledAs, errors = [] }: Omit<Judging, 'recommended' | 'visible'>,
  ) {
    const { name, type, default_value: fallback, required } = definition;
    const text = this.#text(name);
    if (value !== undefined) return { value, problems: [] };
    if (text === null) {
      const lacks = required && fallback === null && errors.length === 0 && KAFKA_REQUIRED.test(name);
      return { value: fallback, problems: lacks ? [missing(name)] : [] };
    }
    // A placeholder stands for what a provider gave.
    const isGiven = this.#parts.written.get(name)!.placeholder !== null;
    const parsed = type === 'CLASS' ? { value: text } : parseType(type, text);
    const problems: string[] = [];
    const quote = isSecretKey(name) ? HIDDEN : this.#quoted(name);
    if ('problem' in parsed) problems.push(invalid(calledAs ?? name, quote, parsed.problem));
    const read: ParsedValue = 'problem' in parsed ? null : parsed.value;
    const refusal = validator?.(read) ?? null;
    if (refusal !== null) problems.push(invalid(name, isGiven ? quote : read, refusal));
    return { value: isGiven ? quote : shown(read), problems };
  }

  /** Of a key that has no definition. */
  #strayRow(name: string): void {
    const errors = this.#parts.nulls.has(name) ? [NULL_VALUE] : (this.#open.get(name) ?? []).map(told);
    if (errors.length === 0) return;
    this.#rows.push({ definition: null, value: { name, value: null, recommended_values: [], errors, visible: true } });
  }
}

interface Judging {
  readonly validator?: ((value: ParsedValue) => string | null) | null;
  readonly recommended?: readonly string[];
  readonly visible?: boolean;
  readonly errors?: readonly string[];
  /** In the place of what was written. */
  readonly value?: string | null;
  /** What an error calls the key. */
  readonly calledAs?: string;
}

/** Keys that Kafka Connect misses; of the sink's own our reading says which it needs. */
const KAFKA_REQUIRED = /^(?:name|connector\.class|transforms\.[^.]+\..*|predicates\.[^.]+\..*)$/;

function told({ key, message }: Fault): string {
  return key === null ? message : `${key} ${message}`;
}
