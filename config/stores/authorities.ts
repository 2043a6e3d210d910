import { platform } from 'node:os';
import { rootCertificates } from 'node:tls';
import { readCertificates, readSoundCertificates, renderCertificates } from './pem.ts';

/** What is outside: files, the system's own store, and variables of the process. */
export interface TrustSource {
  read(path: string): Buffer;
  /** PEM; none where the store can't be asked. */
  authorities(): readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A variable of the environment that names a file of no use. */
export interface UselessVariable {
  readonly variable: 'SSL_CERT_FILE' | 'NODE_EXTRA_CA_CERTS';
  /** A KeyStoreError, or whatever reading the file threw. */
  readonly error: unknown;
}

export interface SystemAuthorities {
  /** PEM; null: the system tells of none, and Node's own list counts. */
  readonly pem: string | null;
  readonly useless: UselessVariable | null;
}

/** Where systems keep the authorities that they trust, in one PEM file. */
export const BUNDLES: readonly string[] = [
  // Debian, Ubuntu, Alpine, Arch
  '/etc/ssl/certs/ca-certificates.crt',
  // Fedora, RHEL
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  // openSUSE
  '/etc/ssl/ca-bundle.pem',
  '/var/lib/ca-certificates/ca-bundle.pem',
  // BSD
  '/etc/ssl/cert.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];

/** A load of the configuration asks for each connector. */
const known = new WeakMap<TrustSource, SystemAuthorities>();

/**
 * The authorities that the system trusts: the file that `SSL_CERT_FILE` names, as with OpenSSL, or else the first bundle in
 * the usual places; on macOS and Windows, and wherever there is no bundle, Node's own list, with the system's where this Node
 * can ask for it. The file that `NODE_EXTRA_CA_CERTS` names comes on top, as Node has it.
 */
export function systemAuthorities(source: TrustSource): SystemAuthorities {
  const found = known.get(source) ?? find(source);
  known.set(source, found);
  return found;
}

function find(source: TrustSource): SystemAuthorities {
  const named = fromVariable(source, 'SSL_CERT_FILE');
  if (named !== null && typeof named !== 'string') return { pem: null, useless: named };
  const pem = named ?? fromBundles(source) ?? fromStore(source);
  // Node's list, and what comes on top of it, is then Node's own affair.
  if (pem === null) return { pem, useless: null };
  const extra = fromVariable(source, 'NODE_EXTRA_CA_CERTS');
  return extra === null || typeof extra === 'string'
    ? { pem: pem + (extra ?? ''), useless: null }
    : { pem, useless: extra };
}

function fromVariable(
  { env, read }: TrustSource,
  variable: UselessVariable['variable'],
): string | UselessVariable | null {
  const path = env[variable];
  if (path === undefined || path === '') return null;
  try {
    return renderCertificates(readCertificates(read(path).toString('latin1')));
  } catch (error) {
    return { variable, error };
  }
}

function fromBundles({ read }: TrustSource): string | null {
  if (platform() === 'darwin' || platform() === 'win32') return null;
  for (const path of BUNDLES) {
    const certificates = readBundle(read, path);
    if (certificates !== '') return certificates;
  }
  return null;
}

/** Nobody chose this file: what is there and of use counts. */
function readBundle(read: TrustSource['read'], path: string): string {
  try {
    return renderCertificates(readSoundCertificates(read(path).toString('latin1')));
  } catch {
    return '';
  }
}

/** Null: the list that Node takes by itself, `NODE_EXTRA_CA_CERTS` included. */
function fromStore(source: TrustSource): string | null {
  const system = source.authorities();
  return system.length === 0 ? null : [...rootCertificates, ...system].map(pem => `${pem.trimEnd()}\n`).join('');
}
