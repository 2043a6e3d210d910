import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectorOf, faultLines, type Keys } from '../written.ts';

const PACKAGE = 'org.apache.kafka.connect.transforms.';

/** One transform `t` with the keys of its class; properties files double a backslash. */
function one(type: string, keys: Keys = {}): Keys {
  const written = Object.entries(keys).map(([key, value]) => [`transforms.t.${key}`, value?.replaceAll('\\', '\\\\')]);
  return { transforms: 't', 'transforms.t.type': type, ...(Object.fromEntries(written) as Keys) };
}

function settingsOf(type: string, keys: Keys = {}): unknown {
  return connectorOf(one(PACKAGE + type, keys)).transforms[0]!.settings;
}

const READ: readonly (readonly [type: string, keys: Keys, settings: object])[] = [
  [
    'Cast$Value',
    { spec: 'a:int8, b : string' },
    {
      part: 'value',
      whole: null,
      fields: [
        ['a', 'int8'],
        ['b', 'string'],
      ],
      replaceNullWithDefault: true,
    },
  ],
  ['Cast$Key', { spec: 'FLOAT64' }, { part: 'key', whole: 'float64', fields: [], replaceNullWithDefault: true }],
  ['DropHeaders', { headers: 'a,b' }, { headers: ['a', 'b'] }],
  [
    'ExtractField$Value',
    { field: 'a.b' },
    { part: 'value', field: 'a.b', path: ['a.b'], replaceNullWithDefault: true },
  ],
  [
    'ExtractField$Key',
    { field: '`a.b`.c', 'field.syntax.version': 'v2', 'replace.null.with.default': 'FALSE' },
    { part: 'key', field: '`a.b`.c', path: ['a.b', 'c'], replaceNullWithDefault: false },
  ],
  ['Filter', {}, {}],
  ['Flatten$Value', {}, { part: 'value', delimiter: '.' }],
  ['Flatten$Key', { delimiter: '' }, { part: 'key', delimiter: '' }],
  [
    'HeaderFrom$Value',
    { fields: 'a,b', headers: 'x,y', operation: 'move' },
    { part: 'value', fields: ['a', 'b'], headers: ['x', 'y'], operation: 'move', replaceNullWithDefault: true },
  ],
  ['HoistField$Value', { field: 'line' }, { part: 'value', field: 'line' }],
  [
    'InsertField$Value',
    {
      'topic.field': 'topic',
      'offset.field': 'offset!',
      'timestamp.field': 'at?',
      'static.field': 's',
      'static.value': 'v',
    },
    {
      part: 'value',
      topic: { name: 'topic', optional: true },
      partition: null,
      offset: { name: 'offset', optional: false },
      timestamp: { name: 'at', optional: true },
      static: { name: 's', optional: true, value: 'v' },
      replaceNullWithDefault: true,
    },
  ],
  ['InsertHeader', { header: 'h', 'value.literal': '1' }, { header: 'h', literal: '1' }],
  [
    'MaskField$Value',
    { fields: 'a', replacement: 'x' },
    { part: 'value', fields: ['a'], replacement: 'x', replaceNullWithDefault: true },
  ],
  ['RegexRouter', { regex: '(.*)-(\\d+)', replacement: '$2.$1' }, { regex: '(.*)-(\\d+)', replacement: '$2.$1' }],
  [
    'ReplaceField$Value',
    { exclude: 'a', include: 'b,c', renames: 'b:x,c:y' },
    {
      part: 'value',
      exclude: ['a'],
      include: ['b', 'c'],
      renames: [
        ['b', 'x'],
        ['c', 'y'],
      ],
      replaceNullWithDefault: true,
    },
  ],
  [
    'ReplaceField$Value',
    { blacklist: 'a', whitelist: 'b' },
    { part: 'value', exclude: ['a'], include: ['b'], renames: [], replaceNullWithDefault: true },
  ],
  [
    'SetSchemaMetadata$Value',
    { 'schema.name': 'n', 'schema.version': '3' },
    { part: 'value', schemaName: 'n', schemaVersion: 3, replaceNullWithDefault: true },
  ],
  [
    'TimestampConverter$Value',
    { field: 'at', 'target.type': 'string', format: 'yyyy', 'unix.precision': 'seconds' },
    {
      part: 'value',
      field: 'at',
      targetType: 'string',
      format: 'yyyy',
      unixPrecision: 'seconds',
      replaceNullWithDefault: true,
    },
  ],
  ['TimestampRouter', {}, { topicFormat: '\u0024{topic}-\u0024{timestamp}', timestampFormat: 'yyyyMMdd' }],
  ['ValueToKey', { fields: 'a,b' }, { fields: ['a', 'b'], replaceNullWithDefault: true }],
];

for (const [type, keys, settings] of READ) {
  test(`transforms: ${type} with ${JSON.stringify(keys)} is read`, () => {
    const kind = type.replace(/\$.*/, '');
    assert.deepEqual(JSON.parse(JSON.stringify(settingsOf(type, keys))), { kind, ...settings });
  });
}

test("transforms: the patch of Adobe's transform is read", () => {
  const operations = '[{"op":"add","path":"/a~1b","value":{"x":1}},{"op":"move","from":"/c","path":""}]';
  const type = 'com.adobe.platform.streaming.sink.transformation.JsonPatchTransform';
  const { className, settings } = connectorOf(one(type, { operations })).transforms[0]!;
  assert.equal(className, type);
  assert.deepEqual(JSON.parse(JSON.stringify(settings)), { kind: 'JsonPatch', operations: JSON.parse(operations) });
});

/** Faults in Kafka Connect's own words, behind `is refused:`. */
const REFUSED: readonly (readonly [type: string, keys: Keys, key: string, message: string])[] = [
  ['Cast$Value', {}, 'spec', 'Missing required configuration "spec" which has no default value.'],
  ['Cast$Value', { spec: '' }, 'spec', 'Must specify at least one field to cast.'],
  [
    'Cast$Value',
    { spec: 'a:b:c' },
    'spec',
    'Invalid value [a:b:c] for configuration spec: Invalid rename mapping: a:b:c',
  ],
  ['Cast$Value', { spec: 'a:int' }, 'spec', 'Invalid type found in casting spec: int'],
  ['Cast$Value', { spec: 'a' }, 'spec', 'Invalid type found in casting spec: a'],
  [
    'Cast$Value',
    { spec: 'a:bytes' },
    'spec',
    'Cast transformation does not support casting to BYTES; supported types are ' +
      '[INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING]',
  ],
  [
    'Cast$Value',
    { spec: 'int8,a:int8' },
    'spec',
    'Cast transformations that specify a type to cast the entire value to may only specify a single cast in their spec',
  ],
  [
    'DropHeaders',
    { headers: '' },
    'headers',
    "Configuration 'headers' must not be empty. Valid values include: any non-empty value",
  ],
  ['DropHeaders', { headers: 'a,a' }, 'headers', "Configuration 'headers' values must not be duplicated."],
  ['DropHeaders', { headers: 'a,,b' }, 'headers', "Configuration 'headers' values must not be empty."],
  [
    'ExtractField$Value',
    { field: 'a', 'field.syntax.version': 'V3' },
    'field.syntax.version',
    'Invalid value V3 for configuration field.syntax.version: String must be one of (case insensitive): V1, V2',
  ],
  [
    'ExtractField$Value',
    { field: '`a', 'field.syntax.version': 'V2' },
    'field',
    'Incomplete backtick pair in path: [`a], consider adding a backslash before backtick at position 0 to escape it',
  ],
  [
    'HeaderFrom$Value',
    { fields: 'a,b', headers: 'x', operation: 'copy' },
    'fields',
    "'fields' config must have the same number of elements as 'headers' config.",
  ],
  [
    'HeaderFrom$Value',
    { fields: 'a', headers: 'x', operation: 'swap' },
    'operation',
    'Invalid value swap for configuration operation: String must be one of: move, copy',
  ],
  [
    'HeaderFrom$Value',
    { fields: '', headers: 'x', operation: 'copy' },
    'fields',
    'Invalid value [] for configuration fields: Empty list',
  ],
  ['InsertField$Value', {}, 'type', 'No field insertion configured'],
  [
    'InsertField$Value',
    { 'static.field': 'a' },
    'static.value',
    'Invalid value null for configuration static.value: No value specified for static field: a',
  ],
  [
    'MaskField$Value',
    { fields: 'a', replacement: '' },
    'replacement',
    'Invalid value  for configuration replacement: String must be non-empty',
  ],
  [
    'RegexRouter',
    { regex: 'a(', replacement: 'x' },
    'regex',
    'Invalid value a( for configuration regex: Invalid regex: missing closing ): `a(`',
  ],
  [
    'RegexRouter',
    { regex: 'a', replacement: '$1' },
    'replacement',
    'Invalid value $1 for configuration replacement: No group 1',
  ],
  [
    'ReplaceField$Value',
    { renames: 'a' },
    'renames',
    'Invalid value [a] for configuration renames: Invalid rename mapping: a',
  ],
  ['SetSchemaMetadata$Value', {}, 'type', 'Neither schema name nor version configured'],
  [
    'SetSchemaMetadata$Value',
    { 'schema.version': 'x' },
    'schema.version',
    'Invalid value x for configuration schema.version: Not a number of type INT',
  ],
  [
    'TimestampConverter$Value',
    { 'target.type': 'date' },
    'target.type',
    'Invalid value date for configuration target.type: String must be one of: string, unix, Date, Time, Timestamp',
  ],
  [
    'TimestampConverter$Value',
    { 'target.type': 'string' },
    'format',
    'TimestampConverter requires format option to be specified when using string timestamps',
  ],
  [
    'TimestampConverter$Value',
    { 'target.type': 'unix', format: 'bad' },
    'format',
    'TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps: bad ' +
      "(Illegal pattern character 'b')",
  ],
  [
    'ValueToKey',
    { fields: 'a', 'replace.null.with.default': 'yes' },
    'replace.null.with.default',
    'Invalid value yes for configuration replace.null.with.default: Expected value to be either true or false',
  ],
];

for (const [type, keys, key, message] of REFUSED) {
  test(`transforms: ${type} with ${JSON.stringify(keys)} is refused in Kafka Connect's words`, () => {
    assert.deepEqual(faultLines({ connector: one(PACKAGE + type, keys) }), [
      `invalid sink.properties transforms.t.${key} is refused: ${message}`,
    ]);
  });
}

/** Each whole fault: what Kafka Connect accepts or finds later. */
const FAULTS: readonly (readonly [what: string, keys: Keys, faults: readonly RegExp[]])[] = [
  [
    'an unknown class',
    one(`${PACKAGE}InsertFeild$Value`),
    [/transforms\.t\.type is \S+, which is not a transform .* did you mean InsertField\?/],
  ],
  ['a class without its part', one(`${PACKAGE}InsertField`), [/must end in \$Key or \$Value: .*InsertField\$Value/]],
  ['a short name of a class with parts', one('InsertField$Key'), [/must be written in full: .*InsertField\$Key/]],
  ["another vendor's class", one('io.confluent.connect.transforms.Drop'), [/is not a transform that is known here/]],
  ['no class', { transforms: 't', 'transforms.t.field': 'a' }, [/transforms\.t\.type is required/]],
  [
    'a misspelt key',
    one(`${PACKAGE}HoistField$Value`, { field: 'a', feild: 'b' }),
    [/transforms\.t\.feild is not a key of .* did you mean transforms\.t\.field\?/],
  ],
  [
    'a misspelt required key',
    one(`${PACKAGE}HoistField$Value`, { feild: 'b' }),
    [
      /transforms\.t\.field is refused: Missing required configuration "field" .*\(transforms\.t\.feild is no key of it\)/,
    ],
  ],
  [
    'a foreign key',
    one(`${PACKAGE}Filter`, { spec: 'a' }),
    [/transforms\.t\.spec is not a key of .*Filter: it knows none/],
  ],
  [
    'keys of no alias',
    { ...one(`${PACKAGE}Filter`), 'transforms.u.type': 'x' },
    [/transforms\.u\.type belongs to no alias of transforms/],
  ],
  [
    'a misspelt alias',
    { transforms: 'route', 'transforms.route.type': 'Filter', 'transforms.ruote.predicate': 'x' },
    [/transforms\.ruote\.predicate belongs to no alias of transforms: did you mean transforms\.route\?/],
  ],
  [
    'an alias twice',
    { transforms: 't,t', 'transforms.t.type': 'Filter' },
    [/transforms is refused: Duplicate alias provided\./],
  ],
  [
    'an undefined predicate',
    one('Filter', { predicate: 'p' }),
    [/transforms\.t\.predicate names a predicate that .* does not define: list it in predicates/],
  ],
  [
    'negate without a predicate',
    one('Filter', { negate: 'true' }),
    [
      /transforms\.t\.negate is refused: Config 'transforms\.t\.negate' was provided but there is no config 'transforms\.t\.predicate'/,
    ],
  ],
  [
    'an unknown predicate class',
    { predicates: 'p', 'predicates.p.type': 'Maybe' },
    [/predicates\.p\.type is Maybe, which is not a predicate that is known here/],
  ],
  [
    'a predicate without its key',
    { predicates: 'p', 'predicates.p.type': 'HasHeaderKey' },
    [/predicates\.p\.name is refused: Missing required configuration "name"/],
  ],
  [
    'a pattern that can not be matched',
    { predicates: 'p', 'predicates.p.type': 'TopicNameMatches', 'predicates.p.pattern': '(?!a)b' },
    [/predicates\.p\.pattern is refused: .*linear time/],
  ],
  [
    'a patch that is not JSON',
    one('com.adobe.platform.streaming.sink.transformation.JsonPatchTransform', { operations: '[' }),
    [/operations is refused: .*it is not JSON/],
  ],
  [
    'a patch of what every object has',
    one('com.adobe.platform.streaming.sink.transformation.JsonPatchTransform', {
      operations: '[{"op":"remove","path":"/a/__proto__"}]',
    }),
    [/operation 0 names __proto__, which can't be patched/],
  ],
  [
    'a patch with a wrong operation',
    one('com.adobe.platform.streaming.sink.transformation.JsonPatchTransform', {
      operations: '[{"op":"put","path":"/a"}]',
    }),
    [/operation 0 needs an "op"/],
  ],
];

for (const [what, connector, faults] of FAULTS) {
  test(`transforms: ${what} is refused by name`, () => {
    const lines = faultLines({ connector });
    assert.equal(lines.length, faults.length, lines.join('\n'));
    for (const [index, fault] of faults.entries()) assert.match(lines[index]!, fault);
  });
}

test('transforms: they apply in the order of the list, with their predicates', () => {
  const { transforms } = connectorOf({
    transforms: 'b, a',
    'transforms.a.type': 'Filter',
    'transforms.a.predicate': 'p',
    'transforms.a.negate': 'TRUE',
    'transforms.b.type': `${PACKAGE}RegexRouter`,
    'transforms.b.regex': 'x',
    'transforms.b.replacement': 'y',
    predicates: 'p',
    'predicates.p.type': `${PACKAGE}predicates.TopicNameMatches`,
    'predicates.p.pattern': 'x.*',
  });
  assert.deepEqual(
    transforms.map(({ alias, className }) => [alias, className]),
    [
      ['b', `${PACKAGE}RegexRouter`],
      ['a', `${PACKAGE}Filter`],
    ],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(transforms.map(({ predicate }) => predicate))), [
    null,
    {
      alias: 'p',
      className: `${PACKAGE}predicates.TopicNameMatches`,
      settings: { kind: 'TopicNameMatches', pattern: 'x.*' },
      negate: true,
    },
  ]);
});

test('transforms: the environment may say what an alias is', () => {
  const env = {
    TAILRACE_CONNECTOR_TRANSFORMS: 't',
    TAILRACE_CONNECTOR_TRANSFORMS_T_TYPE: 'DropHeaders',
    TAILRACE_CONNECTOR_TRANSFORMS_T_HEADERS: 'a',
  };
  assert.deepEqual(JSON.parse(JSON.stringify(connectorOf({}, { env }).transforms)), [
    {
      alias: 't',
      className: `${PACKAGE}DropHeaders`,
      settings: { kind: 'DropHeaders', headers: ['a'] },
      predicate: null,
    },
  ]);
});
