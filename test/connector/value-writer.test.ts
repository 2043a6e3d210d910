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
