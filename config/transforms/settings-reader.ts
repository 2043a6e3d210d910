import { splitVerbatim, trim } from '../schema/formats.ts';

/** Kafka's ConfigException: what is wrong with a key of a transform or predicate, in its words. */
export class SettingError extends Error {
  /** The key itself, without the alias; null when the fault is of all of them. */
  readonly key: string | null;

  constructor(key: string | null, message: string) {
    super(message);
    this.key = key;
  }
}

/** @throws SettingError with the text of `new ConfigException(name, value, message)` */
export function invalid(key: string, value: unknown, message: string): never {
  throw new SettingError(key, `Invalid value ${String(value)} for configuration ${key}: ${message}`);
}

/**
 * Reads the keys of one transform or predicate as Kafka's ConfigDef does, and remembers which it was asked for: the others
 * have no meaning.
 */
export class SettingsReader {
  readonly #written: ReadonlyMap<string, string>;
  readonly #known = new Set<string>();

  constructor(written: ReadonlyMap<string, string>) {
    this.#written = written;
  }

  /** Keys that the transform knows. */
  get known(): ReadonlySet<string> {
    return this.#known;
  }

  /** Null where the key was not written. */
  text(key: string): string | null {
    this.#known.add(key);
    const text = this.#written.get(key);
    return text === undefined ? null : trim(text);
  }

  /** @throws SettingError when the key is missing */
  requiredText(key: string): string {
    const text = this.text(key);
    if (text !== null) return text;
    throw new SettingError(key, `Missing required configuration "${key}" which has no default value.`);
  }

  oneOf<const T extends string>(key: string, fallback: T | null, ...values: readonly T[]): T {
    const text = fallback === null ? this.requiredText(key) : (this.text(key) ?? fallback);
    const found = values.find(value => value === text);
    return found ?? invalid(key, text, `String must be one of: ${values.join(', ')}`);
  }

  boolean(key: string, fallback: boolean): boolean {
    const text = this.text(key);
    if (text === null) return fallback;
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') invalid(key, text, 'Expected value to be either true or false');
    return lower === 'true';
  }

  /** A 32-bit integer; null where the key was not written. */
  int(key: string): number | null {
    const text = this.text(key);
    if (text === null) return null;
    const value = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value === (value | 0) ? value : invalid(key, text, 'Not a number of type INT');
  }

  /** Items between commas; an empty text is an empty list. */
  list(key: string): readonly string[] | null {
    const text = this.text(key);
    if (text === null) return null;
    return text === '' ? [] : splitVerbatim(text);
  }

  requiredList(key: string): readonly string[] {
    this.requiredText(key);
    return this.list(key)!;
  }

  /** ConfigDef.ValidList.anyNonDuplicateValues. */
  distinct(key: string, items: readonly string[], mayBeEmpty: boolean): readonly string[] {
    const refuse = (what: string): never => {
      throw new SettingError(key, `Configuration '${key}' ${what}`);
    };
    if (items.length === 0 && !mayBeEmpty) refuse('must not be empty. Valid values include: any non-empty value');
    if (new Set(items).size < items.length) refuse('values must not be duplicated.');
    if (items.includes('')) refuse('values must not be empty.');
    return items;
  }
}
