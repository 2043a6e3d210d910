import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import {
  type Block,
  FLAG_CHECKED,
  MEMBER_KINDS,
  MEMBER_SIZE,
  type MemberKind,
  MOST_MEMBERS,
  valueAt,
  valueStart,
} from '../../connector/block.ts';
import { convertString } from '../../connector/converters/string.ts';

export interface Told {
  /** Values whose members were told. */
  readonly objects: number;
  /** Values of the blocks that were quoted. */
  readonly quoted: number;
}

interface Member {
  readonly name: string;
  readonly value: string;
  readonly kind: MemberKind;
  /** Among those that were asked for, from 1 on. */
  readonly index: number;
  readonly places: readonly [nameStart: number, valueStart: number, valueEnd: number];
}

/** What the block tells of a value's members. Texts are bytes as Latin-1. */
export function membersAt(block: Block, record: number): Member[] {
  const { places, end } = block.members!;
  const first = record === 0 ? 0 : end[record - 1]!;
  return Array.from({ length: end[record]! - first }, (_, i): Member => {
    const at = (first + i) * MEMBER_SIZE;
    const [nameStart, start, stop, rest] = [...places.subarray(at, at + MEMBER_SIZE)] as [
      number,
      number,
      number,
      number,
    ];
    return {
      name: /^"([^"]*)"/.exec(block.values.toString('latin1', nameStart, start))![1]!,
      value: block.values.toString('latin1', start, stop),
      kind: MEMBER_KINDS[rest & 0xff]!,
      index: rest >>> 8,
      places: [nameStart, start, stop],
    };
  });
}

/** What is told of members is what their tokens say. @returns of how many values some are told */
export function assertMembers(block: Block, names: readonly string[] | null): number {
  if (names === null) {
    assert.equal(block.members, undefined);
    return 0;
  }
  const { places, end } = block.members!;
  assert.equal(end.length, block.count);
  assert.equal(places.length, end[block.count - 1]! * MEMBER_SIZE);
  const numbers = new Map(names.map((name, i) => [Buffer.from(name).toString('latin1'), i + 1]));
  let objects = 0;
  for (let record = 0; record < block.count; record++) {
    const isChecked = (block.flags[record]! & FLAG_CHECKED) !== 0;
    const expected = isChecked ? findMembers(valueAt(block, record)!, valueStart(block, record), numbers) : [];
    assert.deepEqual(membersAt(block, record), expected);
    if (expected.length > 0) objects++;
  }
  return objects;
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** The same from a list of the tokens with their ends, and of the depth at each. */
function findMembers(json: Buffer, base: number, numbers: ReadonlyMap<string, number>): Member[] {
  const tokens = [...json.toString('latin1').matchAll(TOKENS)].map(({ 0: text, index }) => ({
    text,
    index: index + base,
  }));
  if (tokens[0]?.text !== '{') return [];
  const members: Member[] = [];
  const seen = new Set<string>();
  for (let at = 1; tokens[at]!.text !== '}'; at++) {
    const [name, , first] = tokens.slice(at, at + 3);
    at += 2;
    for (let depth = depthOf(first!.text); depth > 0; ) depth += depthOf(tokens[++at]!.text);
    const end = tokens[at]!.index + tokens[at]!.text.length;
    const text = name!.text.slice(1, -1);
    if (text.includes('\\') || seen.has(text)) return [];
    seen.add(text);
    members.push({
      name: text,
      value: json.toString('latin1', first!.index - base, end - base),
      kind: kindOf(first!.text),
      index: numbers.get(text) ?? 0,
      places: [name!.index, first!.index, end],
    });
    if (tokens[at + 1]!.text === ',') at++;
  }
  return members.length > MOST_MEMBERS ? [] : members;
}

function depthOf(token: string): number {
  return '{['.includes(token) ? 1 : '}]'.includes(token) ? -1 : 0;
}

function kindOf(token: string): MemberKind {
  if (token === '{') return 'object';
  if (token === '[') return 'array';
  if (token.startsWith('"')) return 'string';
  if (token === 'true' || token === 'false' || token === 'null') return token;
  return /^-?\d+$/.test(token) ? 'integer' : 'fraction';
}

/** A block is quoted where all of it is text, as the converter quotes by itself. @returns how many values */
export function assertQuoted(block: Block, limit: number | null): number {
  const values = Array.from({ length: block.count }, (_, record) => valueAt(block, record));
  const isText = values.every(value => value === null || isUtf8(value));
  assert.equal(block.quoted !== undefined, limit !== null && isText);
  if (limit === null || block.quoted === undefined) return 0;
  const { quoted, members, ...bare } = block;
  const options = { decode: null, quoted: true, maxValueBytes: limit };
  const byItself = convertString(bare, options);
  const converted = convertString(block, options);
  assert.ok(quoted.values.equals(byItself.values));
  assert.deepEqual({ ...converted, original: null }, { ...byItself, original: null });
  assert.deepEqual([converted.values, converted.original], [quoted.values, block]);
  return block.count;
}
