import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { connectorOf } from '../config/written.ts';
import { JSON_WITH_SCHEMAS, JSON_WITHOUT_SCHEMAS, PLAIN_JSON } from '../support/converters.ts';

/** What every object, array, text or map of ours answers to. */
const INHERITED: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'hasOwnProperty', 'isPrototypeOf'],
  ...['__defineGetter__', '__lookupSetter__', 'length', 'size', 'get', 'set', 'has', 'keys', 'then', 'at', '0'],
];
const PLAIN = 'ordinary';

const PACKAGE = 'org.apache.kafka.connect.transforms.';

/** Settings of each transform that takes names; NAME stands for the name. */
const TRANSFORMS: readonly (readonly [type: string, settings: Readonly<Record<string, string>>])[] = [
  ['Cast$Value', { spec: 'NAME:string' }],
  ['ExtractField$Value', { field: 'NAME' }],
  ['ExtractField$Value', { field: 'inner.NAME', 'field.syntax.version': 'V2' }],
  ['Flatten$Value', { delimiter: '_' }],
  ['HeaderFrom$Value', { fields: 'NAME', headers: 'NAME', operation: 'copy' }],
  ['HoistField$Value', { field: 'NAME' }],
  ['InsertField$Value', { 'static.field': 'NAME', 'static.value': 'x' }],
  ['InsertField$Value', { 'topic.field': 'NAME' }],
  ['MaskField$Value', { fields: 'NAME' }],
  ['ReplaceField$Value', { exclude: 'NAME' }],
  ['ReplaceField$Value', { include: 'NAME' }],
  ['ReplaceField$Value', { renames: 'NAME:other,kept:NAME' }],
  ['ReplaceField$Value', { renames: 'kept:NAME2' }],
  ['TimestampConverter$Value', { field: 'NAME', 'target.type': 'string', format: 'yyyy' }],
  ['ValueToKey', { fields: 'NAME' }],
];

/** Values in which the name is there, is not, or is deeper; NAME stands for it. */
const VALUES: readonly string[] = [
  '{"NAME":1,"kept":2}',
  '{"kept":2}',
  '{"NAME":null,"kept":"NAME"}',
  '{"NAME":{"NAME":{"NAME":1}},"inner":{"NAME":[1,{"NAME":2}]}}',
  '{"inner":{"kept":1}}',
  '[{"NAME":1}]',
];

const field = (name: string, type: string) => `{"field":"${name}","type":"${type}","optional":true}`;
const WITH_SCHEMA: readonly string[] = [
  `{"schema":{"type":"struct","name":"NAME","fields":[${field('NAME', 'int32')},${field('kept', 'int32')}]},"payload":{"NAME":1,"kept":2}}`,
  `{"schema":{"type":"struct","fields":[${field('NAME', 'int32')},${field('kept', 'int32')}]},"payload":{"kept":2}}`,
  `{"schema":{"type":"struct","fields":[${field('kept', 'int32')}]},"payload":{"NAME":1,"kept":2}}`,
  `{"schema":{"type":"struct","fields":[{"field":"inner","type":"struct","fields":[${field('NAME', 'string')}]}]},"payload":{"inner":{"NAME":"NAME"}}}`,
  '{"schema":{"type":"map","keys":{"type":"string"},"values":{"type":"int32"}},"payload":{"NAME":1}}',
  '{"schema":{"type":"NAME"},"payload":1}',
  '{"schema":{"type":"int32","parameters":{"NAME":"1"}},"payload":1}',
];

/** What becomes of values whose names are these: their JSON, or the message of their error. */
function outcomes(name: string, keys: Readonly<Record<string, string>>, schemas: boolean): readonly string[] {
  const named = (template: string) => template.replaceAll('NAME', name);
  const settings = Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, named(value)]));
  const chain = createTransforms(connectorOf(settings).transforms, () => 0);
  const converters = { ...PLAIN_JSON, valueConverter: schemas ? JSON_WITH_SCHEMAS : JSON_WITHOUT_SCHEMAS };
  const converter = createConverter(converters, { bare: false, maxValueBytes: 10_000 }, chain);
  return (schemas ? WITH_SCHEMA : VALUES).map(text => {
    const record = { value: named(text), headers: [[name, Buffer.from('1')] as const] };
    return outcomeOf(converter.convert(buildBlock([record])));
  });
}

function outcomeOf(block: Block): string {
  const error = block.errors?.get(0);
  return error === undefined ? `${block.flags[0]} ${valueAt(block, 0)}` : `${error.stage} ${error.message}`;
}

for (const [type, settings] of TRANSFORMS) {
  test(`S17: ${type} ${JSON.stringify(settings)} takes names that every object has as it takes others`, () => {
    const own = Object.entries(settings).map(([key, value]) => [`transforms.t.${key}`, value]);
    const keys = { transforms: 't', 'transforms.t.type': PACKAGE + type, ...Object.fromEntries(own) };
    for (const schemas of [false, true]) {
      const expected = outcomes(PLAIN, keys, schemas);
      for (const name of INHERITED) {
        // The name may be a word of our sentences too.
        const plain = (told: string) => told.replaceAll(name, PLAIN);
        assert.deepEqual(outcomes(name, keys, schemas).map(plain), expected.map(plain), name);
      }
    }
  });
}
