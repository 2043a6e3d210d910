import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Block,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_OVERSIZE,
  FLAG_RAW_NEWLINE,
  valueAt,
} from '../../../connector/block.ts';
import { buildBlock } from '../../../connector/block-builder.ts';
import { createConverter } from '../../../connector/converters/choose.ts';
import type { RecordTransformation } from '../../../connector/data/transformation.ts';
import { reasonOf } from '../../../connector/record-error.ts';
import { DEFAULT_VALUES, PLAIN_JSON } from '../../support/converters.ts';

const TP = { topic: 't', partition: 0 };
const TEXTS = { kind: 'string', encoding: 'UTF-8' } as const;
const values = { ...DEFAULT_VALUES, onString: 'json' } as const;
const FORMAT = { bare: false, maxValueBytes: 20 };
const UNTOUCHED: RecordTransformation = {
  className: 'Untouched',
  needsKey: false,
  needsHeaders: false,
  apply: record => record,
};

function read(
  kind: 'json' | 'string',
  value: string | Buffer | null,
  transformations: readonly RecordTransformation[] = [],
) {
  const config = kind === 'json' ? { ...PLAIN_JSON, values } : { ...PLAIN_JSON, valueConverter: TEXTS, values };
  const converter = createConverter(config, FORMAT, transformations);
  const before: Block = buildBlock([{ ...TP, offset: 0, value }]);
  const block = converter.convert(before);
  const flags = block.flags[0]! & (FLAG_INVALID | FLAG_NULL | FLAG_OVERSIZE | FLAG_RAW_NEWLINE);
  const error = (flags & FLAG_INVALID) === 0 ? null : (block.errors?.get(0) ?? converter.explain(valueAt(before, 0)!));
  return { flags, sent: flags === 0 || flags === FLAG_RAW_NEWLINE ? String(valueAt(block, 0)) : null, error };
}

/** Spliced, and through a chain of transforms. */
const WAYS = [[], [UNTOUCHED]] as const;

describe('behavior.on.string.values=json', () => {
  for (const way of WAYS) {
    const how = way.length === 0 ? 'spliced' : 'behind transforms';

    it(`sends texts as the JSON that they are, ${how}`, () => {
      for (const text of ['{"a":1}', '[1, 2]', '"b"', '1.0', 'true', '123456789012345678']) {
        assert.deepEqual(read('string', text, way), { flags: 0, sent: text, error: null });
      }
    });

    it(`sends strings of JsonConverter as the JSON that they hold, ${how}`, () => {
      assert.equal(read('json', ' "{\\"a\\":1}" ', way).sent, '{"a":1}');
      assert.equal(read('json', '"\\"b\\""', way).sent, '"b"', 'once');
      assert.equal(read('json', '"[\\u0031]"', way).sent, '[1]');
      assert.equal(read('json', '{"a":"b"}', way).sent, '{"a":"b"}', 'a string in an object is none');
    });

    it(`takes a text that is no JSON for an error of the record, ${how}`, () => {
      for (const [kind, value] of [
        ['string', 'hello'],
        ['string', '{"a":'],
        ['json', '"hello"'],
        ['json', '"{"'],
      ] as const) {
        const { flags, error } = read(kind, value, way);
        assert.equal(flags, FLAG_INVALID, value);
        assert.equal(error?.stage, 'TASK_PUT');
        assert.match(reasonOf(error!), /holds no JSON, and behavior\.on\.string\.values=json: Not JSON: /);
        assert.doesNotMatch(reasonOf(error!), /hello/);
      }
    });

    it(`takes the first of several values, as Jackson reads them, ${how}`, () => {
      assert.equal(read('string', '{"a":1} {"b":2}', way).sent, '{"a":1}');
    });

    it(`takes null for null, nothing for nothing, and sees what is too large, ${how}`, () => {
      for (const kind of ['json', 'string'] as const) {
        assert.equal(read(kind, null, way).flags, FLAG_NULL);
        assert.equal(read(kind, 'null', way).flags, FLAG_NULL);
        assert.equal(read(kind, `"${'x'.repeat(30)}"`, way).flags, kind === 'json' ? FLAG_INVALID : FLAG_OVERSIZE);
      }
      assert.equal(read('json', '"null"', way).flags, FLAG_NULL);
      assert.equal(read('json', `"[${'1,'.repeat(12)}1]"`, way).flags, FLAG_OVERSIZE);
    });
  }

  it('marks a text with a raw line end, for bodies of lines', () => {
    assert.equal(read('json', '"[1,\\n2]"').flags, FLAG_RAW_NEWLINE);
    assert.equal(read('string', '[1,\n2]').flags, FLAG_RAW_NEWLINE);
  });

  it('reads texts that are no UTF-8 as StringConverter does', () => {
    const { sent } = read('string', Buffer.from([0x22, 0xff, 0x22]));
    assert.equal(sent, '"\ufffd"');
  });

  it('lets a reader check texts of UTF-8 as it checks JSON', () => {
    const needs = (encoding: string, onString: 'send' | 'json') =>
      createConverter(
        { ...PLAIN_JSON, valueConverter: { ...TEXTS, encoding }, values: { ...values, onString } },
        FORMAT,
      ).needs.json;
    assert.deepEqual([needs('UTF-8', 'json'), needs('UTF-16', 'json'), needs('UTF-8', 'send')], [true, false, false]);
  });
});
