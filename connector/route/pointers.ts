const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** Bytes of a string that are looked at one by one: most strings end within. */
const NEAR = 32;

/** What is looked for below one value. */
interface Node {
  /** The slot that the value itself goes to; -1: none. */
  slot: number;
  readonly children: Child[];
}

interface Child extends Node {
  readonly name: string;
  readonly bytes: Buffer;
  /** The token as an index of an array; -1 where it is none. */
  readonly index: number;
}

/** Where a value stands in the bytes that were looked through. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds what JSON pointers (RFC 6901) name, all of them in one pass over a JSON text, as ranges of its bytes: numbers keep their
 * spelling. Of members with one name the last counts, as to JSON.parse. What no pointer leads to is passed over.
 */
export class Pointers {
  readonly #root: Node = { slot: -1, children: [] };
  #slots = 0;
  #start = new Int32Array(0);
  #end = new Int32Array(0);
  #bytes: Buffer = Buffer.alloc(0);

  /** @returns the slot for `at` */
  add(pointer: readonly string[]): number {
    let node = this.#root;
    for (const token of pointer) node = childOf(node, token);
    if (node.slot === -1) node.slot = this.#slots++;
    this.#start = new Int32Array(this.#slots);
    this.#end = new Int32Array(this.#slots);
    return node.slot;
  }

  /** @param start … end hold one JSON text, without a fault in it */
  find(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start.fill(-1);
    if (start < end) this.#value(this.#root, this.#blanks(start), end);
  }

  /** Where the value of a slot stands; null where there is none. */
  at(slot: number): Place | null {
    const start = this.#start[slot]!;
    return start < 0 ? null : { start, end: this.#end[slot]! };
  }

  /** @returns where the value ends */
  #value(node: Node, at: number, limit: number): number {
    const byte = this.#bytes[at];
    let end: number;
    if (node.children.length === 0) end = this.#skip(at, limit);
    else if (byte === OPEN_OBJECT) end = this.#object(node, at + 1, limit);
    else if (byte === OPEN_ARRAY) end = this.#array(node, at + 1, limit);
    else end = this.#skip(at, limit);
    if (node.slot >= 0) {
      this.#start[node.slot] = at;
      this.#end[node.slot] = end;
    }
    return end;
  }

  #object(node: Node, from: number, limit: number): number {
    let at = this.#blanks(from);
    while (at < limit && this.#bytes[at] !== CLOSE_OBJECT) {
      const nameEnd = this.#string(at, limit);
      const child = this.#childNamed(node, at + 1, nameEnd - 1);
      at = this.#blanks(this.#blanks(nameEnd) + 1);
      if (child === null) at = this.#skip(at, limit);
      else {
        this.#forget(child);
        at = this.#value(child, at, limit);
      }
      at = this.#blanks(at);
      if (this.#bytes[at] === COMMA) at = this.#blanks(at + 1);
    }
    return at + 1;
  }

  #array(node: Node, from: number, limit: number): number {
    let at = this.#blanks(from);
    for (let index = 0; at < limit && this.#bytes[at] !== CLOSE_ARRAY; index++) {
      const child = node.children.find(one => one.index === index);
      at = this.#blanks(child === undefined ? this.#skip(at, limit) : this.#value(child, at, limit));
      if (this.#bytes[at] === COMMA) at = this.#blanks(at + 1);
    }
    return at + 1;
  }

  /** An earlier member of this name, and all below it, does not count any more. */
  #forget(node: Node): void {
    if (node.slot >= 0) this.#start[node.slot] = -1;
    for (const child of node.children) this.#forget(child);
  }

  #childNamed(node: Node, start: number, end: number): Child | null {
    const bytes = this.#bytes;
    for (const child of node.children) {
      if (child.bytes.length === end - start && isAt(child.bytes, bytes, start)) return child;
    }
    for (let at = start; at < end; at++) {
      if (bytes[at] !== BACKSLASH) continue;
      const name: unknown = JSON.parse(bytes.toString('utf8', start - 1, end + 1));
      return node.children.find(child => child.name === name) ?? null;
    }
    return null;
  }

  #blanks(from: number): number {
    let at = from;
    while (this.#bytes[at]! <= SPACE) at++;
    return at;
  }

  /** @param from where its opening quote stands. @returns what follows the closing one */
  #string(from: number, limit: number): number {
    const bytes = this.#bytes;
    const near = Math.min(limit, from + NEAR);
    let at = from + 1;
    while (at < near && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    if (at < near) return at + 1;
    // A long one: the search for its end is native, and the end is one that an even number of backslashes stands before.
    for (let end = bytes.indexOf(QUOTE, at); end >= 0 && end < limit; end = bytes.indexOf(QUOTE, end + 1)) {
      let before = end;
      while (before > at && bytes[before - 1] === BACKSLASH) before--;
      if ((end - before) % 2 === 0) return end + 1;
    }
    return limit;
  }

  #skip(from: number, limit: number): number {
    const bytes = this.#bytes;
    const first = bytes[from];
    if (first === QUOTE) return this.#string(from, limit);
    let at = from;
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
      while (at < limit && !endsScalar(bytes[at]!)) at++;
      return at;
    }
    let depth = 0;
    while (at < limit) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        at = this.#string(at, limit);
        continue;
      }
      at++;
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) break;
    }
    return at;
  }
}

/** Names are short: a native comparison costs more than it saves. */
function isAt(name: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

function endsScalar(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
}

function childOf(node: Node, name: string): Child {
  const known = node.children.find(child => child.name === name);
  if (known !== undefined) return known;
  const index = /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1;
  const child: Child = { name, bytes: Buffer.from(name), index, slot: -1, children: [] };
  node.children.push(child);
  return child;
}
