import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCertificates, readPrivateKey } from '../../config/stores/pem.ts';
import { JAAS_TEXTS, type Read } from '../config/kafka/jaas-texts.ts';
import { PEM_FORMS, PEM_JUNK } from '../config/stores/pem-texts.ts';
import { createAuthority } from '../support/certificates.ts';
import { askKafka, type Question } from './jvm-security.ts';

test("sasl.jaas.config: what our table says is what Kafka's own classes read", async () => {
  const answers = await askKafka<Read>(JAAS_TEXTS.map(([jaas]) => ({ jaas })));
  for (const [index, [text, read]] of JAAS_TEXTS.entries()) {
    assert.deepEqual(answers[index], read, JSON.stringify(text));
  }
});

const PASSWORD = 'p w';

/** The digests of what is read here: as Kafka's program tells them. */
function digests(trusted: string, chain: string, key: string, password: string | null): readonly string[] {
  const certificates = [...readCertificates(trusted), ...readCertificates(chain)].map(({ raw }) => raw);
  const own = readPrivateKey(key, password).key.export({ type: 'pkcs8', format: 'der' });
  return [...certificates, own].map(bytes => createHash('sha256').update(bytes).digest('hex'));
}

function question(trusted: string, chain: string, key: string, password: string | null): Question {
  return {
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': trusted,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': chain,
    'ssl.keystore.key': key,
    ...(password !== null && { 'ssl.key.password': password }),
  };
}

test("PEM: what Kafka's PemStore takes is taken, and is the same", async t => {
  const directory = await mkdtemp(join(tmpdir(), 'tailrace-pem-'));
  t.after(() => rm(directory, { recursive: true }));
  const authority = await createAuthority(directory);
  const own = await authority.issue('own');
  // Java 17 reads PBES2, which Node writes, from PKCS12 stores only.
  const pkcs8 = ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES', '-in', own.keyPath, '-passout', `pass:${PASSWORD}`];
  const locked = execFileSync('openssl', pkcs8, { encoding: 'utf8' });
  const cases = [own.key, locked].flatMap(key =>
    PEM_FORMS.map(([name, write, byKafka]) => {
      const password = key === locked ? PASSWORD : null;
      const texts = [write(authority.certificate), write(own.certificate), write(key), password] as const;
      return { name, texts, byKafka };
    }),
  );
  const answers = await askKafka<readonly string[]>(cases.map(({ texts }) => question(...texts)));
  for (const [index, { name, texts, byKafka }] of cases.entries()) {
    assert.deepEqual(answers[index], byKafka ? digests(...texts) : null, name);
  }
  const junk = PEM_JUNK.map(([text]) => question(text, own.certificate, own.key, null));
  assert.deepEqual(
    await askKafka(junk),
    junk.map(() => null),
  );
});
