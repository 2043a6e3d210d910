import { createHash, type KeyObject } from 'node:crypto';
import type { Findings } from './findings.ts';
import { NO_SECRET } from './http-auth-keys.ts';
import type { ConnectorSection } from './schema/section.ts';
import { noteIdle } from './schema/section.ts';
import { Secret } from './secret.ts';
import { type Outside, unreadable } from './source/files.ts';
import { refusalOf } from './stores/jks.ts';
import { readCertificates } from './stores/pem.ts';
import { readInlineKey, readSigningKey, type SigningKey } from './stores/signing-key.ts';
import type { AssertionConfig } from './types.ts';

const KEY = 'oauth2.assertion.key.location';
const INLINE_KEY = 'oauth2.assertion.key';
const CERTIFICATE = 'oauth2.assertion.certificate.location';
const ALGORITHM = 'oauth2.assertion.algorithm';

const LIFETIME_MS = 300_000;
/** What Adobe's own examples have. */
const IMS_LIFETIME_MS = 86_400_000;

export interface Purpose {
  /** It shows who the client is, and is no grant. */
  readonly ofClient: boolean;
  /** The secret to sign with; null: a key. */
  readonly shared: Secret | null;
}

/** Reads the key, so that a wrong one is a fault and not a refusal of the authorization server. */
export function readAssertion(
  section: ConnectorSection,
  { ofClient, shared }: Purpose,
  outside: Outside,
  findings: Findings,
): AssertionConfig {
  const { values } = section;
  const isIms = values.oauth2Dialect === 'ims-jwt';
  const bySecret = shared ?? sharedSecret(section, ofClient, findings);
  const signing = bySecret === null ? readKey(section, outside, findings) : null;
  const clientId = values.oauth2ClientId ?? '';
  // Where a grant is an assertion too, the keys speak of that one: of the client all is known (RFC 7523 §3).
  const isPlain = ofClient && (isIms || values.oauth2GrantType === 'jwt_bearer');
  const issuer = isPlain ? clientId : (values.assertionIssuer ?? signing?.owner ?? clientId);
  const tokenUrl = values.oauth2TokenUrl;
  const imsAudience = isIms && tokenUrl !== null ? `${tokenUrl.origin}/c/${clientId}` : null;
  if (issuer === '' && !ofClient) {
    findings.fault('missing', section.origin('oauth2.assertion.issuer'), 'is required: the key names no owner');
  }
  return {
    key: bySecret ?? pemOf(signing),
    algorithm: algorithmOf(section, signing?.key ?? null, bySecret !== null, findings),
    header: headerOf(section, signing, outside, findings),
    issuer,
    subject: isPlain ? clientId : (values.assertionSubject ?? issuer),
    audience: (isPlain ? null : (values.assertionAudience ?? imsAudience)) ?? tokenUrl?.href ?? '',
    lifetimeMs: isPlain ? LIFETIME_MS : (values.assertionLifetimeMs ?? (isIms ? IMS_LIFETIME_MS : LIFETIME_MS)),
    claims: isPlain ? null : values.assertionClaims,
  };
}

/** A grant may be signed with the client's secret as well. */
function sharedSecret({ values, origin }: ConnectorSection, ofClient: boolean, findings: Findings): Secret | null {
  if (ofClient || !/^HS/.test(values.assertionAlgorithm ?? '')) return null;
  if (values.oauth2ClientSecret === null) {
    findings.fault('missing', origin('oauth2.client.secret'), `is what ${ALGORITHM} signs with`);
  }
  return values.oauth2ClientSecret ?? NO_SECRET;
}

function pemOf(signing: SigningKey | null): Secret {
  return signing === null ? NO_SECRET : new Secret(signing.key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

function readKey(section: ConnectorSection, outside: Outside, findings: Findings): SigningKey | null {
  const { values } = section;
  const password = values.assertionKeyPassword?.reveal() ?? null;
  if (values.assertionKey !== null) {
    if (values.assertionKeyLocation !== null) {
      findings.fault('conflict', section.origin(INLINE_KEY), `and ${KEY} exclude each other: keep one of them`);
    }
    return attempt(section, INLINE_KEY, '', findings, () => readInlineKey(values.assertionKey!.reveal(), password));
  }
  if (values.assertionKeyLocation === null) return null;
  return readFile(section, KEY, values.assertionKeyLocation, outside, findings, bytes =>
    readSigningKey(bytes, password),
  );
}

function readFile<T>(
  section: ConnectorSection,
  key: string,
  path: string,
  outside: Outside,
  findings: Findings,
  parse: (bytes: Buffer) => T,
): T | null {
  let bytes: Buffer;
  try {
    bytes = outside.read(path);
  } catch (error) {
    findings.fault('unreadable', section.origin(key), `names a file that can't be read: ${unreadable(error)}`);
    return null;
  }
  return attempt(section, key, 'names a file that ', findings, () => parse(bytes));
}

function attempt<T>(
  section: ConnectorSection,
  key: string,
  subject: string,
  findings: Findings,
  parse: () => T,
): T | null {
  try {
    return parse();
  } catch (error) {
    findings.fault('invalid', section.origin(key), `${subject}${refusalOf(error)}`);
    return null;
  }
}

function algorithmOf(section: ConnectorSection, key: KeyObject | null, bySecret: boolean, findings: Findings): string {
  const written = section.values.assertionAlgorithm;
  if (bySecret) {
    if (written === null || written.startsWith('HS')) return written ?? 'HS256';
    findings.fault('conflict', section.origin(ALGORITHM), 'needs a key: a secret signs with HS256, HS384 or HS512');
    return written;
  }
  if (key === null) return written ?? 'RS256';
  const fitting = fittingAlgorithms(key);
  if (fitting.length === 0) {
    const [name, verb] = section.values.assertionKey === null ? [KEY, 'names'] : [INLINE_KEY, 'is'];
    findings.fault(
      'invalid',
      section.origin(name),
      `${verb} a key that is too short, or of a kind that no assertion has`,
    );
  } else if (written !== null && !fitting.includes(written)) {
    findings.fault(
      'conflict',
      section.origin(ALGORITHM),
      `does not fit the key, which signs with ${fitting.join(', ')}`,
    );
  }
  return written ?? fitting[0] ?? 'RS256';
}

const OF_CURVE: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const PSS = ['PS256', 'PS384', 'PS512'];
/** RFC 7518 §3.3. */
const RSA_LEAST_BITS = 2048;

function fittingAlgorithms({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly string[] {
  if (type === 'ed25519') return ['EdDSA'];
  if (type === 'ec') return [OF_CURVE[details?.namedCurve ?? ''] ?? []].flat();
  if ((details?.modulusLength ?? 0) < RSA_LEAST_BITS) return [];
  if (type === 'rsa') return ['RS256', 'RS384', 'RS512', ...PSS];
  return type === 'rsa-pss' ? PSS : [];
}

function headerOf(
  section: ConnectorSection,
  signing: SigningKey | null,
  outside: Outside,
  findings: Findings,
): Readonly<Record<string, string>> {
  const { values } = section;
  const kid = values.assertionKeyId ?? signing?.keyId ?? null;
  const path = values.assertionCertificateLocation;
  const header = kid === null ? {} : { kid };
  if (path === null) return header;
  if (signing === null) {
    if (values.assertionKeyLocation === null && values.assertionKey === null)
      noteIdle(section, [CERTIFICATE], 'a secret has no certificate', findings);
    return header;
  }
  const certificate = readFile(section, CERTIFICATE, path, outside, findings, bytes =>
    readCertificates(bytes.toString('latin1')).find(each => each.checkPrivateKey(signing.key)),
  );
  if (certificate === undefined) {
    findings.fault(
      'conflict',
      section.origin(CERTIFICATE),
      `holds no certificate of the key in ${values.assertionKey === null ? KEY : INLINE_KEY}`,
    );
  }
  if (!certificate) return header;
  const thumbprint = (hash: string): string => createHash(hash).update(certificate.raw).digest('base64url');
  return { ...header, x5t: thumbprint('sha1'), 'x5t#S256': thumbprint('sha256') };
}
