import { X509Certificate } from 'node:crypto';
import { Secret } from '../../config/secret.ts';
import type { ClientProperties, TlsConfig } from '../../config/types.ts';
import { portOf } from '../../connector/http/transport/way.ts';

/** Where a client of Kafka finds its first brokers. */
export function bootstrapOf({ global }: ClientProperties): readonly URL[] {
  const list = textOf(global['bootstrap.servers'] ?? global['metadata.broker.list']) ?? '';
  return list.split(',').flatMap(one => {
    const place = one.trim().replace(/^\w+:\/\//, '');
    return URL.canParse(`https://${place}`) ? [brokerUrl(place)] : [];
  });
}

const KAFKA_PORT = 9092;

/** The URL standard knows no scheme of Kafka's. */
export function brokerUrl(place: string): URL {
  return new URL(`https://${/:\d+$/.test(place) ? place : `${place}:${KAFKA_PORT}`}`);
}

export function placeOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** How brokers know this client, as their access rules have it; null: that can't be told here. */
export function principalOf({ global }: ClientProperties): string | null {
  const protocol = protocolOf({ global });
  if (protocol === 'plaintext') return 'User:ANONYMOUS';
  if (protocol.startsWith('sasl')) {
    const name = textOf(global['sasl.username']);
    return name === null ? null : `User:${name}`;
  }
  const pem = textOf(global['ssl.certificate.pem']);
  return pem === null ? 'User:ANONYMOUS' : `User:${distinguishedName(pem)}`;
}

function protocolOf({ global }: Pick<ClientProperties, 'global'>): string {
  return (textOf(global['security.protocol']) ?? 'plaintext').toLowerCase();
}

/** As Java writes it (RFC 2253): the last part first, with commas. */
function distinguishedName(pem: string): string {
  return new X509Certificate(pem).subject.split('\n').reverse().join(',');
}

/** What TLS is spoken with where it is, and where the authorities that are trusted are known here; else null. */
export function brokerTls({ global }: ClientProperties): TlsConfig | null {
  const ca = textOf(global['ssl.ca.pem']);
  if (!protocolOf({ global }).endsWith('ssl') || ca === null) return null;
  const secret = (key: string): Secret | null => {
    const value = global[key];
    return value === undefined ? null : value instanceof Secret ? value : new Secret(value);
  };
  return {
    ca,
    certificate: textOf(global['ssl.certificate.pem']),
    key: secret('ssl.key.pem'),
    keyPassword: secret('ssl.key.password'),
    minVersion: 'TLSv1.2',
    // Verification can not be switched off, the comparison of names can.
    verification: textOf(global['ssl.endpoint.identification.algorithm']) === 'none' ? 'certificate' : 'full',
  };
}

/** Whether what an open transaction holds back is not read. */
export function readsCommitted({ global }: ClientProperties): boolean {
  return global['isolation.level'] !== 'read_uncommitted';
}

function textOf(value: string | Secret | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** The line that gives a right, to be run by who may. */
export function grant(
  properties: ClientProperties,
  operation: string,
  ...resource: readonly ['--topic' | '--group', string] | readonly ['--cluster']
): string {
  const [kind, name] = resource;
  const [first] = bootstrapOf(properties);
  const line = [
    'kafka-acls.sh',
    '--bootstrap-server',
    first === undefined ? 'HOST:PORT' : placeOf(first),
    '--add',
    '--allow-principal',
  ];
  const principal = principalOf(properties) ?? 'User:NAME';
  return [
    ...line,
    quoted(principal),
    '--operation',
    operation,
    kind,
    ...(name === undefined ? [] : [quoted(name)]),
  ].join(' ');
}

/** For a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
