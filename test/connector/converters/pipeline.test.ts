import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BatchConfig } from '../../../config/types.ts';
import {
  type Block,
  FLAG_FILTERED,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_OVERSIZE,
  valueAt,
} from '../../../connector/block.ts';
import { buildBlock, type RecordLike } from '../../../connector/block-builder.ts';
import { type ConvertersConfig, createConverter } from '../../../connector/converters/choose.ts';
import { DataException } from '../../../connector/data/errors.ts';
import type { ConnectRecord } from '../../../connector/data/record.ts';
import { INT64 } from '../../../connector/data/schemas.ts';
import type { RecordTransformation } from '../../../connector/data/transformation.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { JSON_WITH_SCHEMAS, JSON_WITHOUT_SCHEMAS, PLAIN_JSON } from '../../support/converters.ts';

type Format = BatchConfig['format'];

const CLASS = 'org.apache.kafka.connect.transforms.Test';

function transform(
  apply: RecordTransformation['apply'],
  needs: Partial<Pick<RecordTransformation, 'needsKey' | 'needsHeaders'>> = {},
): RecordTransformation {
  return { className: CLASS, needsKey: false, needsHeaders: false, ...needs, apply };
}

const UNTOUCHED = transform(record => record);

function convert(
  records: readonly RecordLike[],
  transformations: readonly RecordTransformation[],
  config: Partial<ConvertersConfig> = {},
  format: Format = 'array',
): { block: Block; values: (string | undefined)[]; flags: number[] } {
  const converter = createConverter(
    { ...PLAIN_JSON, ...config },
    { bare: format === 'single', maxValueBytes: 100 },
    transformations,
  );
  const block = converter.convert(buildBlock(records));
  const values = records.map((_, i) => valueAt(block, i)?.toString());
  return { block, values, flags: [...block.flags] };
}

const values = (...texts: (string | null)[]): RecordLike[] => texts.map(value => ({ value }));

describe('the pipeline of converters and transforms', () => {
  it('sends what no transform touches as it was written', () => {
    const texts = ['{"b":1.0,"a":12345678901234567890,"10":-0,"9":1e400}', '[0.1000000000000000055,"é\\n"]', '1'];
    assert.deepEqual(convert(values(...texts), [UNTOUCHED]).values, texts);
  });

  it('hands each record to the transforms in order, with what they need of it', () => {
    const seen: ConnectRecord[] = [];
    const first = transform(
      record => {
        seen.push(record);
        return { ...record, value: 1 };
      },
      { needsKey: true, needsHeaders: true },
    );
    const second = transform(record => ({ ...record, value: [record.value, record.topic] }));
    const record: RecordLike = {
      topic: 'orders',
      partition: 3,
      offset: 42,
      timestamp: 1000,
      key: Buffer.from('k'),
      value: '"v"',
      headers: [
        ['n', Buffer.from('7')],
        ['n', null],
      ],
    };
    const config = { keyConverter: { kind: 'string', encoding: 'UTF-8' } } as const;
    assert.deepEqual(convert([record], [first, second], config).values, ['[1,"orders"]']);
    const [{ keySchema, headers, ...rest } = assert.fail('no record')] = seen;
    assert.equal(keySchema?.type, 'STRING');
    assert.deepEqual(
      headers.map(({ name, schema, value }) => [name, schema?.type, value]),
      [
        ['n', 'INT8', 7],
        ['n', undefined, null],
      ],
    );
    assert.deepEqual(rest, {
      topic: 'orders',
      partition: 3,
      offset: 42,
      timestamp: 1000,
      key: 'k',
      valueSchema: null,
      value: 'v',
    });
  });

  it('asks for keys and headers only where something looks at them', () => {
    const needs = (config: Partial<ConvertersConfig>, ...chain: readonly RecordTransformation[]) => {
      const converter = createConverter({ ...PLAIN_JSON, ...config }, { bare: false, maxValueBytes: 10 }, chain);
      return { keys: converter.needs.keys, headers: converter.needs.headers };
    };
    assert.deepEqual(needs({}, UNTOUCHED), { keys: false, headers: false });
    assert.deepEqual(
      needs(
        {},
        transform(record => record, { needsKey: true }),
      ),
      { keys: true, headers: false },
    );
    assert.deepEqual(
      needs(
        {},
        transform(record => record, { needsHeaders: true }),
      ),
      { keys: false, headers: true },
    );
    assert.deepEqual(needs({ keyConverter: { kind: 'string', encoding: 'UTF-8' } }), { keys: false, headers: false });
    assert.deepEqual(needs({ keyConverter: { kind: 'long' } }), { keys: true, headers: false });
    assert.deepEqual(needs({ headerConverter: JSON_WITHOUT_SCHEMAS }), { keys: false, headers: true });
  });

  it('flags dropped records, and keeps the others in their places', () => {
    const odd = transform(record => (record.offset % 2 === 1 ? record : null));
    const { values: texts, flags, block } = convert(values('0', '1', '2', '3'), [odd]);
    assert.deepEqual(texts, ['', '1', '', '3']);
    assert.deepEqual(flags, [FLAG_FILTERED, 0, FLAG_FILTERED, 0]);
    assert.equal(block.errors?.size, 0);
  });

  it('stops at the first transform that drops a record or throws', () => {
    const never = transform(() => assert.fail('reached'));
    assert.deepEqual(convert(values('1'), [transform(() => null), never]).flags, [FLAG_FILTERED]);
    const thrower = transform(() => {
      throw new DataException('no such field', new TypeError('inner'));
    });
    const { flags, block } = convert(values('1'), [thrower, never]);
    assert.deepEqual(flags, [FLAG_INVALID]);
    assert.deepEqual(block.errors?.get(0), {
      stage: 'TRANSFORMATION',
      className: CLASS,
      exceptionClassName: 'org.apache.kafka.connect.errors.DataException',
      message: 'no such field',
      causes: ['java.lang.RuntimeException: inner'],
    });
  });

  it('flags nulls, whether they came so or were made', () => {
    const toNull = transform(record => ({ ...record, value: record.value === 1 ? null : record.value }));
    const { flags, block } = convert(values(null, 'null', '', '1', '2'), [toNull]);
    assert.deepEqual(flags, [FLAG_NULL, FLAG_NULL, FLAG_NULL, FLAG_NULL, 0]);
    assert.deepEqual(
      [0, 1, 2, 3].map(i => originalValueAt(block, i)?.toString() ?? null),
      [null, 'null', '', '1'],
    );
  });

  it('flags values that became too large', () => {
    const grown = transform(record => ({ ...record, value: 'x'.repeat(Number(record.value)) }));
    assert.deepEqual(convert(values('98', '99'), [grown]).flags, [0, FLAG_OVERSIZE]);
  });

  it('refuses at the first of key, value and headers, and says where', () => {
    const bad = Buffer.from('{');
    const records: RecordLike[] = [
      { key: bad, value: bad, headers: [['h', bad]] },
      { key: Buffer.from('1'), value: bad, headers: [['h', bad]] },
      { key: null, value: '1', headers: [['h', bad]] },
      { key: null, value: '1', headers: [['h', Buffer.from('1')]] },
    ];
    const config = { keyConverter: JSON_WITHOUT_SCHEMAS, headerConverter: JSON_WITHOUT_SCHEMAS };
    for (const chain of [[], [UNTOUCHED]]) {
      const { block, flags } = convert(records, chain, config);
      assert.deepEqual(flags, [FLAG_INVALID, FLAG_INVALID, FLAG_INVALID, 0]);
      const stages = [0, 1, 2].map(i => block.errors?.get(i)?.stage ?? 'VALUE_CONVERTER');
      assert.deepEqual(stages, ['KEY_CONVERTER', 'VALUE_CONVERTER', 'HEADER_CONVERTER']);
      assert.equal(originalValueAt(block, 0)?.toString(), '{');
    }
  });

  it('lays a value that does not fit its schema to the sink', () => {
    const misfit = transform(record => ({ ...record, valueSchema: INT64, value: 'text' }));
    const { block } = convert(values('1'), [misfit]);
    const { stage, message } = block.errors?.get(0) ?? assert.fail('no error');
    assert.deepEqual([stage, message], ['TASK_PUT', 'Invalid type for INT64: class java.lang.String']);
  });

  it('sends texts and bytes plainly where a request is one value', () => {
    const text = { valueConverter: { kind: 'string', encoding: 'UTF-8' } } as const;
    const bytes = { valueConverter: { kind: 'bytes' } } as const;
    assert.deepEqual(convert(values('a"b'), [UNTOUCHED], text, 'single').values, ['a"b']);
    assert.deepEqual(convert(values('a"b'), [UNTOUCHED], text, 'array').values, ['"a\\"b"']);
    assert.deepEqual(convert(values('a"b'), [], bytes, 'single').values, ['a"b']);
    assert.deepEqual(convert(values('a"b'), [], bytes, 'array').values, ['"YSJi"']);
  });

  it('converts values with schemas without any transform', () => {
    const text = '{"schema":{"type":"int64"},"payload":9007199254740993}';
    const { values: texts, flags } = convert(values(text, '{"payload":1}', null), [], {
      valueConverter: JSON_WITH_SCHEMAS,
    });
    assert.deepEqual(texts, ['9007199254740993', '', undefined]);
    assert.deepEqual(flags, [0, FLAG_INVALID, FLAG_NULL]);
  });

  it('may be used block after block', () => {
    const { convert: again } = createConverter(PLAIN_JSON, { bare: false, maxValueBytes: 1_000_000 }, [UNTOUCHED]);
    for (const size of [1, 100_000, 10]) {
      const text = JSON.stringify('é'.repeat(size));
      const block = again(buildBlock(values(text, '1')));
      assert.deepEqual([valueAt(block, 0)?.toString(), valueAt(block, 1)?.toString()], [text, '1']);
    }
  });
});
