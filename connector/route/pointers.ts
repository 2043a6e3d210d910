import { behindBlanks, behindString, behindValue } from '../data/json-skip.ts';

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

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
    if (start < end) this.#value(this.#root, behindBlanks(this.#bytes, start), end);
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
    if (node.children.length === 0) end = behindValue(this.#bytes, at, limit);
    else if (byte === OPEN_OBJECT) end = this.#object(node, at + 1, limit);
    else if (byte === OPEN_ARRAY) end = this.#array(node, at + 1, limit);
    else end = behindValue(this.#bytes, at, limit);
    if (node.slot >= 0) {
      this.#start[node.slot] = at;
      this.#end[node.slot] = end;
    }
    return end;
  }

  #object(node: Node, from: number, limit: number): number {
    let at = behindBlanks(this.#bytes, from);
    while (at < limit && this.#bytes[at] !== CLOSE_OBJECT) {
      const nameEnd = behindString(this.#bytes, at, limit);
      const child = this.#childNamed(node, at + 1, nameEnd - 1);
      at = behindBlanks(this.#bytes, behindBlanks(this.#bytes, nameEnd) + 1);
      if (child === null) at = behindValue(this.#bytes, at, limit);
      else {
        this.#forget(child);
        at = this.#value(child, at, limit);
      }
      at = behindBlanks(this.#bytes, at);
      if (this.#bytes[at] === COMMA) at = behindBlanks(this.#bytes, at + 1);
    }
    return at + 1;
  }

  #array(node: Node, from: number, limit: number): number {
    let at = behindBlanks(this.#bytes, from);
    for (let index = 0; at < limit && this.#bytes[at] !== CLOSE_ARRAY; index++) {
      const child = node.children.find(one => one.index === index);
      at = behindBlanks(
        this.#bytes,
        child === undefined ? behindValue(this.#bytes, at, limit) : this.#value(child, at, limit),
      );
      if (this.#bytes[at] === COMMA) at = behindBlanks(this.#bytes, at + 1);
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
}

/** Names are short: a native comparison costs more than it saves. */
function isAt(name: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

function childOf(node: Node, name: string): Child {
  const known = node.children.find(child => child.name === name);
  if (known !== undefined) return known;
  const index = /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1;
  const child: Child = { name, bytes: Buffer.from(name), index, slot: -1, children: [] };
  node.children.push(child);
  return child;
}
