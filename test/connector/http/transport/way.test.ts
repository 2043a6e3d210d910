import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readBypassRule } from '../../../../config/schema/proxy-formats.ts';
import type { BypassRule } from '../../../../config/types.ts';
import { createWays } from '../../../../connector/http/transport/way.ts';
import { through } from '../proxies.ts';

const PROXY = new URL('http://proxy.test:3128');

function isDirect(rules: readonly string[], url: string): boolean {
  const bypass = rules.map(readBypassRule);
  assert.ok(
    bypass.every((rule): rule is BypassRule => rule !== null),
    rules.join(),
  );
  const { proxies, ...rest } = through(PROXY);
  return createWays({ ...rest, proxies: { ...proxies!, bypass } })(new URL(url)).kind === 'direct';
}

describe('the way past a proxy', () => {
  const rows: [rule: string, direct: readonly string[], proxied: readonly string[]][] = [
    [
      'example.org',
      ['http://example.org', 'https://EXAMPLE.org./x', 'http://a.b.example.org:81'],
      ['http://notexample.org', 'http://example.org.evil', 'http://org', 'http://example.com'],
    ],
    ['.example.org', ['http://a.example.org'], ['http://example.org', 'http://aexample.org']],
    ['*.example.org', ['http://a.example.org', 'https://a.b.example.org'], ['http://example.org']],
    ['EXAMPLE.org.', ['http://example.org'], ['http://example.com']],
    ['münchen.example', ['http://xn--mnchen-3ya.example', 'http://a.MÜNCHEN.example'], ['http://munchen.example']],
    [
      'example.org:8443',
      ['https://example.org:8443', 'https://a.example.org:8443'],
      ['https://example.org', 'http://example.org:843'],
    ],
    ['example.org:443', ['https://example.org', 'http://example.org:443'], ['http://example.org']],
    ['*.example.org:80', ['http://a.example.org'], ['https://a.example.org', 'http://example.org']],
    [
      '10.1.2.3',
      ['http://10.1.2.3', 'https://10.1.2.3:81', 'http://167838211'],
      ['http://10.1.2.4', 'http://a.10.1.2.3.test'],
    ],
    ['127.1', ['http://127.0.0.1', 'http://[::ffff:127.0.0.1]'], ['http://127.0.0.2', 'http://localhost']],
    ['10.1.2.3:80', ['http://10.1.2.3'], ['https://10.1.2.3']],
    ['10.0.0.0/8', ['http://10.255.0.1', 'http://[::ffff:10.1.1.1]'], ['http://11.0.0.1', 'http://ten.test']],
    ['10.1.2.3/8', ['http://10.255.0.1'], ['http://11.0.0.1']],
    ['192.168.0.0/16', ['http://192.168.3.4'], ['http://192.169.0.1']],
    ['0.0.0.0/0', ['http://8.8.8.8'], ['http://[2001:db8::1]', 'http://a.test']],
    ['fd00::/8', ['http://[fd12::1]'], ['http://[fe80::1]', 'http://10.0.0.1']],
    ['::1', ['http://[::1]:8080', 'http://[0:0:0:0:0:0:0:1]'], ['http://[::2]']],
    ['[::1]', ['http://[::1]'], ['http://127.0.0.1']],
    ['[::1]:81', ['http://[::1]:81'], ['http://[::1]']],
    ['[fd00::]/8', ['http://[fd12::1]'], ['http://[fe80::1]']],
    ['<local>', ['http://intranet', 'https://localhost:1'], ['http://a.test', 'http://[::1]', 'http://127.0.0.1']],
    ['*', ['http://a.test', 'https://10.0.0.1', 'http://[::1]'], []],
  ];
  for (const [rule, direct, proxied] of rows) {
    it(rule, () => {
      for (const url of direct) assert.ok(isDirect([rule], url), `${url} is direct`);
      for (const url of proxied) assert.ok(!isDirect([rule], url), `${url} is proxied`);
      for (const url of direct) assert.ok(isDirect(['nothing.test', rule], url), 'behind others');
    });
  }

  for (const none of [
    'a b',
    '10.*',
    '*a.test',
    'a*.test',
    '10.0.0.0/33',
    'fd00::/129',
    'a.test/8',
    'a.test:0',
    'a.test:65536',
    'a.test:x',
    'http://a.test',
    '.10.0.0.1',
    '[::1',
    ':80',
    '',
    '.',
    '<remote>',
    'a@b.test',
    'a.test/',
  ]) {
    it(`is not told by ${JSON.stringify(none)}`, () => assert.equal(readBypassRule(none), null));
  }

  it('reads any item, or says that it can not', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.domain()), item => {
        const rule = readBypassRule(item);
        if (rule !== null) assert.equal(typeof isDirect([item], 'http://a.test'), 'boolean');
      }),
    );
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.domain()), host => assert.ok(isDirect([host], `http://${host}`))));
    fc.assert(fc.property(fc.ipV6(), host => assert.ok(isDirect([host], `http://[${host}]`))));
  });

  it('leads over the unix socket for its origin alone', () => {
    const rest = { proxies: null, keepAliveIdleMs: null, maxAgeMs: 0 };
    const wayTo = createWays({ ...rest, unixSocket: { path: '/x', origin: 'http://a.test' } });
    assert.deepEqual(wayTo(new URL('http://a.test:80/y')), { kind: 'unix', path: '/x' });
    for (const other of ['https://a.test', 'http://a.test:81', 'http://b.a.test']) {
      assert.equal(wayTo(new URL(other)).kind, 'direct');
    }
  });
});
