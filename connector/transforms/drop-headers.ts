import type { TransformSettings } from '../../config/transforms/types.ts';
import type { Apply } from './transformation.ts';

/** Removes all headers of the given names. */
export function createDropHeaders({ headers }: TransformSettings & { kind: 'DropHeaders' }): Apply {
  const dropped = new Set(headers);
  return record => ({ ...record, headers: record.headers.filter(({ name }) => !dropped.has(name)) });
}
