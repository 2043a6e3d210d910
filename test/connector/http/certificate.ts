import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { generateKeys } from '../../support/keys.ts';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
  readonly subject: string;
}

export interface CertificateOptions {
  readonly subject?: string;
  /** DNS names and IPv4 addresses it is good for. */
  readonly names?: readonly string[];
  /** Who signs it; itself by default. */
  readonly issuer?: Certificate;
  readonly authority?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
const BASIC_CONSTRAINTS = '0603551d13';
const ALTERNATIVE_NAMES = '0603551d11';

/** A certificate made on the spot (X.509 v3, P-256), so that no test depends on a file that expires. */
export function createCertificate(options: CertificateOptions = {}): Certificate {
  const { subject = 'endpoint.test', names = ['127.0.0.1', 'localhost'], issuer, authority = false } = options;
  const { publicKey, privateKey } = generateKeys('ec');
  const algorithm = der(0x30, Buffer.from(ECDSA_SHA256, 'hex'));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    distinguishedName(issuer?.subject ?? subject),
    der(
      0x30,
      time(options.notBefore ?? new Date(Date.now() - DAY_MS)),
      time(options.notAfter ?? new Date(Date.now() + 30 * DAY_MS)),
    ),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions(names, authority))),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g)!;
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
    subject,
  };
}

function extensions(names: readonly string[], authority: boolean): Buffer[] {
  const constraints = authority ? der(0x30, der(0x01, Buffer.of(0xff))) : der(0x30);
  const alternatives = names.map(name =>
    /^[\d.]+$/.test(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  );
  return [
    der(0x30, Buffer.from(BASIC_CONSTRAINTS, 'hex'), der(0x04, constraints)),
    der(0x30, Buffer.from(ALTERNATIVE_NAMES, 'hex'), der(0x04, der(0x30, ...alternatives))),
  ];
}

function distinguishedName(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from(name)))));
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}
