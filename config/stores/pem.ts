import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { KeyStoreError } from './jks.ts';

/** One block of a PEM text. */
interface PemBlock {
  /** What stands behind BEGIN, e.g. `CERTIFICATE`. */
  readonly label: string;
  readonly der: Buffer;
  /** How the bytes are encrypted, where that stands before them (`DEK-Info`, RFC 1421); else null. */
  readonly encryption: string | null;
}

const CERTIFICATE = /^(?:X509 |TRUSTED )?CERTIFICATE$/;
const ENCRYPTION = /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([A-Z0-9-]{1,40},\s*[0-9A-Fa-f]{2,64})\s+/;

/**
 * The blocks of a PEM text, whatever stands between them. As in Kafka's PemStore (DefaultSslEngineFactory) any blanks may stand
 * where lines end, or none at all: a value that was continued over lines, or comes from a variable, has lost them.
 *
 * @throws KeyStoreError
 */
function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  const boundary = /-(BEGIN|END)([A-Z0-9\s]{1,64})-/g;
  for (let begin = boundary.exec(text); begin !== null; begin = boundary.exec(text)) {
    const from = boundary.lastIndex;
    const label = labelOf(begin);
    const end = boundary.exec(text);
    if (begin[1] !== 'BEGIN' || end?.[1] !== 'END' || labelOf(end) !== label) {
      throw new KeyStoreError(`holds a PEM block without its other end (${begin[1]} ${label})`);
    }
    blocks.push(readBlock(label, withoutDashes(text.slice(from, end.index))));
  }
  return blocks;
}

function labelOf(boundary: RegExpExecArray): string {
  return boundary[2]!.trim().replace(/\s+/g, ' ');
}

function withoutDashes(body: string): string {
  let [start, end] = [0, body.length];
  while (start < end && body[start] === '-') start++;
  while (start < end && body[end - 1] === '-') end--;
  return body.slice(start, end);
}

/** Lines with a colon are attributes (`Bag Attributes`, comments), as in Kafka's parser. */
function readBlock(label: string, body: string): PemBlock {
  const encryption = ENCRYPTION.exec(body);
  const lines = body.slice(encryption?.[0].length ?? 0).split(/[\r\n]+/);
  const signs = lines.filter(line => !line.includes(':')).join('');
  const base64 = signs.replace(/\s+/g, '');
  const unpadded = base64.replace(/={1,2}$/, '');
  if (unpadded === '' || unpadded.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(unpadded)) {
    throw new KeyStoreError(`holds a PEM block that is no base64 (${label})`);
  }
  return {
    label,
    der: Buffer.from(unpadded, 'base64'),
    encryption: encryption === null ? null : encryption[1]!.replace(/\s+/g, ''),
  };
}

/** As OpenSSL reads it. */
function render({ label, der, encryption }: PemBlock): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  const head = encryption === null ? [] : ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${encryption}`, ''];
  return [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/**
 * All certificates of a PEM text.
 * @throws KeyStoreError when there is none, or one that is none
 */
export function readCertificates(text: string): readonly X509Certificate[] {
  const certificates = certificateBlocks(text).map(({ der }) => readCertificate(der));
  if (certificates.length === 0) throw new KeyStoreError('holds no PEM certificate (-----BEGIN CERTIFICATE-----)');
  return certificates.map((certificate, index) => {
    if (certificate !== null) return certificate;
    throw new KeyStoreError(`holds what is no certificate (${index + 1} of ${certificates.length})`);
  });
}

/** Those that can be read. @throws KeyStoreError */
export function readSoundCertificates(text: string): readonly X509Certificate[] {
  return certificateBlocks(text)
    .map(({ der }) => readCertificate(der))
    .filter(certificate => certificate !== null);
}

function certificateBlocks(text: string): readonly PemBlock[] {
  return pemBlocks(text).filter(({ label }) => CERTIFICATE.test(label));
}

/** Null when the bytes are no certificate. */
export function readCertificate(der: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}

/** The certificates as PEM that OpenSSL reads. */
export function renderCertificates(certificates: readonly X509Certificate[]): string {
  return certificates.map(certificate => certificate.toString()).join('');
}

/** Whether OpenSSL reads the text's certificates as it stands. */
export function isStandardPem(text: string): boolean {
  const lines = text.replaceAll('\r\n', '\n');
  return certificateBlocks(text).every(block => lines.includes(render(block).trimEnd()));
}

export interface PrivateKey {
  readonly key: KeyObject;
  /** As it was written, for OpenSSL. */
  readonly pem: string;
  /** The password was needed. */
  readonly encrypted: boolean;
}

/**
 * The one private key of a PEM text: PKCS #8, or as OpenSSL writes RSA and EC ones, encrypted or not.
 * @throws KeyStoreError
 */
export function readPrivateKey(text: string, password: string | null): PrivateKey {
  const blocks = pemBlocks(text).filter(({ label }) => /(?:^|\s)PRIVATE KEY$/.test(label));
  const [block] = blocks;
  if (block === undefined) throw new KeyStoreError('holds no PEM private key (-----BEGIN PRIVATE KEY-----)');
  if (blocks.length > 1) throw new KeyStoreError(`holds ${blocks.length} private keys: keep the one to use`);
  const encrypted = block.encryption !== null || block.label === 'ENCRYPTED PRIVATE KEY';
  if (encrypted && password === null)
    throw new KeyStoreError('holds an encrypted private key: its password is missing');
  const pem = render(block);
  try {
    return { key: createPrivateKey({ key: pem, passphrase: password ?? '' }), pem, encrypted };
  } catch (error) {
    throw new KeyStoreError(encrypted ? refusal(error) : 'holds a private key that can not be read');
  }
}

/**
 * One wrong password of some 250 decrypts to something that ends as padding does: then OpenSSL's decoders find no key in it
 * (`ERR_OSSL_UNSUPPORTED`). A cipher that it does not have is told by EVP or PEM.
 */
function refusal(error: unknown): string {
  const { code = '' } = error as { readonly code?: string };
  return /(?:EVP|PEM)_UN(?:SUPPORTED|KNOWN)/.test(code)
    ? 'holds a private key that is encrypted in a way that OpenSSL does not read: openssl pkcs8 -topk8 writes it anew'
    : 'holds a private key with another password, or is damaged';
}
