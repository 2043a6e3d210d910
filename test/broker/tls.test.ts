import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { createKafkaConsumer } from '../../worker/kafka/consumer.ts';
import { kafkaConfig } from '../support/broker.ts';
import { createAuthority } from '../support/certificates.ts';

/** One process, two OpenSSLs: Node's at one end, and the one that the client was compiled against at the other. */
test("a client's TLS and Node's own shake hands, each with the other's certificate", { timeout: 40_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-tls-'));
  t.after(() => rm(folder, { recursive: true }));
  const authority = await createAuthority(folder);
  const [mine, theirs] = [await authority.issue('broker', ['localhost']), await authority.issue('client')];
  const server = createServer({
    key: mine.key,
    cert: mine.certificate,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const shaken = once(server, 'secureConnection');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const kafka = kafkaConfig(`localhost:${(server.address() as AddressInfo).port}`, 'tls', {
    'security.protocol': 'ssl',
    'ssl.ca.location': authority.certificatePath,
    'ssl.certificate.location': theirs.certificatePath,
    'ssl.key.location': theirs.keyPath,
  });
  const consumer = createKafkaConsumer({ kafka, topics: ['any'], topicsRegex: null, connectAttemptMs: 500 });
  t.after(() => consumer.disconnect());
  const abort = new AbortController();
  t.after(() => abort.abort());
  consumer.connect(abort.signal).catch(() => {});
  const [socket] = (await shaken) as [TLSSocket];
  socket.on('error', () => {});
  assert.equal(socket.authorized, true);
  assert.equal(socket.getProtocol(), 'TLSv1.3');
  assert.equal(socket.getPeerCertificate().subject.CN, 'client');
  // What the client says first arrives as it was written: an ApiVersions request, its length in front.
  const [first] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual([first.readInt32BE(0), first.readInt16BE(4)], [first.length - 4, 18]);
  socket.destroy();
});
