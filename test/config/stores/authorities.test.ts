import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as tls from 'node:tls';
import { systemFiles } from '../../../config/source/files.ts';
import { systemAuthorities, type TrustSource } from '../../../config/stores/authorities.ts';
import { readCertificates } from '../../../config/stores/pem.ts';
import { createHttpTransport } from '../../../connector/http/transport/transport.ts';
import { type Authority, createAuthority } from '../../support/certificates.ts';
import { assertFault, connectorOf, type Keys, parse } from '../written.ts';

const directory = mkdtempSync(join(tmpdir(), 'tailrace-trust-'));
const path = (file: string): string => join(directory, file);
/** Stands for what a system has in its bundle, of an authority that no list of the world knows. */
let authority: Authority;
let server: Server;
let url: string;

before(async () => {
  authority = await createAuthority(directory);
  writeFileSync(path('bundle.crt'), `# of this system\n${tls.rootCertificates[0]}\n${authority.certificate}`);
  writeFileSync(path('root.crt'), `${tls.rootCertificates[0]}\n`);
  writeFileSync(path('junk.crt'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  const { key, certificate } = await authority.issue('endpoint', ['127.0.0.1']);
  server = createServer({ key, cert: certificate }, (request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

/** What a connector of these keys, under these variables, gets from the endpoint: a status, or the reason why it gets none. */
async function deliver(env: Readonly<Record<string, string>>, keys: Keys = {}): Promise<number | string> {
  const { http } = connectorOf({ 'http.url': url, ...keys }, { files: systemFiles, env });
  const transport = createHttpTransport({ tls: http.tls, connectTimeoutMs: 30_000, maxInFlight: 1 });
  const { signal } = new AbortController();
  const request = { method: 'POST', url: new URL(url), headers: {}, body: Buffer.from('{}') } as const;
  try {
    return (await transport.send(request, { signal, maxResponseBytes: 100 })).status;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await transport.close();
  }
}

describe('the authorities of an endpoint', () => {
  test('are those of the file that SSL_CERT_FILE names', async () => {
    assert.equal(await deliver({ SSL_CERT_FILE: path('bundle.crt') }), 204);
    assert.match(String(await deliver({ SSL_CERT_FILE: path('root.crt') })), /certificate/);
    assert.match(String(await deliver({})), /certificate/, "the machine's own bundle does not know it");
  });

  test('are joined by those that NODE_EXTRA_CA_CERTS names', async () => {
    const extra = { SSL_CERT_FILE: path('root.crt'), NODE_EXTRA_CA_CERTS: authority.certificatePath };
    assert.equal(await deliver(extra), 204);
  });

  test('are those of http.ssl.ca.location alone where it is written', async () => {
    assert.equal(await deliver({}, { 'http.ssl.ca.location': authority.certificatePath }), 204);
    const env = { SSL_CERT_FILE: path('bundle.crt') };
    assert.match(String(await deliver(env, { 'http.ssl.ca.location': path('root.crt') })), /certificate/);
  });

  test('are asked for where an address is https only', () => {
    const env = { SSL_CERT_FILE: path('none') };
    assert.equal(parse({ connector: { 'http.url': 'http://127.0.0.1/' }, env }).connectors[0]!.http.tls.ca, null);
    const oauth2 = {
      'http.url': 'http://127.0.0.1/',
      'http.auth.type': 'oauth2',
      'oauth2.token.url': 'https://login.example.org/',
      'oauth2.client.id': 'i',
      'oauth2.client.secret': 's',
    };
    const { http } = connectorOf(oauth2, { files: systemFiles, env: { SSL_CERT_FILE: path('bundle.crt') } });
    assert.equal(readCertificates(http.tls.ca!).length, 2);
  });

  test('of a variable that names no such file are a fault, extra ones are left out with a word', () => {
    for (const [file, message] of [
      [path('junk.crt'), /^names a file that holds what is no certificate/],
      [path('none'), /^names a file that can't be read: there is no such file/],
      [directory, /^names a file that can't be read/],
    ] as const) {
      assertFault({ env: { SSL_CERT_FILE: file }, files: systemFiles }, 'invalid', 'SSL_CERT_FILE', message);
      const env = { SSL_CERT_FILE: path('root.crt'), NODE_EXTRA_CA_CERTS: file };
      const [notice] = parse({ env, files: systemFiles }).notices;
      assert.match(notice!, /^environment: NODE_EXTRA_CA_CERTS has no effect: it names a file that /);
    }
  });
});

/** A system that has these files, these authorities in its store, and nothing else. */
function system(files: Readonly<Record<string, string>>, store: readonly string[] = []): TrustSource {
  return {
    env: {},
    authorities: () => store,
    read: file => {
      if (files[file] === undefined) throw new Error('no such file');
      return Buffer.from(files[file]);
    },
  };
}

describe("the system's own bundle", { skip: !['linux', 'freebsd', 'openbsd'].includes(process.platform) }, () => {
  for (const place of [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/var/lib/ca-certificates/ca-bundle.pem',
    '/etc/ssl/cert.pem',
    '/usr/local/share/certs/ca-root-nss.crt',
  ]) {
    test(`is found at ${place}`, () => {
      assert.equal(systemAuthorities(system({ [place]: authority.certificate })).pem, authority.certificate);
    });
  }

  test('counts as far as it can be read, and the next one where there is nothing in it', () => {
    const junk = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const first = '/etc/ssl/certs/ca-certificates.crt';
    const partly = system({ [first]: junk + authority.certificate });
    assert.equal(systemAuthorities(partly).pem, authority.certificate);
    const next = system({ [first]: junk, '/etc/ssl/cert.pem': authority.certificate });
    assert.equal(systemAuthorities(next).pem, authority.certificate);
  });

  test("is Node's own list where there is none, with the system's store where that can be asked", () => {
    assert.deepEqual(systemAuthorities(system({})), { pem: null, useless: null });
    const { pem } = systemAuthorities(system({}, [authority.certificate]));
    assert.equal(readCertificates(pem!).length, tls.rootCertificates.length + 1);
    assert(pem!.includes(authority.certificate));
  });

  test('is read once for all connectors', () => {
    let reads = 0;
    const { read } = system({ '/etc/ssl/certs/ca-certificates.crt': authority.certificate });
    const source: TrustSource = {
      env: {},
      authorities: () => [],
      read: file => {
        reads++;
        return read(file);
      },
    };
    assert.equal(systemAuthorities(source), systemAuthorities(source));
    assert.equal(reads, 1);
  });
});
