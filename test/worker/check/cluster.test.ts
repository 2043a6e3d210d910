import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { bootstrapOf, brokerTls, grant, placeOf, principalOf, quoted } from '../../../worker/check/cluster.ts';
import { createCertificate } from '../../connector/http/certificate.ts';

const properties = (global: Readonly<Record<string, string | Secret>>) => ({ global, topic: {} });

test('check: servers of bootstrap.servers, with and without a scheme, a port, brackets', () => {
  const list = ' a:9093, SASL_SSL://b.test:443,c,[::1]:9092,, d:x,https://';
  const places = bootstrapOf(properties({ 'bootstrap.servers': list })).map(placeOf);
  assert.deepEqual(places, ['a:9093', 'b.test:443', 'c:9092', '[::1]:9092']);
  assert.deepEqual(bootstrapOf(properties({})), []);
});

test('check: whom brokers take a client for, as far as that can be told', () => {
  const { cert } = createCertificate({ subject: "it's me, O=x" });
  const rows: readonly (readonly [Readonly<Record<string, string | Secret>>, string | null])[] = [
    [{}, 'User:ANONYMOUS'],
    [{ 'security.protocol': 'SASL_SSL', 'sasl.username': 'carol' }, 'User:carol'],
    [{ 'security.protocol': 'sasl_plaintext', 'sasl.username': new Secret('canary') }, null],
    [{ 'security.protocol': 'sasl_plaintext', 'sasl.mechanisms': 'OAUTHBEARER' }, null],
    [{ 'security.protocol': 'ssl' }, 'User:ANONYMOUS'],
    [{ 'security.protocol': 'ssl', 'ssl.certificate.pem': cert }, "User:CN=it's me\\, O=x"],
  ];
  for (const [global, principal] of rows) assert.equal(principalOf(properties(global)), principal);
});

test('check: a line that gives a right is one for a shell, whatever names hold', () => {
  for (const text of ['plain', "it's", '$(touch x)', 'a b', '`id`', '"', '\\', 'ü', '*', '']) {
    assert.equal(execFileSync('/bin/sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' }), text);
  }
  const login = { 'security.protocol': 'SASL_SSL', 'bootstrap.servers': 'k:1,l:2', 'sasl.username': 'a b' };
  assert.equal(
    grant(properties(login), 'Read', '--group', "g'1"),
    "kafka-acls.sh --bootstrap-server k:1 --add --allow-principal 'User:a b' --operation Read --group 'g'\\''1'",
  );
  assert.match(grant(properties({}), 'Create', '--cluster'), / --operation Create --cluster$/);
});

test('check: TLS of brokers is spoken with what the client has', () => {
  const global = { 'security.protocol': 'SASL_SSL', 'ssl.ca.pem': 'CA', 'ssl.key.pem': new Secret('KEY') };
  const tls = brokerTls(properties(global))!;
  assert.deepEqual([tls.ca, tls.verification, tls.key?.reveal()], ['CA', 'full', 'KEY']);
  const unnamed = { ...global, 'ssl.endpoint.identification.algorithm': 'none' };
  assert.equal(brokerTls(properties(unnamed))!.verification, 'certificate');
  assert.equal(brokerTls(properties({ ...global, 'security.protocol': 'PLAINTEXT' })), null);
});
