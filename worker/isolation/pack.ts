import { Secret } from '../../config/secret.ts';
import type { ConnectorConfig, WorkerConfig } from '../../config/types.ts';

/** A configuration as plain data, secrets in clear: for the channel to a task's own process, and nothing else. */
export type Packed = string | number | boolean | null | undefined | readonly [tag: Tag, ...content: Packed[]];

type Tag = 'object' | 'array' | 'set' | 'secret' | 'url';

/** What a task's process needs of the configuration. */
export interface TaskConfig {
  readonly connector: ConnectorConfig;
  readonly worker: WorkerConfig;
}

export function pack(config: TaskConfig): Packed {
  return packed(config);
}

/** @param value what `pack` gave */
export function unpack(value: Packed): TaskConfig {
  return unpacked(value) as TaskConfig;
}

function packed(value: unknown): Packed {
  if (value instanceof Secret) return ['secret', value.reveal()];
  if (value instanceof URL) return ['url', value.href];
  if (value instanceof Set) return ['set', ...[...value].map(packed)];
  if (Array.isArray(value)) return ['array', ...value.map(packed)];
  if (typeof value === 'object' && value !== null) {
    return ['object', ...Object.entries(value).flatMap(([name, member]) => [name, packed(member)])];
  }
  if (value === null || value === undefined) return value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`a configuration holds no ${typeof value}`);
}

function unpacked(value: Packed): unknown {
  if (!Array.isArray(value)) return value;
  const [tag, ...content] = value as [Tag, ...Packed[]];
  switch (tag) {
    case 'secret':
      return new Secret(content[0] as string);
    case 'url':
      return new URL(content[0] as string);
    case 'set':
      return new Set(content.map(unpacked));
    case 'array':
      return content.map(unpacked);
    case 'object':
      return Object.fromEntries(
        Array.from({ length: content.length / 2 }, (_, i) => [content[2 * i] as string, unpacked(content[2 * i + 1])]),
      );
  }
}
