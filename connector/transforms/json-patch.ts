import { applyPatch, type Operation } from 'rfc6902';
import type { JsonPatchOperation } from '../../config/transforms/types.ts';
import { DataException } from '../data/errors.ts';
import { JsonReader } from '../data/json-parse.ts';
import { printJson } from '../data/json-print.ts';
import { Struct, type Value } from '../data/model.ts';
import { javaClassOf } from '../data/validate.ts';
import type { Apply } from './transformation.ts';

/** What the library patches: the value is a member, so that an operation may replace all of it. */
interface Document {
  value?: unknown;
}

/**
 * Patches the value (RFC 6902), or nothing of it when an operation fails. A text is patched as the JSON that it holds and
 * stays a text, a null is left alone.
 *
 * Adobe's JsonPatchTransform delivers a record that it can't patch unpatched; here it is an error of that record.
 */
export function createJsonPatch(operations: readonly JsonPatchOperation[]): Apply {
  const reader = new JsonReader();
  const patch = operations.map(withinDocument);
  const touched = touchedMembers(operations);
  const apply = (value: Value): Value => {
    const kept = new KeptValues();
    const document: Document = { value: kept.documentOf(value, touched) };
    const results = applyPatch(document, patch);
    const failed = results.findIndex(result => result !== null);
    if (failed >= 0) throw failure(operations[failed]!, failed);
    if (document.value === undefined) throw new DataException('The JSON patch left nothing of the value');
    return kept.fromPlain(document.value);
  };
  return record => {
    const { value } = record;
    if (value === null) return record;
    if (typeof value === 'string') return { ...record, value: printJson(apply(readText(reader, value))) };
    if (value instanceof Struct || record.valueSchema !== null) {
      throw new DataException(`A JSON patch needs a value without a schema, or a text: found ${javaClassOf(value)}`);
    }
    return { ...record, value: apply(value) };
  };
}

function withinDocument(operation: JsonPatchOperation): Operation {
  const path = `/value${operation.path}`;
  return (
    'from' in operation ? { ...operation, path, from: `/value${operation.from}` } : { ...operation, path }
  ) as Operation;
}

/** The members of an object that a patch reads or writes; null: all of them. */
function touchedMembers(operations: readonly JsonPatchOperation[]): ReadonlySet<string> | null {
  const pointers = operations.flatMap(operation =>
    'from' in operation ? [operation.path, operation.from] : operation.path,
  );
  if (pointers.includes('')) return null;
  return new Set(pointers.map(pointer => pointer.split('/')[1]!.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** Names no content: it may be secret. */
function failure({ op, path }: JsonPatchOperation, index: number): DataException {
  const why = op === 'test' ? 'the value there is another one' : 'there is no such place in the value';
  return new DataException(`Operation ${index} of the JSON patch (${op} "${path}") failed: ${why}`);
}

function readText(reader: JsonReader, text: string): Value {
  try {
    return reader.read(text);
  } catch (error) {
    throw new DataException('A JSON patch needs a text that is JSON', error);
  }
}

/** Values between ours and plain objects; what JSON.parse would not make is kept aside, a bigint its place. */
class KeptValues {
  readonly #values: Value[] = [];
  readonly #places = new Map<string, bigint>();

  /** Members of an object that are not touched are kept aside as a whole. */
  documentOf(value: Value, touched: ReadonlySet<string> | null): unknown {
    if (touched === null || !(value instanceof Map)) return this.#toPlain(value);
    return this.#membersOf(value, (member, name) =>
      touched.has(name) || typeof member !== 'object' ? this.#toPlain(member) : this.#keepAside(member),
    );
  }

  #toPlain(value: Value): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(element => this.#toPlain(element as Value));
    if (value instanceof Map) return this.#membersOf(value, member => this.#toPlain(member));
    return this.#keep(value);
  }

  #membersOf(map: ReadonlyMap<Value, Value>, plainOf: (member: Value, name: string) => unknown): object {
    const members: Record<string, unknown> = {};
    for (const [name, member] of map) {
      const plain = plainOf(member, String(name));
      if (name === '__proto__')
        Object.defineProperty(members, name, { value: plain, enumerable: true, configurable: true });
      else members[String(name)] = plain;
    }
    return members;
  }

  fromPlain(plain: unknown): Value {
    if (typeof plain === 'bigint') return this.#values[Number(plain)]!;
    if (typeof plain !== 'object' || plain === null) return plain as Value;
    if (Array.isArray(plain)) return plain.map(element => this.fromPlain(element));
    const members = new Map<Value, Value>();
    for (const name of Object.keys(plain)) members.set(name, this.fromPlain((plain as Record<string, unknown>)[name]));
    return members;
  }

  /** Equal values have the same place: a test operation compares places. */
  #keep(value: Value): bigint {
    const text = `${javaClassOf(value)} ${printJson(value)}`;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const place = this.#keepAside(value);
    this.#places.set(text, place);
    return place;
  }

  #keepAside(value: Value): bigint {
    return BigInt(this.#values.push(value) - 1);
  }
}
