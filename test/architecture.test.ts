import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { NEEDED_FEATURES } from '../worker/kafka/features.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What is tracked, or would be: a file that is not yet added counts too. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter(file => file !== '' && existsSync(ROOT + file));
const SOURCES = FILES.filter(file => /^(config|connector|worker|test)\/.*\.ts$/.test(file) && !file.endsWith('.d.ts'));
const PRODUCT = SOURCES.filter(file => !file.startsWith('test/'));

function read(file: string): string {
  return readFileSync(ROOT + file, 'utf8');
}

/** Every node of a file's syntax tree. */
function nodes(file: string): readonly ts.Node[] {
  const all: ts.Node[] = [];
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    all.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return all;
}

function place(node: ts.Node): string {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${source.fileName}:${line + 1}: ${node.parent.getText().split('\n', 1)[0]}`;
}

function imports(file: string): readonly string[] {
  const found = read(file).matchAll(
    /^(?:import|export)\b[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(match => (match[1] ?? match[2] ?? match[3])!);
}

/** Of the product's folders nothing points right; tests may use all of them, and nobody uses tests. */
test('nothing of the product imports a test', () => {
  const wrong = PRODUCT.filter(file => targets(file).some(target => target.startsWith('test/')));
  assert.deepEqual(wrong, []);
});

/**
 * The rooms, and which each may import from, beside itself. A file belongs to the first room whose pattern fits it. Top
 * down within a folder; every room may use what lies below it here only where its row says so.
 */
const ROOMS: readonly (readonly [room: string, files: RegExp, imports: readonly string[]])[] = [
  [
    'config/explain',
    /^config\/(explain|provided-paths)\.ts$/,
    ['config/load', 'config/connector', 'config/source', 'config/schema', 'config/types'],
  ],
  [
    'config/reference',
    /^config\/((render-|templates-)?reference|markdown|migrating)\.ts$/,
    ['config/generated', 'config/dialects', 'config/kafka', 'config/stores', 'config/transforms', 'config/schema'],
  ],
  ['config/generated', /^config\/generated\.ts$/, []],
  [
    'config/define',
    /^config\/define\.ts$/,
    [
      'config/explain',
      'config/definitions',
      'config/load',
      'config/connector',
      'config/source',
      'config/schema',
      'config/types',
    ],
  ],
  [
    'config/definitions',
    /^config\/definitions\//,
    [
      'config/connector',
      'config/converter',
      'config/dialects',
      'config/kafka',
      'config/transforms',
      'config/schema',
      'config/types',
    ],
  ],
  [
    'config/load',
    /^config\/(build|load|layers|foreign|open-files|overrides)\.ts$/,
    ['config/connector', 'config/dialects', 'config/kafka', 'config/source', 'config/schema', 'config/types'],
  ],
  [
    'config/connector',
    /^config\/(connector|endpoint-findings|endpoints|listener-tls|properties|reporter|rest|secrecy|sink-classes|tls-suites|worker)\.ts$/,
    [
      'config/dialects',
      'config/traces',
      'config/http',
      'config/converter',
      'config/body',
      'config/kafka',
      'config/transforms',
      'config/source',
      'config/schema',
      'config/types',
    ],
  ],
  [
    'config/traces',
    /^config\/traces(-environment)?\.ts$/,
    ['config/http', 'config/source', 'config/stores', 'config/schema', 'config/types'],
  ],
  [
    'config/http',
    /^config\/http(-[a-z0-9-]+)?\.ts$/,
    ['config/source', 'config/stores', 'config/schema', 'config/types'],
  ],
  ['config/body', /^config\/body\.ts$/, ['config/schema', 'config/types']],
  ['config/converter', /^config\/converter\.ts$/, ['config/schema', 'config/types']],
  // The ground: what all rooms speak of.
  [
    'config/types',
    /^config\/((answer-|auth-|connection-|report-|rest-|tls-|traces-)?types|findings|concealed|client-names|printable|host|secret|(transforms|route)\/types)\.ts$/,
    [],
  ],
  ['config/dialects', /^config\/dialects\//, ['config/schema', 'config/types']],
  ['config/kafka', /^config\/kafka\//, ['config/source', 'config/stores', 'config/schema', 'config/types']],
  ['config/transforms', /^config\/transforms\//, ['config/schema', 'config/types']],
  ['config/source', /^config\/source\//, ['config/schema', 'config/types']],
  ['config/stores', /^config\/stores\//, []],
  ['config/schema', /^config\/schema\//, ['config/types']],

  [
    'connector/http',
    /^connector\/http\/[^/]+$/,
    [
      'connector/transport',
      'connector/credentials',
      'connector/answers',
      'connector/coding',
      'connector',
      'config/types',
    ],
  ],
  ['connector/coding', /^connector\/http\/coding\//, ['connector', 'config/types']],
  [
    'connector/credentials',
    /^connector\/http\/credentials\//,
    ['connector/coding', 'connector/answers', 'connector', 'config/types'],
  ],
  [
    'connector/answers',
    /^connector\/http\/answers\//,
    ['connector/coding', 'connector', 'config/schema', 'config/types'],
  ],
  ['connector/transport', /^connector\/http\/transport\//, ['connector', 'config/types']],
  [
    'connector/converters',
    /^connector\/converters\//,
    ['connector/plan', 'connector/java', 'connector/data', 'connector', 'config/types'],
  ],
  [
    'connector/transforms',
    /^connector\/transforms\//,
    ['connector/java', 'connector/data', 'connector', 'config/transforms', 'config/schema', 'config/types'],
  ],
  ['connector/java', /^connector\/java\//, ['connector/data', 'config/transforms', 'config/schema']],
  [
    'connector/route',
    /^connector\/route\//,
    ['connector/converters', 'connector/data', 'connector', 'config/schema', 'config/types'],
  ],
  ['connector/plan', /^connector\/plan\//, ['connector/data', 'connector']],
  ['connector/data', /^connector\/data\//, ['connector']],
  ['connector', /^connector\/[^/]+$/, []],

  [
    'worker/traces',
    /^worker\/traces\//,
    [
      'connector/transport',
      'connector/coding',
      'connector/answers',
      'worker/task/contract',
      'connector',
      'config/types',
    ],
  ],
  [
    'worker/tune',
    /^worker\/tune\//,
    [
      'worker/cli',
      'worker/clock',
      'worker/assemble',
      'worker/small-files',
      'worker/telemetry',
      'worker/task/delivery',
      'worker/task/order',
      'worker/kafka',
      'worker/task/contract',
      'connector/route',
      'connector/transport',
      'connector/coding',
      'connector/converters',
      'connector',
      'config/load',
      'config/types',
    ],
  ],
  [
    'worker/main',
    /^worker\/(main|dispatch)\.ts$/,
    [
      'worker/check',
      'worker/dead-letters',
      'worker/offsets',
      'worker/tune',
      'worker/offsets',
      'worker/demo',
      'worker/cli',
      'worker/clock',
      'worker/telemetry',
    ],
  ],
  [
    'worker/task-main',
    /^worker\/task-main\.ts$/,
    ['worker/traces', 'worker/cli', 'worker/assemble', 'worker/isolation', 'worker/kafka', 'worker/clock'],
  ],
  [
    'worker/check',
    /^worker\/check\//,
    [
      'worker/cli',
      'worker/assemble',
      'worker/telemetry',
      'worker/small-files',
      'worker/kafka',
      'worker/task/delivery',
      'worker/task/order',
      'worker/task/contract',
      'connector/transport',
      'connector/credentials',
      'connector/answers',
      'connector/converters',
      'connector/java',
      'connector/data',
      'connector',
      'config/load',
      'config/source',
      'config/types',
    ],
  ],
  [
    'worker/dead-letters',
    /^worker\/dead-letters\//,
    [
      'worker/cli',
      'worker/assemble',
      'worker/telemetry',
      'worker/kafka',
      'worker/small-files',
      'worker/task/delivery',
      'worker/task/order',
      'worker/task/contract',
      'connector/transport',
      'connector/converters',
      'connector/route',
      'connector',
      'config/types',
    ],
  ],
  [
    'worker/demo',
    /^worker\/demo\//,
    [
      'worker/cli',
      'worker/assemble',
      'worker',
      'worker/store',
      'worker/telemetry',
      'worker/kafka',
      'worker/task/contract',
      'config/define',
      'config/load',
      'config/types',
    ],
  ],
  [
    'worker/offsets',
    /^worker\/offsets\//,
    ['worker/cli', 'worker/kafka', 'worker/task/contract', 'connector/route', 'config/types'],
  ],
  [
    'worker/cli',
    /^worker\/cli\//,
    [
      'worker/traces',
      'worker/assemble',
      'worker',
      'worker/page',
      'worker/admin',
      'worker/store',
      'worker/telemetry',
      'worker/kafka',
      'connector',
      'config/generated',
      'config/explain',
      'config/define',
      'config/load',
      'config/types',
    ],
  ],
  [
    'worker/assemble',
    /^worker\/(assemble|client-lines|endpoints|task-clients)\.ts$/,
    [
      'connector/transport',
      'worker',
      'worker/supervisor',
      'worker/isolation',
      'worker/small-files',
      'worker/telemetry',
      'worker/kafka',
      'worker/task',
      'worker/task/contract',
      'connector/http',
      'connector/route',
      'connector/transforms',
      'connector/converters',
      'connector',
      'config/types',
    ],
  ],
  [
    'worker',
    /^worker\/(worker|first-connectors|standalone-herder)\.ts$/,
    [
      'worker/traces',
      'worker/supervisor',
      'worker/herder',
      'worker/admin',
      'worker/store',
      'worker/telemetry',
      'worker/small-files',
      'worker/status',
      'worker/task/contract',
      'connector',
      'config/define',
      'config/connector',
      'config/types',
    ],
  ],
  // Runs in a browser: of the worker it knows the form of its data alone.
  ['worker/page/browser', /^worker\/admin\/page\/browser\//, ['worker/page']],
  [
    'worker/page',
    /^worker\/admin\/page\//,
    [
      'worker/telemetry',
      'worker/status',
      'worker/task/contract',
      'connector',
      'config/explain',
      'config/connector',
      'config/types',
    ],
  ],
  [
    'worker/admin',
    /^worker\/admin\//,
    [
      'worker/page',
      'worker/herder',
      'worker/telemetry',
      'worker/status',
      'worker/task/contract',
      'connector/java',
      'connector/data',
      'connector',
      'config/explain',
      'config/define',
      'config/types',
    ],
  ],
  [
    'worker/isolation',
    /^worker\/isolation\//,
    ['worker/traces', 'worker/supervisor', 'worker/telemetry', 'worker/task/contract', 'connector', 'config/types'],
  ],
  [
    'worker/supervisor',
    /^worker\/(supervisor|connector-machine|connector-tasks|supervised-task|running-task)\.ts$/,
    ['worker/herder', 'worker/telemetry', 'worker/status', 'worker/task/contract', 'connector', 'config/types'],
  ],
  [
    'worker/kafka',
    /^worker\/kafka\//,
    ['worker/herder', 'worker/task/contract', 'connector/route', 'connector', 'config/types'],
  ],
  [
    'worker/herder',
    /^worker\/herder\.ts$/,
    ['worker/status', 'connector', 'config/explain', 'config/define', 'config/definitions', 'config/types'],
  ],
  [
    'worker/store',
    /^worker\/store\//,
    ['worker/telemetry', 'worker/small-files', 'connector', 'config/source', 'config/types'],
  ],
  [
    'worker/telemetry',
    /^worker\/telemetry\//,
    ['worker/status', 'worker/task/contract', 'connector', 'config/generated', 'config/types'],
  ],
  ['worker/status', /^worker\/status\.ts$/, ['worker/task/contract', 'config/types']],
  ['worker/small-files', /^worker\/(small|whole)-files\.ts$/, ['config/source', 'connector']],
  ['worker/clock', /^worker\/clock\.ts$/, ['connector']],
  ['worker/task/group', /^worker\/task\/group\//, ['worker/task/order', 'worker/task/contract', 'config/types']],
  [
    'worker/task/delivery',
    /^worker\/task\/delivery\//,
    ['worker/task/intake', 'worker/task/order', 'worker/task/contract', 'connector', 'config/types'],
  ],
  [
    'worker/task/intake',
    /^worker\/task\/intake\//,
    ['worker/task/order', 'worker/task/contract', 'connector/converters', 'connector'],
  ],
  ['worker/task/order', /^worker\/task\/order\//, ['worker/task/contract', 'connector']],
  // What the outside sees of a task, and a task of the outside.
  [
    'worker/task/contract',
    /^worker\/task\/(task|ports|facts|topic-partition|kafka-error)\.ts$/,
    ['connector/converters', 'connector', 'config/types'],
  ],
  [
    'worker/task',
    /^worker\/task\/[^/]+$/,
    [
      'worker/task/group',
      'worker/task/delivery',
      'worker/task/intake',
      'worker/task/order',
      'worker/task/contract',
      'connector',
    ],
  ],
];

function roomOf(file: string): string {
  const room = ROOMS.find(([, files]) => files.test(file));
  assert.ok(room !== undefined, `${file} is in no room`);
  return room[0];
}

function targets(file: string): readonly string[] {
  return imports(file)
    .filter(target => target.startsWith('.'))
    .map(target => new URL(target, `file:///${file}`).pathname.slice(1));
}

const IMPORTS = new Map(PRODUCT.map(file => [file, targets(file)]));

test('imports follow the table of rooms', () => {
  const allowed = new Map(ROOMS.map(([room, , others]) => [room, new Set([room, ...others])]));
  const wrong = PRODUCT.flatMap(file =>
    IMPORTS.get(file)!
      .filter(target => !allowed.get(roomOf(file))!.has(roomOf(target)))
      .map(target => `${file} (${roomOf(file)}) imports ${target} (${roomOf(target)})`),
  );
  assert.deepEqual(wrong, []);
});

test('every arrow of the table is used: one that is not would let a wrong import in', () => {
  const used = new Set(
    PRODUCT.flatMap(file => IMPORTS.get(file)!.map(target => `${roomOf(file)} → ${roomOf(target)}`)),
  );
  const idle = ROOMS.flatMap(([room, , others]) => others.map(other => `${room} → ${other}`)).filter(
    arrow => !used.has(arrow),
  );
  assert.deepEqual(idle, []);
});

test('the table itself has no circle', () => {
  const graph = new Map(ROOMS.map(([room, , others]) => [room, others]));
  assert.deepEqual(circles(graph), []);
});

test('no two files import each other, be it over others or for types only', () => {
  assert.deepEqual(circles(IMPORTS), []);
});

/** The nodes of each circle, by Tarjan: every set of more than one that reach each other. */
function circles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1) found.push(members.sort().join(' ↔ '));
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** Who may import a package. */
const IMPORTERS: Readonly<Record<string, RegExp>> = {
  convict: /^config\/schema\/schema\.ts$/,
  rfc6902: /^connector\/transforms\/json-patch\.ts$/,
  re2js: /^config\/schema\/java-regex\.ts$/,
  'node-forge': /^config\/stores\/pkcs12\.ts$/,
  jose: /^connector\/http\/credentials\/assertion\.ts$/,
  '@smithy/signature-v4': /^connector\/http\/credentials\/sigv4\.ts$/,
  undici: /^connector\/http\/transport\//,
  'p-queue': /^worker\/task\/delivery\/dispatcher\.ts$/,
  'node-rdkafka': /^worker\/kafka\/library\.ts$/,
  'prom-client': /^worker\/telemetry\/registry\.ts$/,
  fastify: /^worker\/admin\//,
  '@fastify/swagger': /^worker\/admin\/api\/openapi\.ts$/,
  bcryptjs: /^worker\/admin\/access\/hash-thread\.ts$/,
  pino: /^worker\/telemetry\/log\.ts$/,
};

test('tests, too, take the Kafka client from where its native half is kept apart', () => {
  const wrong = SOURCES.filter(
    file => !IMPORTERS['node-rdkafka']!.test(file) && packages(file).includes('node-rdkafka'),
  );
  assert.deepEqual(wrong, []);
});

/** Packages whose sources are compiled in, and by what. */
const COMPILED_IN: Readonly<Record<string, string>> = { '@nozbe/simdjson': 'worker/kafka/reader/binding.gyp' };

function packages(file: string): readonly string[] {
  return imports(file).filter(target => !target.startsWith('.') && !target.startsWith('node:'));
}

test('each package has one importer', () => {
  const wrong = PRODUCT.flatMap(file =>
    packages(file)
      .filter(name => IMPORTERS[name]?.test(file) !== true)
      .map(name => `${file} imports ${name}`),
  );
  assert.deepEqual(wrong, []);
});

test('every package that is depended on is imported', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  assert.deepEqual(Object.keys(dependencies).sort(), [...Object.keys(IMPORTERS), ...Object.keys(COMPILED_IN)].sort());
  for (const [name, user] of Object.entries(COMPILED_IN)) assert.ok(read(user).includes(`${name}/`), name);
  for (const [name, importer] of Object.entries(IMPORTERS)) {
    assert.ok(
      PRODUCT.some(file => importer.test(file) && packages(file).includes(name)),
      `nobody imports ${name}`,
    );
  }
});

/** The outside, which the core reaches through ports only (design: seams). */
const OUTSIDE = new Set([
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'fetch',
  'globalThis',
]);
const OUTSIDE_MODULES = /^node:(timers|perf_hooks|process)\b/;

/** Whether a node uses a global of the outside, as against a property or a type of the same name. */
function usesOutside(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'Math.random';
  if (ts.isImportDeclaration(node)) return OUTSIDE_MODULES.test((node.moduleSpecifier as ts.StringLiteral).text);
  if (!ts.isIdentifier(node) || !OUTSIDE.has(node.text) || ts.isTypeReferenceNode(node.parent)) return false;
  const { parent } = node;
  const isName = 'name' in parent && parent.name === node;
  return !(isName && !ts.isShorthandPropertyAssignment(parent));
}

/** What stands between the core and the outside, and why each may touch it. */
const ADAPTERS: Readonly<Record<string, string>> = {
  'connector/http/transport/connection.ts': 'the network',
  'connector/http/transport/dial.ts': 'the network',
  'connector/http/transport/http2-pulse.ts': 'the network',
  'connector/http/transport/http2-session.ts': 'the network',
  'worker/clock.ts': 'time and chance',
  'worker/main.ts': 'the process',
  'worker/task-main.ts': "the process of a task's own",
  'worker/isolation/spawn.ts': 'processes that are started',
  'worker/cli/times.ts': 'dates as people write them',
  'worker/tune/endpoint-main.ts': 'the process of an endpoint that is made up',
  'worker/demo/demo.ts': 'a show on the terminal',
  'worker/demo/endpoint.ts': "a server of the demo's own",
  'config/generated.ts': 'the programs of the build that render documents',
  'config/stores/validity.ts': "today's date, which certificates are held against",
};

function isAdapter(file: string): boolean {
  return Object.hasOwn(ADAPTERS, file) || file.startsWith('worker/kafka/');
}

test('time, chance and the process come through ports', () => {
  const wrong = PRODUCT.filter(file => !isAdapter(file)).flatMap(file => {
    const declared = new Set(
      nodes(file)
        .filter(declares)
        .map(node => (node as ts.NamedDeclaration).name!.getText()),
    );
    return nodes(file)
      .filter(node => usesOutside(node) && !declared.has(node.getText()))
      .map(place);
  });
  assert.deepEqual(wrong, []);
});

/** A variable or parameter may have any name; it is not the global then. */
function declares(node: ts.Node): boolean {
  return ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isFunctionDeclaration(node);
}

test('no adapter is named that does not exist', () => {
  assert.deepEqual(
    Object.keys(ADAPTERS).filter(file => !PRODUCT.includes(file)),
    [],
  );
});

test('nothing commits synchronously: that would stop the loop', () => {
  const wrong = SOURCES.flatMap(file =>
    nodes(file).filter(node => ts.isIdentifier(node) && /^commit(Message)?Sync$/.test(node.text)),
  );
  assert.deepEqual(wrong.map(place), []);
});

const LINES = 300;
/** Tests are tables more often than not. */
const TEST_LINES = 500;
/** Files that may be longer, and why. */
const LONG: Readonly<Record<string, string>> = {
  'test/architecture.test.ts': 'the table of the rooms',
  'worker/task/task-loop.ts': "the one owner of a task's mutable state, told in one place",
};

function budget(file: string): number {
  return file.startsWith('test/') ? TEST_LINES : LINES;
}

test('a file is short enough to be read in one go', context => {
  const sizes = SOURCES.map(file => ({ file, lines: read(file).split('\n').length - 1 })).sort(
    (a, b) => b.lines - a.lines,
  );
  for (const { file, lines } of sizes.slice(0, 10)) context.diagnostic(`${String(lines).padStart(4)} ${file}`);
  assert.deepEqual(
    sizes
      .filter(({ file, lines }) => lines > budget(file) && !Object.hasOwn(LONG, file))
      .map(({ file, lines }) => `${file}: ${lines}`),
    [],
  );
  assert.deepEqual(
    Object.keys(LONG).filter(file => !sizes.some(size => size.file === file && size.lines > budget(file))),
    [],
  );
});

/** Spelled in parts, so that this file does not find itself. */
const FOREIGN = new RegExp(
  [
    ['/', 'work/'],
    ['/', 'home/\\w'],
    ['/', 'root/'],
    ['/', 'Users/\\w'],
    ['registry', '\\.npm'],
    ['\\bartifact', 'ory\\b'],
  ]
    .map(parts => parts.join(''))
    .join('|'),
);
/** A path of `${…}/work/` or `test/work/` is relative; one of this machine begins a word. */
const BEFORE = '(?<![\\w.}$-])';

test('no tracked file names a path of a machine or a package registry', () => {
  const pattern = new RegExp(`${BEFORE}(?:${FOREIGN.source})`);
  const wrong = FILES.flatMap(file =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
  assert.deepEqual(wrong, []);
});

test('the lock file holds checksums and no addresses', () => {
  const { packages: locked } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; integrity?: string; optional?: boolean }>;
  };
  const entries = Object.entries(locked).filter(([path]) => path !== '');
  const addressed = entries.filter(([, entry]) => entry.resolved !== undefined);
  // Optional ones are programs of other platforms that the developers' registry may not hold.
  const unchecked = entries.filter(([, entry]) => entry.integrity === undefined && entry.optional !== true);
  assert.deepEqual(
    [...addressed, ...unchecked].map(([path]) => path),
    [],
  );
});

test('the set-up looks for every feature that the Kafka client must have', () => {
  const line = read('scripts/setup.sh').match(/const need = "([^"]+)"/);
  assert.deepEqual(line![1]!.split(' ').sort(), Object.keys(NEEDED_FEATURES).sort());
});
