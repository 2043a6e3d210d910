import {
  type Block,
  FLAG_CHECKED,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_RAW_NEWLINE,
  MEMBER_SIZE,
  MOST_MEMBERS,
} from '../block.ts';
import { MemberCursor } from '../plan/member-cursor.ts';
import { JsonCheck } from './json.ts';

const FIRST_ROOM = 1_024;

/** A block whose values are checked to be JSON where they are, with the places of their members: as a reader with a thread for it makes it. */
export function withMembers(block: Block, names: readonly string[]): Block {
  if (block.members !== undefined) return block;
  const { count, valueEnd } = block;
  const flags = block.flags.slice();
  const places = new Places(block.values, names);
  const end = new Uint32Array(count);
  let check: JsonCheck | null = null;
  for (let index = 0, start = 0; index < count; index++) {
    const behind = valueEnd[index]!;
    if (behind > start && (flags[index]! & FLAG_CHECKED) === 0) {
      check ??= new JsonCheck(block);
      const found = check.judge(start, behind);
      if (check.rewritten === null && (found & (FLAG_NULL | FLAG_INVALID)) === 0) {
        flags[index]! |= FLAG_CHECKED | (found & FLAG_RAW_NEWLINE);
      }
    }
    if ((flags[index]! & FLAG_CHECKED) !== 0) places.add(start);
    end[index] = places.count;
    start = behind + block.separator.length;
  }
  return { ...block, flags, members: { places: places.finish(), end } };
}

/** The column as it grows. */
class Places {
  /** Members that were found so far. */
  count = 0;
  readonly #values: Buffer;
  readonly #numbers: ReadonlyMap<string, number>;
  #places = new Uint32Array(MEMBER_SIZE * FIRST_ROOM);

  constructor(values: Buffer, names: readonly string[]) {
    this.#values = values;
    this.#numbers = new Map(names.map((name, index) => [name, index + 1]));
  }

  /** @param start of a value that is JSON */
  add(start: number): void {
    const first = this.count;
    if (!this.#areTold(start)) this.count = first;
  }

  finish(): Uint32Array {
    return this.#places.subarray(0, this.count * MEMBER_SIZE);
  }

  #areTold(start: number): boolean {
    const cursor = new MemberCursor(this.#values, start);
    if (!cursor.isObject) return false;
    const names = new Set<string>();
    while (cursor.next()) {
      if (names.size === MOST_MEMBERS || cursor.hasEscape || names.has(cursor.name)) return false;
      names.add(cursor.name);
      this.#put(cursor);
    }
    return true;
  }

  #put({ name, nameStart, valueStart, valueEnd, kindNumber }: MemberCursor): void {
    const at = this.count++ * MEMBER_SIZE;
    if (at === this.#places.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[at] = nameStart;
    this.#places[at + 1] = valueStart;
    this.#places[at + 2] = valueEnd;
    this.#places[at + 3] = kindNumber | ((this.#numbers.get(name) ?? 0) << 8);
  }
}
