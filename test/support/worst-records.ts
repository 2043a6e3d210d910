const SIZE = 900_000;
const PACKAGE = 'org.apache.kafka.connect.transforms.';

/** A record each, of the size that brokers take by default, in the forms that cost most. */
export const RECORDS: readonly string[] = [
  '['.repeat(SIZE),
  `${'['.repeat(SIZE / 2)}${']'.repeat(SIZE / 2)}`,
  `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`,
  '{"a":'.repeat(SIZE / 5),
  `[${'[],'.repeat(SIZE / 3 - 2)}[]]`,
  `[${'{},'.repeat(SIZE / 3 - 2)}{}]`,
  `{${Array.from({ length: 45_000 }, (_, i) => `"name${i}":${i}`).join(',')}}`,
  `{"v":${'9'.repeat(SIZE)}}`,
  `{"v":0.${'9'.repeat(SIZE)}}`,
  `{"v":1e${'9'.repeat(900)}}`,
  `{"v":"${'9'.repeat(SIZE)}"}`,
  `{"v":"${' '.repeat(SIZE)}"}`,
  `{"v":"${'1'.repeat(SIZE / 2)}${' '.repeat(SIZE / 2 - 10)}"}`,
  `{"v":"${'\\u0000'.repeat(SIZE / 6)}"}`,
  `{"v":"${'\\\\'.repeat(SIZE / 2)}"}`,
  `{"v":"${'x://a@'.repeat(SIZE / 6)}"}`,
  `{"v":"${'2024-01-01T00:00:00'.repeat(SIZE / 19)}"}`,
  `{"schema":{"type":"${'x'.repeat(SIZE)}"},"payload":1}`,
  `{"schema":{"type":"struct","fields":[${'{"type":"int32","field":"f"},'.repeat(20_000)}{}]},"payload":{}}`,
  `{"schema":{"type":"string"},"payload":"${'9'.repeat(SIZE - 100)}"}`,
  `\u0000${'a'.repeat(SIZE)}`,
  ' '.repeat(SIZE),
  '"'.repeat(SIZE),
  `{"v":1}${' '.repeat(SIZE)}`,
  `{"v":${'0'.repeat(SIZE)}7}`,
];

const chain = (name: string, entries: Readonly<Record<string, string>>): Record<string, string> => ({
  transforms: 't',
  'transforms.t.type': PACKAGE + name,
  ...Object.fromEntries(Object.entries(entries).map(([key, value]) => [`transforms.t.${key}`, value])),
});

/** What is done with them, in Kafka Connect's keys. */
export const CONNECTORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'plain JSON': {},
  'JSON with schemas': { 'value.converter.schemas.enable': 'true' },
  texts: { 'value.converter': 'org.apache.kafka.connect.storage.StringConverter' },
  'a cast to a number': chain('Cast$Value', { spec: 'v:int32' }),
  'a cast to a float': chain('Cast$Value', { spec: 'v:float64' }),
  'a cast to a truth': chain('Cast$Value', { spec: 'v:boolean' }),
  'a time from a text': chain('TimestampConverter$Value', {
    field: 'v',
    'target.type': 'unix',
    format: "yyyy-MM-dd'T'HH:mm:ss",
  }),
  'a flat value': chain('Flatten$Value', {}),
  'a key of the value': chain('ValueToKey', { fields: 'v' }),
};
