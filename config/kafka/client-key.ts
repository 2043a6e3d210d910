import { type Format, text } from '../schema/formats.ts';

export type ClientRole = 'consumer' | 'producer' | 'admin';

/**
 * What becomes of a client key: `global` or `topic`, a librdkafka key of that half of its configuration; `none`, it is
 * accepted and has no meaning here; `worker`, it is understood by the worker itself; `security`, it is combined with
 * others (see security.ts).
 */
export type ClientScope = 'global' | 'topic' | 'none' | 'worker' | 'security';

/** A key of the Java clients, or of librdkafka itself, that is known to be safe. */
export interface ClientKey {
  readonly key: string;
  readonly roles: readonly ClientRole[];
  readonly scope: ClientScope;
  /** librdkafka's name for it. */
  readonly target: string;
  readonly format: Format<unknown>;
  /** Of a key without meaning here: why it has none. */
  readonly why: string;
  readonly map: (value: string) => string;
}

export const ALL: readonly ClientRole[] = ['consumer', 'producer', 'admin'];
export const CONSUMER: readonly ClientRole[] = ['consumer'];
export const PRODUCER: readonly ClientRole[] = ['producer'];
export const INT = 2_147_483_647;

/** A key with a librdkafka name, a place or a form of its own. */
export function key(
  roles: readonly ClientRole[],
  name: string,
  format: Format<unknown>,
  target = name,
  scope: ClientScope = 'global',
  map = (value: string) => value,
): ClientKey {
  return { key: name, roles, scope, target, format, why: '', map };
}

/** Keys that librdkafka knows by the same name and in the same form. */
export function keys(
  roles: readonly ClientRole[],
  format: Format<unknown>,
  ...names: readonly string[]
): readonly ClientKey[] {
  return names.map(name => key(roles, name, format));
}

/** Keys that are accepted and mean nothing here. */
export function without(roles: readonly ClientRole[], why: string, ...names: readonly string[]): readonly ClientKey[] {
  return names.map(name => ({ ...key(roles, name, text, '', 'none'), why }));
}

/** Keys that are combined with others. */
export function security(format: Format<unknown>, ...names: readonly string[]): readonly ClientKey[] {
  return names.map(name => key(ALL, name, format, '', 'security'));
}
