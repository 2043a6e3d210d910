import { SettingError } from './settings-reader.ts';
import type { JsonPatchOperation } from './types.ts';

/**
 * Reads a JSON array of operations.
 * @throws SettingError that names the operation that is wrong
 */
export function readJsonPatch(key: string, text: string): readonly JsonPatchOperation[] {
  const refuse = (reason: string): never => {
    throw new SettingError(key, `Invalid value for configuration ${key}: ${reason}`);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('it is not JSON');
  }
  if (!Array.isArray(parsed)) return refuse('it must be a JSON array of operations (RFC 6902)');
  return parsed.map((each: unknown, index) => readOperation(each, reason => refuse(`operation ${index} ${reason}`)));
}

function readOperation(operation: unknown, refuse: (reason: string) => never): JsonPatchOperation {
  if (typeof operation !== 'object' || operation === null) return refuse('is no object');
  const { op, path, from, value } = operation as Record<string, unknown>;
  if (!isPointer(path)) return refuse('needs a "path" that is a JSON pointer, like /a/b');
  for (const pointer of [path, from]) {
    const name = typeof pointer === 'string' ? pointer.split('/').find(isInherited) : undefined;
    if (name) return refuse(`names ${name}, which can't be patched`);
  }
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(operation, 'value')) return refuse('needs a "value"');
      return { op, path, value };
    case 'move':
    case 'copy':
      if (!isPointer(from)) return refuse('needs a "from" that is a JSON pointer, like /a/b');
      return { op, path, from };
    case 'remove':
      return { op, path };
    default:
      return refuse('needs an "op": add, remove, replace, move, copy or test');
  }
}

/** What every object has a member of. Node's --disable-proto=delete takes `__proto__` from objects, and not from the library that patches. */
export function isInherited(token: string): boolean {
  return token === '__proto__' || token in Object.prototype;
}

function isPointer(value: unknown): value is string {
  return typeof value === 'string' && /^(?:\/(?:[^~/]|~[01])*)*$/.test(value);
}
