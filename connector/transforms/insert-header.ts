import type { TransformSettings } from '../../config/transforms/types.ts';
import type { ConnectHeader } from '../data/record.ts';
import { parseValue } from '../data/values.ts';
import type { Apply } from './transformation.ts';

/** Adds a header whose type is guessed from its text, as SimpleHeaderConverter does. */
export function createInsertHeader({ header, literal }: TransformSettings & { kind: 'InsertHeader' }): Apply {
  const added: ConnectHeader = { name: header, ...parseValue(literal) };
  return record => ({ ...record, headers: [...record.headers, added] });
}
