import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineDialect, differs, fault, ignored, set } from '../../../config/dialects/dialect.ts';
import { isKeyOfDialect, translate } from '../../../config/dialects/translate.ts';
import { Findings } from '../../../config/findings.ts';
import { integer, password, text, verbatimText } from '../../../config/schema/formats.ts';
import { keyGroup } from '../../../config/schema/key-spec.ts';
import type { Written } from '../../../config/schema/written-keys.ts';

const group = keyGroup('Request');

const keys = {
  url: group.required('peer.url', text, 'where it goes'),
  seconds: group.withDefault('peer.timeout', integer(1, 60), '30', 'seconds'),
  between: group.withDefault('peer.separator', verbatimText, '', 'blanks count'),
  secret: group.optional('peer.secret', password, 'a secret'),
};

/** A sink as no vendor has it, to try each kind of statement. */
const dialect = defineDialect({
  title: 'A peer',
  classes: ['org.example.PeerSinkConnector'],
  markers: [],
  keys,
  families: [{ prefix: 'peer.header.', join: '-', doc: 'A header.' }],
  ignored: [{ key: 'peer.licence', text: 'there is no licence to be had' }],
  refused: [{ key: 'peer.gone.*', text: 'is not supported' }],
  *translate({ values, family, wrote, text: written }) {
    if (values.url !== null) yield set('http.url', values.url, 'peer.url');
    yield set('http.timeout.ms', values.seconds * 1000, 'peer.timeout');
    if (values.between !== '') yield set('batch.separator', values.between, 'peer.separator');
    if (values.secret !== null) yield set('http.auth.basic.password', values.secret.reveal(), 'peer.secret');
    for (const [name, value] of family('peer.header.')) yield set(`http.headers.${name}`, value, `peer.header.${name}`);
    if (wrote('peer.timeout')) yield differs('peer.timeout', 'is longer here');
    yield ignored('peer.secret', 'nobody asks for it');
    if (written('topics') === 'a') yield fault('conflict', 'peer.url', 'can not be with the topic a');
  },
  guide: { stays: [], differs: [], tune: [] },
});

function read(lines: Readonly<Record<string, string>>) {
  const findings = new Findings();
  const written = new Map<string, Written>(
    Object.entries(lines).map(([key, value], i) => [
      key,
      { text: value, origin: { file: 'sink', line: i + 1, key }, placeholder: null },
    ]),
  );
  const meant = translate(dialect, written, {
    file: 'sink',
    missing: key => ({ file: 'sink', line: null, key }),
    env: { PEER_HOME: ' /opt/peer ', PEER_EMPTY: '' },
    isSecret: key => key.endsWith('password') || key.startsWith('http.headers.'),
    findings,
  });
  const remarks = findings.bySubject();
  return {
    findings,
    texts: Object.fromEntries([...meant].map(([key, one]) => [key, one.text])),
    lines: Object.fromEntries([...meant].map(([key, one]) => [key, one.origin.line])),
    of: (key: string) => remarks(written.get(key)!.origin),
    faults: findings.faults.map(({ key, line, message }) => `${line} ${key} ${message}`),
  };
}

test('translate: what was written becomes keys of ours, each with the line of the key that it comes from', () => {
  const { texts, lines, faults } = read({ name: 'n', 'peer.timeout': '5', 'peer.url': 'http://e/' });
  assert.deepEqual(texts, { name: 'n', 'http.url': 'http://e/', 'http.timeout.ms': '5000' });
  assert.deepEqual(lines, { name: 1, 'http.url': 3, 'http.timeout.ms': 2 });
  assert.deepEqual(faults, []);
});

test("translate: defaults are the vendor's, and have no line", () => {
  const { texts, lines } = read({ 'peer.url': 'http://e/' });
  assert.equal(texts['http.timeout.ms'], '30000');
  assert.equal(lines['http.timeout.ms'], null);
});

test("translate: what is missing or invalid is told in the vendor's words", () => {
  assert.deepEqual(read({ 'peer.timeout': '61' }).faults, [
    'null peer.url is required: where it goes',
    '1 peer.timeout must be a whole number from 1 to 60, not "61"',
  ]);
});

test('translate: keys of ours win, and both lines say so', () => {
  const { texts, of } = read({ 'peer.url': 'http://e/', 'peer.timeout': '5', 'http.timeout.ms': '7' });
  assert.equal(texts['http.timeout.ms'], '7');
  assert.deepEqual(
    of('peer.timeout').notes.map(({ kind, text: told }) => `${kind}: ${told}`),
    ['differs: is overruled by http.timeout.ms, which stands beside it', 'differs: is longer here'],
  );
  assert.deepEqual(
    of('http.timeout.ms').notes.map(({ kind, text: told }) => `${kind}: ${told}`),
    ['remark: wins over what peer.timeout says'],
  );
  assert.deepEqual(of('peer.timeout').became, []);
});

test('translate: a header of ours wins in whatever case it is written', () => {
  const { texts } = read({ 'peer.url': 'http://e/', 'peer.header.x-a': '1', 'http.headers.X-A': '2' });
  assert.deepEqual([texts['http.headers.X-A'], texts['http.headers.x-a']], ['2', undefined]);
});

test('translate: what a key became is told, and secrets are not', () => {
  const { of } = read({ 'peer.url': 'http://e/', 'peer.timeout': '5', 'peer.secret': 'geheim', 'peer.header.a': 'b' });
  assert.deepEqual(of('peer.timeout').became, ['http.timeout.ms=5000']);
  assert.deepEqual(of('peer.secret').became, ['http.auth.basic.password']);
  assert.deepEqual(of('peer.header.a').became, ['http.headers.a']);
});

test('translate: blanks and control characters of what a key became can be seen', () => {
  const { of } = read({ 'peer.url': 'u', 'peer.separator': ' \n' });
  assert.deepEqual(of('peer.separator').became, ['batch.separator=" \\n"']);
});

test('translate: keys without a meaning are told of, refused ones are faults unless they say nothing', () => {
  const { of, faults, texts } = read({ 'peer.url': 'u', 'peer.licence': 'x', 'peer.gone.a': '1', 'peer.gone.b': ' ' });
  assert.deepEqual(
    of('peer.licence').notes.map(({ kind, text: told }) => `${kind}: ${told}`),
    ['ignored: there is no licence to be had'],
  );
  assert.deepEqual(faults, ['3 peer.gone.a is not supported']);
  assert.deepEqual(Object.keys(texts), ['http.url', 'http.timeout.ms']);
});

test('translate: of keys that nobody wrote nothing is noted, and their faults stand at the file', () => {
  const { findings } = read({ 'peer.url': 'u' });
  assert.deepEqual([findings.notices, findings.warnings], [[], []]);
  assert.deepEqual(read({ 'peer.url': 'u', topics: 'a' }).faults, ['1 peer.url can not be with the topic a']);
});

test("translate: later findings of the file say the vendor's words for keys that it set", () => {
  const { findings } = read({ 'peer.url': 'u', 'peer.timeout': '5' });
  const origin = { file: 'sink', line: 9, key: 'other' };
  findings.fault('conflict', origin, 'must be below http.timeout.ms, 5000, not http.timeout.ms.more');
  findings.fault('conflict', origin, 'write http.timeout.ms=1 instead of http.connect.timeout.ms.');
  findings.note('remark', { ...origin, file: 'another' }, 'see http.timeout.ms');
  assert.deepEqual(
    findings.faults.map(({ message }) => message),
    [
      'must be below peer.timeout, 5000, not http.timeout.ms.more',
      'write http.timeout.ms=1 instead of http.connect.timeout.ms.',
    ],
  );
  assert(findings.notices.includes('another: other see http.timeout.ms'));
});

test('translate: a key is the vendor’s by table, family, and lists', () => {
  const theirs = ['peer.url', 'peer.header.a', 'peer.licence', 'peer.gone.x'];
  for (const key of theirs) assert(isKeyOfDialect(dialect, key), key);
  for (const key of ['peer.header.', 'peer', 'http.url', 'name']) assert(!isKeyOfDialect(dialect, key), key);
});
