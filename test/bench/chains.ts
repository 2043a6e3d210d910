import { buildBlock } from '../../connector/block-builder.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import type { RecordTransformation } from '../../connector/data/transformation.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../config/written.ts';
import { PLAIN_JSON } from '../support/converters.ts';

const ROUNDS = 9;
const RECORDS = 20_000;
const BLOCK = 500;
const LIMIT = 3;

const CONNECT = 'org.apache.kafka.connect.transforms.';
const CASES: readonly (readonly [type: string, keys: Keys])[] = [
  [`${CONNECT}Cast$Value`, { spec: 'id:string,amount:float32,count:int32' }],
  [`${CONNECT}DropHeaders`, { headers: 'a' }],
  [`${CONNECT}ExtractField$Value`, { field: 'customer' }],
  [`${CONNECT}Flatten$Value`, { delimiter: '_' }],
  [`${CONNECT}HeaderFrom$Value`, { fields: 'id,type', headers: 'id,type', operation: 'move' }],
  [`${CONNECT}HoistField$Value`, { field: 'event' }],
  [`${CONNECT}InsertField$Value`, { 'topic.field': 'topic', 'offset.field': 'offset', 'timestamp.field': 'at' }],
  [`${CONNECT}InsertHeader`, { header: 'h', 'value.literal': '1' }],
  [`${CONNECT}MaskField$Value`, { fields: 'name,amount' }],
  [`${CONNECT}RegexRouter`, { regex: '(.*)-v(\\\\d+)', replacement: '$1' }],
  [`${CONNECT}ReplaceField$Value`, { exclude: 'tags', renames: 'name:title' }],
  [
    `${CONNECT}TimestampConverter$Value`,
    { field: 'time', 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" },
  ],
  [`${CONNECT}TimestampConverter$Value`, { field: 'date', 'target.type': 'unix', format: "yyyy-MM-dd'T'HH:mm:ss" }],
  [`${CONNECT}TimestampRouter`, {}],
  [`${CONNECT}ValueToKey`, { fields: 'id,type' }],
  [
    'com.adobe.platform.streaming.sink.transformation.JsonPatchTransform',
    { operations: '[{"op":"add","path":"/source","value":"kafka"},{"op":"remove","path":"/customer/city"}]' },
  ],
];

function sample(index: number): string {
  return JSON.stringify({
    id: 1_000_000 + index,
    type: 'order.created',
    name: `Order ${index}, a text as long as texts are`,
    time: 1_709_210_096_789 + index,
    date: '2024-02-29T12:34:56',
    amount: index / 8,
    count: index % 100,
    paid: index % 2 === 0,
    note: null,
    tags: ['new', 'web', 'priority'],
    customer: {
      id: `c-${index}`,
      name: 'Ann Example',
      city: 'Basel',
      address: { street: 'Rheingasse 1', zip: '4058' },
    },
    lines: [
      { sku: 'A-1', quantity: 2, price: 12.5 },
      { sku: 'B-22', quantity: 1, price: 99.95 },
    ],
  });
}

const texts = Array.from({ length: RECORDS }, (_, index) => sample(index));

/** As they come from the reader: 500 records a block. */
const blocks = Array.from({ length: RECORDS / BLOCK }, (_, index) =>
  buildBlock(
    texts
      .slice(index * BLOCK, (index + 1) * BLOCK)
      .map(value => ({ topic: 'orders-v1', timestamp: 1_709_210_096_789, value })),
  ),
);

/** Nanoseconds a record. */
function time(run: () => number): number {
  const start = process.hrtime.bigint();
  if (run() === 0) throw new Error('nothing was written');
  return Number(process.hrtime.bigint() - start) / RECORDS;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** From block to block, as the worker does. */
function through(transforms: readonly RecordTransformation[]): () => number {
  const { convert } = createConverter(PLAIN_JSON, { bare: false, maxValueBytes: 1_000_000 }, transforms);
  return () => blocks.reduce((bytes, block) => bytes + convert(block).values.length, 0);
}

const baseline = (): number => texts.reduce((length, text) => length + JSON.stringify(JSON.parse(text)).length, 0);

/** The two are measured in turns, so that both meet the machine in the same state. */
function ratio(run: () => number): { ns: number; ratio: number } {
  const own: number[] = [];
  const base: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    base.push(time(baseline));
    own.push(time(run));
  }
  return { ns: median(own), ratio: median(own) / median(base) };
}

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

print(`records of ${texts[0]!.length} bytes; time as a multiple of JSON.parse + JSON.stringify (limit ${LIMIT})`);
let worst = 0;
for (const [type, keys] of CASES) {
  const own = Object.entries(keys).map(([key, value]) => [`transforms.t.${key}`, value]);
  const config = { transforms: 't', 'transforms.t.type': type, ...Object.fromEntries(own) };
  const { ns, ratio: times } = ratio(through(createTransforms(connectorOf(config).transforms, () => 0)));
  worst = Math.max(worst, times);
  print(`${times.toFixed(2).padStart(6)} ${(ns / 1000).toFixed(2).padStart(7)} µs  ${type.split('.').at(-1)}`);
}
if (worst > LIMIT) {
  print(`a transform costs ${worst.toFixed(2)} times as much`);
  process.exitCode = 1;
}
