import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { type Content, KNOWN_CLASSES, refuses, SINK, takes, WORKER } from './real.ts';

const MEBIBYTE = 1_048_576;
const pair = (sink: Content) => ({ 'w.properties': WORKER, 's.properties': sink });
const json = (sink: Content) => ({ 'w.properties': WORKER, 's.json': sink });
const NAMED = ['w.properties', 's.properties'];

const MISSING = {
  class: 's.properties: connector.class is required: The connector: `tailrace.HttpSink`.',
  url:
    's.properties: http.url is required: Where batches are sent. It is logged, so it must not hold a user, a password or a ' +
    'token. Path and query may hold macros (see Templates): records with different addresses do not share a request.',
  name: 's.properties: name is required: Name of the connector; its consumer group is `connect-<name>`.',
  topics: 's.properties: topics is required, or topics.regex in its place: the topics to read',
};

/** Ten megabytes that are made while they are read. */
const ENDLESS = '/proc/kallsyms';

/** What stands in place of the connector file, and why it can't be read. */
const NO_FILES: Readonly<Record<string, readonly [reason: string, make: (directory: string, t: TestContext) => void]>> =
  {
    'a file of 50 MB': [
      'it is larger than 1 MiB',
      () => {
        writeFileSync('s.properties', SINK);
        truncateSync('s.properties', 50_000_000);
      },
    ],
    'one byte more than a mebibyte': [
      'it is larger than 1 MiB',
      () => writeFileSync('s.properties', SINK.padEnd(MEBIBYTE + 1, '#')),
    ],
    'a pipe that nobody writes to': [
      'it is a pipe, not a regular file',
      () => void execFileSync('mkfifo', ['s.properties']),
    ],
    'a device that never ends': ['it is a device, not a regular file', () => symlinkSync('/dev/zero', 's.properties')],
    'a directory': ['it is a directory, not a regular file', directory => symlinkSync(directory, 's.properties')],
    'a socket': [
      'it is a socket, not a regular file',
      (directory, t) => {
        const server = createServer().listen(`${directory}/s.properties`);
        t.after(() => server.close());
      },
    ],
    'the memory of a process': ['reading it fails (EIO)', () => symlinkSync('/proc/self/mem', 's.properties')],
    ...(existsSync(ENDLESS)
      ? {
          'a file that says it is empty, and is not': [
            'it is larger than 1 MiB',
            () => symlinkSync(ENDLESS, 's.properties'),
          ],
        }
      : {}),
    nothing: ['there is no such file', () => undefined],
    'a link to nothing': ['there is no such file', () => symlinkSync('nowhere', 's.properties')],
    'a link to itself': ['its links lead in a circle', () => symlinkSync('s.properties', 's.properties')],
  };

for (const [name, [reason, prepare]] of Object.entries(NO_FILES)) {
  const faults = [`s.properties can't be read: ${reason}`];
  refuses(name, { files: { 'w.properties': WORKER }, named: NAMED, prepare, code: 3, faults });
}

refuses('a path through a file', {
  files: { 'w.properties': WORKER },
  named: ['w.properties', 'w.properties/s.properties'],
  code: 3,
  faults: ["w.properties/s.properties can't be read: its path leads through a file"],
});

refuses('a file that this user may not read', {
  files: pair(SINK),
  prepare: directory => {
    chmodSync(directory, 0o755);
    chmodSync('w.properties', 0o644);
    chmodSync('s.properties', 0);
  },
  asNobody: true,
  code: 3,
  faults: ["s.properties can't be read: this user may not read it"],
});

refuses('a worker file that is missing', {
  files: { 's.properties': SINK },
  named: NAMED,
  code: 2,
  faults: ["w.properties can't be read: there is no such file"],
});

refuses('a worker that has no connector and that nobody can give one', {
  files: { 'w.properties': `${WORKER}listeners=\n` },
  code: 3,
  faults: [
    'environment: TAILRACE_CONNECTOR_<ID>_CONNECTOR_CLASS is missing, and so is every connector file: there is nothing to run, ' +
      'and no listener to give it something',
  ],
  runOnly: true,
});

refuses('a file that is named twice', {
  files: pair(SINK),
  named: [...NAMED, 's.properties'],
  code: 3,
  faults: ['s.properties is named twice'],
});

refuses('the worker file as a connector file', {
  files: { 'w.properties': WORKER },
  named: ['w.properties', 'w.properties'],
  code: 2,
  faults: ['w.properties is named twice'],
});

refuses('two connectors of one name', {
  files: { ...pair(SINK), 't.properties': SINK },
  code: 3,
  faults: ['t.properties:1: name is the name of the connector in s.properties already'],
});

takes('a file of a whole mebibyte', { files: pair(SINK.padEnd(MEBIBYTE, '#')), code: 0, remarks: [] });
takes('a link to a file', {
  files: { 'w.properties': WORKER, target: SINK },
  named: NAMED,
  prepare: () => symlinkSync('target', 's.properties'),
  code: 0,
  remarks: [],
});
takes('a name with a dash, behind --', {
  files: { 'w.properties': WORKER, '-s': SINK },
  code: 0,
  remarks: [],
});

takes('files that are called as other sources of keys are', {
  files: { environment: WORKER, 'command line': `${SINK}batch.linger.ms=1\nbatch.linger.ms=2\n` },
  code: 0,
  remarks: ['honoured  ./command line:6: batch.linger.ms=2; it is written twice, lines 5 and 6: the last one counts'],
});
refuses('a file that is called as the environment is', {
  files: { 'w.properties': WORKER, environment: SINK.replace('HttpSink', 'Other') },
  code: 3,
  faults: [`./environment:2: connector.class is Other, which is not a connector that is known here: ${KNOWN_CLASSES}`],
});

// Encodings

const LATIN1 = 'stands in a file that is not UTF-8: it is read as ISO-8859-1, as the JVM does';
const UTF8 =
  'holds characters beyond ASCII in UTF-8, which the JVM reads as ISO-8859-1: \\uXXXX means the same to both';
const MARK = 'comes after a byte order mark, which is left out here; the JVM takes it for a part of the first line';
const UMLAUT = SINK.replace('name=c', 'name=gr\u00f6\u00dfe');

takes('Latin-1', {
  files: pair(Buffer.from(`# \u00e4\n${UMLAUT}`, 'latin1')),
  code: 0,
  remarks: [`honoured  s.properties:2: name=gr\u00f6\u00dfe; it ${LATIN1}`],
});
takes('characters beyond ASCII in UTF-8', {
  files: pair(UMLAUT),
  code: 0,
  remarks: [`honoured  s.properties:1: name=gr\u00f6\u00dfe; it ${UTF8}`],
});
takes('the same escaped, and comments in any encoding', {
  files: pair(`# \u00e4\n${SINK.replace('name=c', 'name=gr\\u00f6\\u00dfe')}`),
  code: 0,
  remarks: [],
});
takes('a byte order mark', {
  files: pair(`\ufeff${SINK}`),
  code: 0,
  remarks: [`honoured  s.properties:1: name=c; it ${MARK}`],
});
takes('a byte order mark before JSON, which Jackson leaves out too', {
  files: json(
    `\ufeff{"name": "c", "connector.class": "HttpSink", "topics": "t", "http.url": "https://e.example.org/"}`,
  ),
  code: 0,
  remarks: [],
});

for (const [name, content] of [
  ['UTF-16 with a mark', Buffer.from(`\ufeff${SINK}`, 'utf16le')],
  ['UTF-16 without one', Buffer.from(SINK, 'utf16le')],
  ['UTF-16 of the other order', Buffer.from(SINK, 'utf16le').swap16()],
] as const) {
  refuses(name, {
    files: pair(content),
    code: 3,
    faults: ["s.properties can't be read: it is UTF-16; save it as UTF-8"],
  });
}

refuses('JSON in Latin-1', {
  files: json(Buffer.from('{"name": "gr\u00f6\u00dfe"}', 'latin1')),
  code: 3,
  faults: ["s.json can't be read: it is not UTF-8; save it as such, or write \\uXXXX"],
});

// Properties

refuses('a NUL character', {
  files: pair(`${SINK}#\0\n`),
  code: 3,
  faults: ['s.properties:5: here is a NUL character: this is no text file, or not in UTF-8'],
});
refuses('a NUL character as an escape', {
  files: pair(`${SINK}consumer.override.client.id=a\\u0000b\n`),
  code: 3,
  faults: ['s.properties:5: consumer.override.client.id must not hold a NUL character'],
});
for (const malformed of ['\\u00zz', '\\u12', '\\u', '\\uD8 00']) {
  refuses(`the escape ${malformed}`, {
    files: pair(`${SINK}http.method=${malformed}\n`),
    code: 3,
    faults: ['s.properties:5: a \\u must be followed by four hexadecimal digits; write \\\\u for a backslash and a u'],
  });
}
takes('a backslash at the very end', { files: pair(`${SINK}http.method=PUT\\`), code: 0, remarks: [] });
refuses('an empty file', {
  files: pair(''),
  code: 3,
  faults: [MISSING.name, MISSING.class, MISSING.url, MISSING.topics],
});
refuses('more keys than any file has', {
  files: pair(SINK + Array.from({ length: 10_000 }, (_, at) => `http.headers.X-${at}=1\n`).join('')),
  code: 3,
  faults: ['s.properties:10001: there are more than 10000 keys'],
});
refuses('a key of 900 KB', {
  files: pair(`${SINK}${'a.'.repeat(450_000)}=1\n`),
  code: 3,
  faults: [
    's.properties:5: (not shown) is not a key of a connector file: take it out, or see the reference for the keys there are',
  ],
});
takes('a value of continued lines', {
  files: pair(`${SINK}batch.format=envelope\nbatch.envelope.prefix=[\\\n${'\\\n'.repeat(400_000)}\n`),
  code: 0,
  remarks: [],
});
takes('a key that is written twice', {
  files: pair(`${SINK}batch.linger.ms=1\nbatch.linger.ms=2\n`),
  code: 0,
  remarks: ['honoured  s.properties:6: batch.linger.ms=2; it is written twice, lines 5 and 6: the last one counts'],
});

// JSON

const FLAT = '"name": "c",\n"connector.class": "HttpSink",\n"topics": "t",\n"http.url": "https://e.example.org/"';
const NO_NAME = 'this is not valid JSON: a name in quotes is missing';

for (const [name, text, ...faults] of [
  ['a comma before the end', `{${FLAT},}`, `s.json:4: ${NO_NAME}`],
  ['single quotes', "{'name': 'c'}", 's.json:1: this is not valid JSON: a name in quotes or } is missing'],
  ['a comment', `{\n// no\n${FLAT}}`, 's.json:2: this is not valid JSON: a name in quotes or } is missing'],
  ['no end', `{${FLAT}`, 's.json:4: this is not valid JSON: a comma or } is missing'],
  ['an open text', `{${FLAT}, "a": "b`, 's.json:4: this is not valid JSON: the closing quote of a string is missing'],
  [
    'a line end in a text',
    '{"name":\n"a\nb"}',
    's.json:2: this is not valid JSON: the closing quote of a string is missing',
  ],
  ['an escape that is none', '{"name": "\\q"}', 's.json:1: this is not valid JSON: a valid \\ escape is missing'],
  ['half an escape', '{"name": "\\u00zz"}', 's.json:1: this is not valid JSON: a valid \\ escape is missing'],
  ['a number that is none', '{"tasks.max": NaN}', 's.json:1: this is not valid JSON: a value is missing'],
  ['10,000 levels', `{"name": ${'['.repeat(10_000)}`, 's.json:1: this is nested more than 100 levels deep'],
  ['10,000 objects', '{"a":'.repeat(10_000), 's.json:1: this is nested more than 100 levels deep'],
  ['a million keys', `{${'"":1,\n'.repeat(150_000)}}`, 's.json:10001: there are more than 10000 keys'],
  ['null', `{${FLAT},\n"topics.regex": null}`, 's.json:5: topics.regex must not be null'],
  [
    'an object in place of a text',
    `{${FLAT},\n"http.headers": {"X": "y"}}`,
    's.json:5: http.headers is no text: write "key": "value", or {"name": …, "config": {"key": "value"}}',
  ],
  ['a prototype', `{${FLAT},\n"__proto__": "x"}`, 's.json:5: __proto__ is not a name that a key may hold: take it out'],
] as const) {
  refuses(`JSON with ${name}`, { files: json(text), code: 3, faults });
}
refuses('a text of 8 MB', {
  files: json(`{${FLAT}, "batch.envelope.prefix": "${'x'.repeat(8_000_000)}"}`),
  code: 3,
  faults: ["s.json can't be read: it is larger than 1 MiB"],
});
takes('a text as long as a file may be', {
  files: json(`{${FLAT}, "batch.format": "envelope", "batch.envelope.prefix": "${'\\n'.repeat(500_000)}"}`),
  code: 0,
  remarks: [],
});
takes('JSON with a name twice', {
  files: json(`{${FLAT},\n"batch.linger.ms": 1,\n"batch.linger.ms": 2}`),
  code: 0,
  remarks: ['honoured  s.json:6: batch.linger.ms=2; it is written twice: the last one counts'],
});
refuses('JSON as a worker file', {
  files: { 'w.json': '{"bootstrap.servers": "a:1"}', 's.properties': SINK },
  named: ['w.json', 's.properties'],
  runOnly: true,
  code: 2,
  faults: ['w.json is a JSON file: a worker file is a properties file, key=value'],
});
