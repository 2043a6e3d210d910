/** A record of the comparisons; texts are UTF-8. */
export interface SampleRecord {
  readonly key: string | null;
  readonly value: string | Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

export type SampleName = keyof typeof SAMPLES;

/** 2024-02-29T12:34:56.789Z */
export const TIMESTAMP = 1_709_210_096_789;

const field = (name: string, type: string, more: object = {}): object => ({ field: name, type, ...more });

const PERSON = {
  type: 'struct',
  name: 'test.Person',
  version: 3,
  fields: [
    field('id', 'int64'),
    field('name', 'string', { optional: true }),
    field('age', 'int32', { optional: true, default: 21 }),
    field('height', 'double', { optional: true }),
    field('member', 'boolean', { optional: true }),
    field('tags', 'array', { items: { type: 'string', optional: true }, optional: true }),
    field('scores', 'map', { keys: { type: 'string' }, values: { type: 'int32' }, optional: true }),
    field('address', 'struct', {
      optional: true,
      fields: [field('city', 'string', { optional: true }), field('zip', 'string', { optional: true })],
    }),
    field('photo', 'bytes', { optional: true }),
    field('born', 'int32', { optional: true, name: 'org.apache.kafka.connect.data.Date', version: 1 }),
    field('seen', 'int64', { optional: true, name: 'org.apache.kafka.connect.data.Timestamp', version: 1 }),
    field('wakes', 'int32', { optional: true, name: 'org.apache.kafka.connect.data.Time', version: 1 }),
    field('balance', 'bytes', {
      optional: true,
      name: 'org.apache.kafka.connect.data.Decimal',
      version: 1,
      parameters: { scale: '2' },
    }),
  ],
};

const person = (payload: unknown): string => JSON.stringify({ schema: PERSON, payload });

const FLAT = {
  type: 'struct',
  fields: [field('id', 'int32'), field('when', 'string', { optional: true }), field('amount', 'string')],
};

/** Records as they stand in topics, awkward ones above all. */
export const SAMPLES = {
  plain: [
    {
      key: '{"id":1}',
      value: '{"id":1,"name":"Ann","price":12.5,"tags":["a","b"],"nested":{"a":{"b":"deep"},"n":null},"flag":true}',
      headers: [
        ['origin', 'web'],
        ['attempt', '3'],
      ],
    },
    { key: null, value: '{}' },
    { key: '{"id":3}', value: '{"id":null,"name":null}' },
    { key: '{"id":4}', value: '[1,2,3]' },
    { key: '{"id":5}', value: '"text"' },
    { key: '{"id":6}', value: '42' },
    { key: '{"id":7}', value: null },
    { key: '{"id":8}', value: '{"id":9007199254740993,"name":"beyond doubles","price":0.1}' },
    { key: '{"id":9}', value: '{"id":-1,"name":"grüße, 世界 😀","price":1e3,"flag":false}' },
    { key: '{"id":10}', value: '{"id":10,"when":"2024-02-29 12:34:56","ts":1709210096789,"name":"dates"}' },
    { key: '{"id":11}', value: '{"id":"11","price":"1.5","flag":"true","ts":"1709210096789"}' },
    { key: '{"id":12}', value: '{"id":12,"when":"not a date","ts":0,"price":"abc"}' },
    { key: '{"id":13}', value: '{"id":' },
    { key: 'not json', value: '{"id":14}' },
    { key: '{"id":15}', value: '{"id":15,"nested":{"x":{"y":[{"z":1}]},"a":1},"a.b":"dotted"}' },
    { key: '{"id":16}', value: ' { "id" : 16 , "name" : "spaced" }\n' },
    { key: '"k"', value: '{"id":17,"name":"","tags":[],"nested":{}}', headers: [['origin', '']] },
    { key: '{"id":18}', value: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) },
    { key: '{"id":19}', value: '{"id":2147483648,"price":-0.0,"flag":0,"name":"a longer text that says something"}' },
    { key: '{"id":20}', value: '{"id":20,"name":{"first":"A","last":"B"},"tags":{"not":"a list"}}' },
  ],
  schemas: [
    {
      key: '{"schema":{"type":"int32"},"payload":1}',
      value: person({
        id: 1,
        name: 'Ann',
        age: 42,
        height: 1.75,
        member: true,
        tags: ['a', null],
        scores: { x: 1, y: 2 },
        address: { city: 'Basel', zip: '4051' },
        photo: 'AQID',
        born: 19_000,
        seen: TIMESTAMP,
        wakes: 25_200_000,
        balance: 'MDk=',
      }),
      headers: [['origin', 'web']],
    },
    { key: null, value: person({ id: 2 }) },
    { key: null, value: person({ id: 3, name: null, age: null, tags: [], scores: {}, address: {} }) },
    { key: null, value: person({ id: 9_007_199_254_740_991, height: -0.5, balance: '/w==' }) },
    { key: null, value: person({ name: 'no id' }) },
    { key: null, value: person({ id: 'text' }) },
    { key: null, value: person(null) },
    { key: null, value: '{"schema":{"type":"string"},"payload":"only a text"}' },
    { key: null, value: '{"schema":{"type":"int64","optional":true},"payload":null}' },
    { key: null, value: '{"schema":{"type":"array","items":{"type":"int32"}},"payload":[1,2]}' },
    { key: null, value: '{"schema":{"type":"nonsense"},"payload":1}' },
    { key: null, value: '{"payload":1}' },
    { key: null, value: '{"schema":null,"payload":{"id":1}}' },
    { key: null, value: '{"schema":{"type":"int32"},"payload":1,"more":2}' },
    { key: null, value: '{"id":1}' },
    { key: null, value: null },
    {
      key: '{"schema":{"type":"string"},"payload":"k"}',
      value: person({ id: 17, name: 'last', address: { city: null, zip: '1' }, seen: 0, born: -1, wakes: 0 }),
    },
  ],
  flat: [
    { key: null, value: JSON.stringify({ schema: FLAT, payload: { id: 1, when: '2024-02-29', amount: '12' } }) },
    { key: null, value: JSON.stringify({ schema: FLAT, payload: { id: 2, when: null, amount: '-3' } }) },
    { key: null, value: JSON.stringify({ schema: FLAT, payload: { id: 3, when: '29.2.2024', amount: '1e3' } }) },
    { key: null, value: JSON.stringify({ schema: FLAT, payload: { id: 4, amount: '' } }) },
    {
      key: null,
      value: JSON.stringify({ schema: FLAT, payload: { id: 5, when: '1999-12-31', amount: '99999999999' } }),
    },
  ],
  texts: [
    { key: 'a', value: 'plain text', headers: [['origin', 'file']] },
    { key: 'b', value: '' },
    { key: 'c', value: '12' },
    { key: 'd', value: '{"looks":"like JSON"}' },
    { key: null, value: 'quotes " and \\ and \u0001 and 世界' },
    { key: 'e', value: null },
    { key: 'f', value: Buffer.from([0x61, 0xc3, 0x28, 0x62]) },
  ],
} as const satisfies Readonly<Record<string, readonly SampleRecord[]>>;
