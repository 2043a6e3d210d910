import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ValueWriter } from '../../connector/value-writer.ts';

const MB = 2 ** 20;

function written(writer: ValueWriter, values: readonly (string | Buffer | null)[]): Buffer {
  writer.begin({ count: values.length, separator: Buffer.from(',') });
  for (const value of values) {
    if (value === null) writer.nothing();
    else if (typeof value === 'string') writer.text(value);
    else writer.bytes(value);
  }
  const { values: column, valueEnd } = writer.finish();
  assert.equal(valueEnd.at(-1), column.length - 1);
  return column;
}

describe('writing a values column', () => {
  it('puts texts and bytes one behind the other, whatever their length', () => {
    const writer = new ValueWriter();
    for (const size of [1, 65_535, 65_536, 5 * MB, 1]) {
      const [text, bytes] = ['ü'.repeat(size), Buffer.alloc(size, 'b')];
      assert.equal(written(writer, [text, null, bytes]).equals(Buffer.from(`${text},,${bytes},`)), true, `${size}`);
    }
  });

  it('puts passages of the block between what is written, and takes them back with it', () => {
    const writer = new ValueWriter();
    const values = Buffer.from('0123456789');
    for (let round = 0; round < 3; round++) {
      writer.begin({ count: 5_003, separator: Buffer.from(', '), values });
      writer.passage(2, 5);
      writer.byte(0x2d);
      writer.passage(0, 1);
      assert.equal(writer.size, 5);
      assert.equal(writer.endPieces(), 5);
      writer.pieceText('taken back');
      writer.passage(0, 10);
      writer.nothing();
      for (let i = 0; i < 5_000; i++) {
        writer.passage(9, 10);
        assert.equal(writer.endPieces(), 1);
      }
      writer.passage(3, 10);
      assert.equal(writer.size, 7);
      writer.takeBack();
      assert.equal(writer.size, 0);
      assert.equal(writer.text('end'), 3);
      const column = writer.finish();
      assert.equal(column.values.toString(), `234-0, , ${'9, '.repeat(5_000)}end, `);
      assert.deepEqual([...column.valueEnd.subarray(0, 3)], [5, 7, 10]);
      assert.equal(column.valueEnd.at(-1), column.values.length - 2);
    }
  });

  it('keeps no memory of a block that was large because of what is between passages', () => {
    const writer = new ValueWriter();
    writer.begin({ count: 1, separator: Buffer.from(','), values: Buffer.from('12') });
    writer.bytes(Buffer.alloc(8 * MB, 'a'));
    writer.passage(0, 2);
    assert.equal(writer.finish().values.length, 8 * MB + 3);
    assert.ok(writer.memory.length < MB);
  });

  it('hands a large column over without a copy, and starts anew', () => {
    const writer = new ValueWriter();
    const first = written(writer, [Buffer.alloc(8 * MB, 'a')]);
    const second = written(writer, ['b']);
    assert.equal(
      first.every(byte => byte === 0x61 || byte === 0x2c),
      true,
    );
    assert.notEqual(second.buffer, first.buffer);
    assert.ok(second.buffer.byteLength < MB);
  });
});
