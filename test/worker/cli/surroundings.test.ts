import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf } from '../../../worker/cli/surroundings.ts';

const said = (env: Record<string, string>, execArgv: readonly string[] = []) => warningsOf({ env, execArgv });

/** What is written, and how its one line begins. */
const TABLE: readonly (readonly [env: Record<string, string>, execArgv: readonly string[], line: RegExp])[] = [
  [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, [], /^NODE_TLS_REJECT_UNAUTHORIZED of the environment would .* no effect/],
  [{ NODE_EXTRA_CA_CERTS: '/x' }, [], /^NODE_EXTRA_CA_CERTS of the environment changes which certificate authorities/],
  [{ SSLKEYLOGFILE: '/x' }, [], /^SSLKEYLOGFILE of the environment writes the keys/],
  [{ OPENSSL_CONF: '/x' }, [], /^OPENSSL_CONF of the environment changes/],
  [{ NODE_DEBUG: 'fs,HTTP' }, [], /^NODE_DEBUG of the environment writes requests/],
  [
    { NODE_OPTIONS: '--tls-min-v1.0' },
    [],
    /^--tls-min-v1\.0 in NODE_OPTIONS of the environment would allow TLS below 1\.2/,
  ],
  [{ NODE_OPTIONS: '--max-old-space-size=99  --tls_min_v1.1' }, [], /^--tls-min-v1\.1 in NODE_OPTIONS/],
  [{ NODE_OPTIONS: '--tls-cipher-list=NULL' }, [], /^--tls-cipher-list in NODE_OPTIONS .* ciphers/],
  [{ NODE_OPTIONS: '--tls-cipher-list "NULL"' }, [], /^--tls-cipher-list in NODE_OPTIONS/],
  [{ NODE_OPTIONS: '--tls-keylog=/x' }, [], /^--tls-keylog in NODE_OPTIONS/],
  [{ NODE_OPTIONS: '--inspect=0.0.0.0:9229' }, [], /^--inspect in NODE_OPTIONS .* opens Node's debugger/],
  [{ NODE_OPTIONS: '"--inspect-brk"' }, [], /^--inspect-brk in NODE_OPTIONS/],
  [
    { NODE_OPTIONS: '--insecure-http-parser' },
    [],
    /^--insecure-http-parser in NODE_OPTIONS .* no effect on the listener/,
  ],
  [{ NODE_OPTIONS: '--use-openssl-ca' }, [], /^--use-openssl-ca in NODE_OPTIONS .* authorities/],
  [{ NODE_OPTIONS: '--openssl-legacy-provider' }, [], /^--openssl-legacy-provider in NODE_OPTIONS .* OpenSSL/],
  [{ NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' }, [], /^--heapsnapshot-signal in NODE_OPTIONS .* memory/],
  [{ NODE_OPTIONS: '--report-on-signal' }, [], /^--report-on-signal in NODE_OPTIONS .* secrets/],
  [{}, ['--inspect'], /^--inspect of node's command line opens/],
  [{}, ['--tls-min-v1.0'], /^--tls-min-v1\.0 of node's command line/],
];

test('each setting that weakens a worker gets one line, which names it and repeats no value', () => {
  for (const [env, execArgv, line] of TABLE) {
    const lines = said(env, execArgv);
    assert.equal(lines.length, 1, JSON.stringify([env, lines]));
    assert.match(lines[0]!, line);
    assert.doesNotMatch(lines[0]!, /\/x\b|NULL|9229|SIGUSR2/);
  }
});

test('what is said twice is told once, and all that is said is told', () => {
  const NODE_OPTIONS = '--inspect --inspect=1 --tls-min-v1.0';
  assert.equal(said({ NODE_OPTIONS, SSLKEYLOGFILE: 'x' }, ['--inspect']).length, 4);
});

test('nothing is said of what changes nothing', () => {
  const NODE_OPTIONS = '--max-old-space-size=200 --enable-source-maps --inspect-port=1 --tls-min-v1.3 --no-warnings';
  assert.deepEqual(
    said({ NODE_OPTIONS, NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_EXTRA_CA_CERTS: '', NODE_DEBUG: 'fs' }),
    [],
  );
});
