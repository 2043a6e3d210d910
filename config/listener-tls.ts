import type { Findings } from './findings.ts';
import { ClientMapping, type ClientSetting } from './kafka/mapping.ts';
import { mapAuthorities, mapClientCertificate } from './kafka/pem-settings.ts';
import { splitList, trim } from './schema/formats.ts';
import { LISTENER_TLS_NAMES } from './schema/listener-keys.ts';
import type { WorkerSection } from './schema/section.ts';
import { Secret } from './secret.ts';
import type { Files } from './source/files.ts';
import { opensslSuites } from './tls-suites.ts';
import type { ServerTlsConfig } from './types.ts';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof VERSIONS)[number];

/**
 * TLS of https listeners, by Kafka Connect's rule (RestServerConfig, SSLUtils): the keys below the prefix where one of them is written, else those
 * without it. Stores and PEM are read as those of Kafka's clients are.
 *
 * @param first the key that says there are such listeners
 */
export function readListenerTls(
  section: WorkerSection,
  prefix: 'listeners.https.' | 'admin.listeners.https.',
  first: string,
  files: Files,
  findings: Findings,
): ServerTlsConfig | null {
  const mapping = new ClientMapping(settingsOf(section, prefix), findings, null);
  mapAuthorities(mapping, files);
  mapClientCertificate(mapping, files);
  const certificate = mapping.target('ssl.certificate.pem');
  const key = mapping.target('ssl.key.pem');
  const [minVersion, maxVersion] = readVersions(mapping);
  const ciphers = readSuites(mapping);
  if (certificate === null || key === null) {
    const names = `${prefix}ssl.keystore.location, or ${prefix}ssl.keystore.certificate.chain and …key`;
    const isWritten = ['location', 'certificate.chain', 'key'].some(
      name => mapping.text(`ssl.keystore.${name}`) !== null,
    );
    if (!isWritten)
      findings.fault('missing', section.origin(first), `has https, which needs a certificate: write ${names}`);
    return null;
  }
  const clientAuth = readClientAuth(mapping);
  return {
    certificate,
    key: new Secret(key),
    ca: mapping.target('ssl.ca.pem'),
    clientAuth,
    minVersion,
    maxVersion,
    ciphers,
  };
}

function settingsOf(section: WorkerSection, prefix: string): ReadonlyMap<string, ClientSetting> {
  const names = Object.values(LISTENER_TLS_NAMES);
  const isPrefixed = [...section.meant.keys()].some(key => key.startsWith(prefix));
  const settings = new Map<string, ClientSetting>();
  for (const name of names) {
    const written = section.meant.get(isPrefixed ? prefix + name : name);
    if (written === undefined) continue;
    const { text, origin, placeholder } = written;
    settings.set(name, { text: trim(text), origin, rank: 0, quotable: placeholder === null });
  }
  return settings;
}

/** The lowest and the highest of what is enabled. */
function readVersions(mapping: ClientMapping): readonly [Version, Version] {
  const isVersion = (item: string): item is Version => (VERSIONS as readonly string[]).includes(item);
  const protocol = mapping.text('ssl.protocol');
  const older = 'must be of TLSv1.2 and TLSv1.3: older versions are not spoken';
  if (protocol !== null && protocol !== 'TLS' && !isVersion(protocol))
    mapping.fault('unsupported', 'ssl.protocol', older);
  const items = splitList(mapping.text('ssl.enabled.protocols') ?? '');
  if (!items.every(isVersion)) mapping.fault('unsupported', 'ssl.enabled.protocols', older);
  const enabled = VERSIONS.filter(version => items.length === 0 || items.includes(version));
  return [enabled[0] ?? 'TLSv1.2', enabled.at(-1) ?? 'TLSv1.3'];
}

function readSuites(mapping: ClientMapping): string | null {
  const text = mapping.text('ssl.cipher.suites');
  if (text === null) return null;
  const { suites, unknown } = opensslSuites(text);
  if (unknown === null) return suites;
  mapping.fault(
    'unsupported',
    'ssl.cipher.suites',
    `must name suites of TLS 1.2 and 1.3 that OpenSSL knows, ${unknown} is none`,
  );
  return null;
}

function readClientAuth(mapping: ClientMapping): ServerTlsConfig['clientAuth'] {
  const text = mapping.text('ssl.client.auth')?.toLowerCase();
  return text === 'required' || text === 'requested' ? text : 'none';
}
