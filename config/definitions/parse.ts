import { splitVerbatim, trim } from '../schema/formats.ts';
import type { ConfigType } from './config-infos.ts';
import type { ParsedValue } from './kafka-keys.ts';

const RANGES: Readonly<Partial<Record<ConfigType, bigint>>> = { SHORT: 1n << 15n, INT: 1n << 31n, LONG: 1n << 63n };

/** A value, or why it is none of the type, as Kafka's ConfigDef.parseType says it. */
export type Parsed = { readonly value: ParsedValue } | { readonly problem: string };

/** `abc` as INT is no number, ` a , b` as LIST two items. */
export function parseType(type: ConfigType, text: string): Parsed {
  const trimmed = trim(text);
  if (type === 'BOOLEAN') {
    const lower = trimmed.toLowerCase();
    if (lower === 'true' || lower === 'false') return { value: lower };
    return { problem: 'Expected value to be either true or false' };
  }
  const limit = RANGES[type];
  if (limit !== undefined) {
    const number = /^[+-]?\d{1,20}$/.test(trimmed) ? BigInt(trimmed.replace(/^\+/, '')) : null;
    if (number !== null && number >= -limit && number < limit) return { value: String(number) };
    return { problem: `Not a number of type ${type}` };
  }
  if (type === 'DOUBLE') {
    const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed);
    return isNumber ? { value: trimmed } : { problem: 'Not a number of type DOUBLE' };
  }
  if (type === 'LIST') return { value: trimmed === '' ? [] : splitVerbatim(trimmed) };
  return { value: trimmed };
}

/** Kafka's ConfigException about a value. */
export function invalid(name: string, value: ParsedValue | undefined, problem: string): string {
  const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value ?? 'null');
  return `Invalid value ${shown} for configuration ${name}: ${problem}`;
}

export function missing(name: string): string {
  return `Missing required configuration "${name}" which has no default value.`;
}

/** As an answer shows a value. */
export function shown(value: ParsedValue): string | null {
  return Array.isArray(value) ? value.join(',') : (value as string | null);
}
