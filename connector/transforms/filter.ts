import type { Apply } from './transformation.ts';

/** Drops every record; its predicate says which ones it gets. */
export function createFilter(): Apply {
  return () => null;
}
