import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig, TracesConfig } from '../../config/types.ts';
import type { TaskWorkerConfig } from '../task/task.ts';

/**
 * A configuration as plain data, secrets in clear: for the channel to a task's own process, and nothing else. What is one object in the
 * configuration is one here, and the channel keeps it so.
 */
export type Packed = string | number | boolean | null | undefined | readonly [tag: Tag, ...content: Packed[]];

type Tag = 'object' | 'array' | 'set' | 'secret' | 'url';

/** What a task's process needs of the configuration. */
export interface TaskConfig {
  readonly connector: ConnectorConfig;
  readonly worker: TaskWorkerConfig;
  readonly traces: TracesConfig | null;
}

/** @throws TypeError for what a configuration does not hold: functions, symbols, objects of other classes */
export function pack(config: TaskConfig): Packed {
  const known = new Map<object, Packed>();
  const packed = (value: unknown): Packed => {
    if (typeof value !== 'object' || value === null) return plain(value);
    const before = known.get(value);
    if (before !== undefined) return before;
    const whole = content(value, packed);
    known.set(value, whole);
    return whole;
  };
  return packed(config);
}

/**
 * @param value what `pack` gave
 * @returns the same, frozen as `loadConfig` gives it
 */
export function unpack(value: Packed): TaskConfig {
  const known = new Map<Packed, unknown>();
  const unpacked = (packed: Packed): unknown => {
    if (!Array.isArray(packed)) return packed;
    if (!known.has(packed))
      known.set(packed, Object.freeze(original(packed as Parameters<typeof original>[0], unpacked)));
    return known.get(packed);
  };
  return unpacked(value) as TaskConfig;
}

function plain(value: unknown): Packed {
  if (value === null || value === undefined) return value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`a configuration holds no ${typeof value}`);
}

function content(value: object, packed: (value: unknown) => Packed): Packed {
  if (value instanceof Secret) return ['secret', value.reveal()];
  if (value instanceof URL) return ['url', value.href];
  if (value instanceof Set) return ['set', ...[...value].map(packed)];
  if (Array.isArray(value)) return ['array', ...value.map(packed)];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`a configuration holds no ${value.constructor.name}`);
  }
  return ['object', ...Object.entries(value).flatMap(([name, member]) => [name, packed(member)])];
}

function original([tag, ...parts]: readonly [Tag, ...Packed[]], unpacked: (value: Packed) => unknown): unknown {
  switch (tag) {
    case 'secret':
      return new Secret(parts[0] as string);
    case 'url':
      return new URL(parts[0] as string);
    case 'set':
      return new Set(parts.map(unpacked));
    case 'array':
      return parts.map(unpacked);
    case 'object':
      return Object.fromEntries(
        Array.from({ length: parts.length / 2 }, (_, i) => [parts[2 * i] as string, unpacked(parts[2 * i + 1])]),
      );
  }
}
