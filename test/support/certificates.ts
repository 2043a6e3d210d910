import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A key and its certificate, signed by the authority; all PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
  readonly keyPath: string;
  readonly certificatePath: string;
  /** Private key and certificate chain in one file: what Java calls a key store of type PEM. */
  readonly storePath: string;
}

/** A certificate authority for one test. */
export interface Authority {
  readonly certificate: string;
  readonly certificatePath: string;
  /** @param hosts names and IP addresses that the certificate is good for; none for a client's. */
  issue(name: string, hosts?: readonly string[]): Promise<Identity>;
}

/** Founds an authority whose files, and those of all it issues, are in `directory`. Needs the openssl command. */
export async function createAuthority(directory: string): Promise<Authority> {
  const path = (file: string): string => join(directory, file);
  const openssl = async (args: readonly string[]): Promise<void> => void (await run('openssl', args));
  const certificatePath = path('ca.crt');
  const ca = ['-keyout', path('ca.key'), '-out', certificatePath, '-subj', '/CN=Test authority', '-days', '2'];
  await openssl(['req', '-x509', ...NEW_KEY, ...ca]);
  const certificate = await readFile(certificatePath, 'utf8');

  return {
    certificate,
    certificatePath,
    async issue(name, hosts = []) {
      const files = { key: path(`${name}.key`), request: path(`${name}.csr`), certificate: path(`${name}.crt`) };
      const extensions = path(`${name}.ext`);
      const names = hosts.map(host => (/^[\d.]+$|:/.test(host) ? `IP:${host}` : `DNS:${host}`));
      await writeFile(extensions, names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`);
      const signed = ['-CA', certificatePath, '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2'];
      await openssl(['req', ...NEW_KEY, '-keyout', files.key, '-out', files.request, '-subj', `/CN=${name}`]);
      await openssl([
        'x509',
        '-req',
        '-in',
        files.request,
        ...signed,
        '-extfile',
        extensions,
        '-out',
        files.certificate,
      ]);
      const key = await readFile(files.key, 'utf8');
      const own = await readFile(files.certificate, 'utf8');
      const storePath = path(`${name}.pem`);
      await writeFile(storePath, key + own + certificate);
      return { key, certificate: own, keyPath: files.key, certificatePath: files.certificate, storePath };
    },
  };
}
