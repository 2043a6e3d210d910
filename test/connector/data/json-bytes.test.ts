import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteSink } from '../../../connector/byte-sink.ts';
import { JsonReader, JsonSyntaxError } from '../../../connector/data/json-parse.ts';
import { printed, printJson, printString, writeString } from '../../../connector/data/json-print.ts';
import type { Value } from '../../../connector/data/model.ts';
import { forgetPlain, notePlain } from '../../../connector/data/plain-texts.ts';
import { printFloat, writeFloat, writeInteger, writeNumber } from '../../../connector/data/write-numbers.ts';
import { JSON_PIECES } from '../../support/json-values.ts';

const written = (write: (sink: ByteSink, value: number) => void, value: number): string =>
  printed(sink => write(sink, value));

describe('numbers written as bytes', () => {
  const decimals = fc
    .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 25 }))
    .map(([digits, places]) => Number(`${digits}e-${places}`));
  const edges = [0, -0, 1e-6, 9.999999e-7, 1e15, 999999999999999.9, 1e21, 5e-324, 2 ** 53, 0.1 + 0.2, 4.35, 1.005, 1e9];

  it('are what String makes of them', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), decimals, fc.constantFrom(...edges)),
        value => {
          assert.equal(written(writeNumber, value), String(value));
          assert.equal(written(writeFloat, value), printFloat(value));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('are what String makes of them, integers of any length', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 52 }), (large, bits) => {
        const value = Math.trunc(large / 2 ** bits);
        assert.equal(written(writeInteger, value), String(value));
      }),
      { numRuns: 20_000 },
    );
    for (let power = 1; power < 1e16; power *= 10) {
      for (const value of [power - 1, power, power + 1].filter(Number.isSafeInteger)) {
        assert.equal(written(writeInteger, value), String(value));
        assert.equal(written(writeInteger, -value), String(-value));
      }
    }
  });

  it('that JSON has not are words', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.deepEqual([written(writeNumber, value), written(writeFloat, value)], [`"${value}"`, `"${value}"`]);
    }
  });
});

describe('strings written as bytes', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('"', '\\', '\u007f', '\n', '\ud800', 'é', '😀'), fc.string()),
  });

  it('are what JSON.stringify makes of them, of any length', () => {
    fc.assert(
      fc.property(text, fc.nat(200), (part, padding) => {
        const whole = part + 'x'.repeat(padding);
        assert.equal(
          printed(sink => writeString(sink, whole)),
          JSON.stringify(whole),
        );
        assert.equal(printString(whole), JSON.stringify(whole));
      }),
      { numRuns: 5_000 },
    );
  });

  it('are not taken for others that were read', () => {
    const plain = 'x'.repeat(100);
    notePlain(plain);
    for (const other of [`${plain}"`, `"${plain.slice(1)}`, `${plain.slice(1)}\n`]) {
      assert.equal(printJson(other), JSON.stringify(other));
    }
    assert.equal(printJson(plain), JSON.stringify(plain));
    forgetPlain();
    assert.equal(printJson(plain), JSON.stringify(plain));
  });

  it('find room at the end of memory, whatever their length', () => {
    const size = new ByteSink().memory.length;
    for (const char of ['a', 'é', '"']) {
      for (const length of [0, 1, 47, 48, 49, 100, 70_000]) {
        for (let left = 0; left < 6; left++) {
          const sink = new ByteSink();
          sink.at = size - left;
          const from = sink.at;
          writeString(sink, char.repeat(length));
          assert.equal(sink.memory.toString('utf8', from, sink.at), JSON.stringify(char.repeat(length)));
        }
      }
    }
  });
});

/** What a reader makes of a text: the JSON of it; null: it is none. */
function outcome(read: () => Value): string | null {
  try {
    return printJson(read());
  } catch (error) {
    assert.ok(error instanceof JsonSyntaxError);
    return null;
  }
}

describe('texts that stand together', () => {
  const valid = fc.json({ maxDepth: 4, stringUnit: 'binary' });
  const broken = fc
    .array(fc.constantFrom(...JSON_PIECES, '"é😀"', '{"a":', '12'), { maxLength: 8 })
    .map(all => all.join(''));
  const long = fc.nat(20_000).map(length => `{"long":"${'ü'.repeat(length)}","end":1.50}`);
  const texts = fc.array(fc.oneof(valid, broken, { weight: 1, arbitrary: long }), { minLength: 1, maxLength: 12 });

  it('are read as each alone, whatever stands before and behind them', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(',', '', '\n', '"', '0', '}', ':é'), (all, separator) => {
        const bytes = Buffer.from(all.map(text => text.toWellFormed() + separator).join(''));
        const together = new JsonReader();
        together.over(bytes);
        let start = 0;
        for (const text of all.map(each => each.toWellFormed())) {
          const end = start + Buffer.byteLength(text);
          assert.equal(
            outcome(() => together.readAt(start, end)),
            outcome(() => new JsonReader().read(text)),
          );
          start = end + Buffer.byteLength(separator);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('end where they end, also within a token', () => {
    const bytes = Buffer.from('{"name":"text \\" é","n":-12.50e+3,"t":[true,null,false]}');
    const reader = new JsonReader();
    reader.over(bytes);
    for (let end = 0; end < bytes.length; end++) assert.throws(() => reader.readAt(0, end), JsonSyntaxError);
    assert.equal(
      printJson(reader.readAt(0, bytes.length)),
      '{"name":"text \\" é","n":-12.50e+3,"t":[true,null,false]}',
    );
  });

  it('hold strings of any length, wherever they begin, and whatever stands in them', () => {
    const reader = new JsonReader();
    for (const special of ['"', '\\n', '\\', '\n', '\u001f', ' ', '!', '~', '\u007f', '\u0080', 'ÿ', '☺']) {
      for (let offset = 0; offset < 8; offset++) {
        for (let length = 0; length < 50; length++) {
          const text = `"${'xyz!'.repeat(20).slice(0, length)}${special}~tail of it"`;
          reader.over(Buffer.from('-'.repeat(offset) + text).subarray(offset % 3));
          const start = offset - (offset % 3);
          let expected: Value | null = null;
          try {
            expected = JSON.parse(text) as string;
          } catch {}
          const read = (): Value => reader.readAt(start, start + Buffer.byteLength(text));
          if (expected === null) assert.throws(read, JsonSyntaxError);
          else assert.equal(read(), expected);
        }
      }
    }
  });

  it('have their own names, also where these look alike', () => {
    const names = ['Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', 'a', 'ab', '', 'é', 'n'.repeat(64), 'n'.repeat(65), '\\u0061b'];
    const text = `[${names.map(name => `{"${name}":{"${name}":0}}`).join(',')}]`;
    const reader = new JsonReader();
    for (let again = 0; again < 3; again++) {
      assert.equal(printJson(reader.read(text)), text.replaceAll('\\u0061b', 'ab'));
    }
  });

  it('of JavaScript may hold half a character in a string, and nowhere else', () => {
    const reader = new JsonReader();
    assert.equal(reader.read('"\ud800\\\\\udc00"'), '\ud800\\\udc00');
    for (const text of ['\ud800', '"\\\ud800"', '{"a":1}\udc00'])
      assert.throws(() => reader.read(text), JsonSyntaxError);
  });
});
