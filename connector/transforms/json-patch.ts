import { applyPatch, type Operation } from 'rfc6902';
import { isInherited } from '../../config/transforms/json-patch.ts';
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
    for (const [index, operation] of patch.entries()) {
      if (!perform(document, operation)) throw failure(operations[index]!, index);
    }
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
  const within = (pointer: string) => ['', 'value', ...pointer.split('/').slice(1).map(aliasOf)].join('/');
  const path = within(operation.path);
  if ('from' in operation) return { ...operation, path, from: within(operation.from) };
  return (
    'value' in operation ? { ...operation, path, value: withAliases(operation.value) } : { ...operation, path }
  ) as Operation;
}

/** Whether the operation could be done; it was then. The library's own `test` takes time with the square of an array's length. */
function perform(document: Document, operation: Operation): boolean {
  const place = placeOf(document, operation.path);
  if (place === null || ('from' in operation && placeOf(document, operation.from) === null)) return false;
  if (operation.op !== 'test') return applyPatch(document, [operation])[0] === null;
  return isSame(place.parent[place.name], operation.value);
}

interface Place {
  readonly parent: Readonly<Record<string, unknown>>;
  readonly name: string;
}

/** Where a pointer's last step begins, an object or an array; the library takes `length` of an array or a text for a member. */
function placeOf(document: Document, pointer: string): Place | null {
  let parent: unknown = document;
  let name = '';
  for (const [index, step] of pointer.split('/').slice(1).entries()) {
    if (index > 0) parent = (parent as Place['parent'])[name];
    name = nameIn(step);
    if (typeof parent !== 'object' || parent === null) return null;
    if (Array.isArray(parent) && !/^(?:-|0|[1-9]\d{0,9})$/.test(name)) return null;
  }
  return { parent: parent as Place['parent'], name };
}

function isSame(value: unknown, other: unknown): boolean {
  if (value === other || typeof value !== 'object' || typeof other !== 'object') return value === other;
  if (value === null || other === null || Array.isArray(value) !== Array.isArray(other)) return false;
  const names = Object.keys(value);
  const others = other as Readonly<Record<string, unknown>>;
  return (
    names.length === Object.keys(other).length &&
    names.every(name => Object.hasOwn(other, name) && isSame((value as typeof others)[name], others[name]))
  );
}

/** The name that one step of a pointer stands for (RFC 6901 §4). */
function nameIn(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * The library asks an object for its `constructor` and assigns to `__proto__`: names that every object has are called otherwise
 * while it is at work. A name that looks like such a one is too, so that each gets its own back.
 */
function aliasOf(name: string): string {
  return isOrLooksInherited(name) ? `\0${name}` : name;
}

function nameOf(alias: string): string {
  return alias.charCodeAt(0) === 0 && isOrLooksInherited(alias) ? alias.slice(1) : alias;
}

function isOrLooksInherited(name: string): boolean {
  return isInherited(name.charCodeAt(0) === 0 ? name.replace(/^\0+/, '') : name);
}

function withAliases(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withAliases);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [aliasOf(name), withAliases(member)]));
}

/** The members of an object that a patch reads or writes; null: all of them. */
function touchedMembers(operations: readonly JsonPatchOperation[]): ReadonlySet<string> | null {
  const pointers = operations.flatMap(operation =>
    'from' in operation ? [operation.path, operation.from] : operation.path,
  );
  if (pointers.includes('')) return null;
  return new Set(pointers.map(pointer => nameIn(pointer.split('/')[1]!)));
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
    for (const [key, member] of map) {
      const name = String(key);
      members[aliasOf(name)] = plainOf(member, name);
    }
    return members;
  }

  fromPlain(plain: unknown): Value {
    if (typeof plain === 'bigint') return this.#values[Number(plain)]!;
    if (typeof plain !== 'object' || plain === null) return plain as Value;
    if (Array.isArray(plain)) return plain.map(element => this.fromPlain(element));
    const members = new Map<Value, Value>();
    for (const [alias, member] of Object.entries(plain)) members.set(nameOf(alias), this.fromPlain(member));
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
