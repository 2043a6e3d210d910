import type { Schema, Value } from '../data/model.ts';

/** java.util.HashMap's own numbers. */
const FIRST_CAPACITY = 16;
const LOAD_FACTOR = 0.75;
/** Entries of a bucket from which on a table below `LEAST_TREE_CAPACITY` grows, whatever else it holds. */
const TREE_THRESHOLD = 8;
const LEAST_TREE_CAPACITY = 64;

/**
 * Entries in the order in which a java.util.HashMap shows them that they were put into one after another, as JsonConverter does: by
 * bucket, and in a bucket as they came. Not so with nine keys or more in one bucket of 64 or more, which Java makes a tree, and
 * with keys that are neither texts, integers nor booleans: those stay as they came.
 */
export function inHashOrder(
  members: ReadonlyMap<Value, Value>,
  keySchema: Schema | null,
): Iterable<readonly [Value, Value]> {
  if (members.size < 2) return members;
  const entries: { readonly hash: number; readonly entry: readonly [Value, Value] }[] = [];
  for (const entry of members) {
    const hash = hashOf(entry[0], keySchema);
    if (hash === null) return members;
    entries.push({ hash: hash ^ (hash >>> 16), entry });
  }
  const mask = capacityOf(entries) - 1;
  entries.sort((a, b) => (a.hash & mask) - (b.hash & mask));
  return entries.map(({ entry }) => entry);
}

function capacityOf(entries: readonly { readonly hash: number }[]): number {
  const count = entries.length;
  let capacity = FIRST_CAPACITY;
  while (count > capacity * LOAD_FACTOR) capacity *= 2;
  if (count <= TREE_THRESHOLD || capacity >= LEAST_TREE_CAPACITY) return capacity;
  return crowdedCapacity(entries);
}

/** Of few entries: their table grows as well when a bucket gets its ninth. */
function crowdedCapacity(entries: readonly { readonly hash: number }[]): number {
  let capacity = FIRST_CAPACITY;
  for (const [before, { hash }] of entries.entries()) {
    const bucket = hash & (capacity - 1);
    let inBucket = 0;
    for (let i = 0; i < before; i++) if ((entries[i]!.hash & (capacity - 1)) === bucket) inBucket++;
    if (inBucket >= TREE_THRESHOLD && capacity < LEAST_TREE_CAPACITY) capacity *= 2;
    if (before + 1 > capacity * LOAD_FACTOR) capacity *= 2;
  }
  return capacity;
}

/** Java's hashCode; null where this program has none. */
function hashOf(key: Value, schema: Schema | null): number | null {
  if (typeof key === 'string') return hashOfText(key);
  if (key === null) return 0;
  if (typeof key === 'boolean') return key ? 1231 : 1237;
  if (typeof key === 'bigint') return Number(BigInt.asIntN(32, key ^ (BigInt.asUintN(64, key) >> 32n)));
  const { type } = schema ?? {};
  return typeof key === 'number' && (type === 'INT8' || type === 'INT16' || type === 'INT32') ? key : null;
}

/** String.hashCode. */
function hashOfText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
