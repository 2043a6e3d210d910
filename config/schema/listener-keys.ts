import { boolean, integer, oneOf, password, text } from './formats.ts';
import { keyGroup, type Values } from './key-spec.ts';
import { listenerList, responseHeaders } from './rest-formats.ts';

const listener = keyGroup('Listener');

/** Of REST, health and metrics. */
export const listenerKeys = {
  listeners: listener.withDefault(
    'listeners',
    listenerList,
    'http://127.0.0.1:8083',
    'Addresses of the REST interface, `/health` and `/metrics`, `http://host:port` or `https://host:port`; without a host, or with ' +
      '0.0.0.0, on all interfaces. On loopback the Host header must name this machine, and everybody there may change connectors. Where ' +
      'other machines reach it, reads are answered, and changes need users (`listeners.basic.auth.file`), client certificates ' +
      '(`listeners.https.ssl.client.auth=required`) or `listeners.allow.insecure.writes`. Port 0 takes any free port, an empty value opens none.',
  ),
  listenersAllowInsecureRemote: listener.withDefault(
    'listeners.allow.insecure.remote',
    boolean,
    'false',
    'Says that listeners which other machines can reach, without TLS or authentication, are meant: no remark then. They still take no changes.',
  ),
  listenersAllowInsecureWrites: listener.withDefault(
    'listeners.allow.insecure.writes',
    boolean,
    'false',
    'Lets everybody who reaches a listener change connectors, without authentication, from other machines too.',
  ),
  basicAuthFile: listener.optional(
    'listeners.basic.auth.file',
    text,
    'File of the users of the listeners, one `name:hash` a line with bcrypt hashes, as `htpasswd -B` writes it; read anew when it ' +
      'changes. Every request but those of `/health` needs one of them then.',
  ),
  basicAuthReadOnly: listener.optional(
    'listeners.basic.auth.read.only',
    text,
    'Names of those users who may not change anything, separated by commas.',
  ),
  adminListeners: listener.emptyCounts(
    'admin.listeners',
    listenerList,
    'Addresses at which `/admin` is served, and nowhere else. Without it on all listeners, with an empty value nowhere.',
  ),
  advertisedHost: listener.optional(
    'rest.advertised.host.name',
    text,
    "Host that `worker_id` names, in the place of the first listener's.",
  ),
  advertisedPort: listener.optional(
    'rest.advertised.port',
    integer(1, 65_535),
    "Port that `worker_id` names, in the place of the first listener's.",
  ),
  advertisedListener: listener.optional(
    'rest.advertised.listener',
    oneOf('http', 'https'),
    'Protocol of the listener whose host and port `worker_id` names.',
  ),
  allowOrigin: listener.optional(
    'access.control.allow.origin',
    text,
    'Origins of pages that may read answers (CORS), separated by commas; `*` in them stands for anything. None by default.',
  ),
  allowMethods: listener.optional(
    'access.control.allow.methods',
    text,
    'Methods that pages of these origins may use, separated by commas; by default GET, POST and HEAD.',
  ),
  responseHeaders: listener.optional(
    'response.http.headers.config',
    responseHeaders,
    'Headers of every answer: `set`, `add`, `setDate` or `addDate`, a blank, and `name:value`; separated by commas, in double quotes ' +
      'where one holds a comma. Of dates the value is milliseconds from now.',
  ),
  topicTracking: listener.withDefault(
    'topic.tracking.enable',
    boolean,
    'true',
    'Whether `/connectors/<name>/topics` tells the topics that were read.',
  ),
  topicTrackingReset: listener.withDefault(
    'topic.tracking.allow.reset',
    boolean,
    'true',
    'Whether these can be forgotten by `PUT /connectors/<name>/topics/reset`.',
  ),
};

function tlsSpecs(prefix: string, title: string, instead: string) {
  const group = keyGroup(title);
  const key = (name: string) => `${prefix}ssl.${name}`;
  return {
    clientAuth: group.optional(
      key('client.auth'),
      oneOf('none', 'requested', 'required'),
      `Whether clients show a certificate, and are refused without a good one; \`none\` by default. ${instead}`,
    ),
    keystoreLocation: group.optional(
      key('keystore.location'),
      text,
      "Store of the listener's certificate and private key: JKS or PKCS12, or a PEM file of both with the type `PEM`.",
    ),
    keystoreType: group.optional(
      key('keystore.type'),
      text,
      'Type of the key store; `JKS` by default. The bytes tell JKS and PKCS12 apart.',
    ),
    keystorePassword: group.optional(key('keystore.password'), password, 'Password of the key store.'),
    keystoreCertificateChain: group.optional(
      key('keystore.certificate.chain'),
      password,
      'The certificate, and those of its authorities behind it, as PEM in the value itself.',
    ),
    keystoreKey: group.optional(key('keystore.key'), password, 'The private key as PEM in the value itself.'),
    keyPassword: group.optional(
      key('key.password'),
      password,
      'Password of the private key, in PEM or in a JKS store.',
    ),
    truststoreLocation: group.optional(
      key('truststore.location'),
      text,
      "Store of the authorities of client certificates; Node's own list by default.",
    ),
    truststoreType: group.optional(
      key('truststore.type'),
      text,
      'Type of the trust store; `JKS` by default, or `PEM`.',
    ),
    truststorePassword: group.optional(key('truststore.password'), password, 'Password of the trust store.'),
    truststoreCertificates: group.optional(
      key('truststore.certificates'),
      password,
      'The authorities of client certificates as PEM in the value itself.',
    ),
    enabledProtocols: group.optional(
      key('enabled.protocols'),
      text,
      'Versions of TLS that are spoken, of TLSv1.2 and TLSv1.3; both by default.',
    ),
    protocol: group.optional(
      key('protocol'),
      text,
      'Accepted as `TLS`, `TLSv1.2` or `TLSv1.3`: enabled.protocols says what is spoken.',
    ),
    cipherSuites: group.optional(
      key('cipher.suites'),
      text,
      "Cipher suites, by Java's (IANA's) names separated by commas or OpenSSL's separated by colons.",
    ),
  };
}

type Specs = ReturnType<typeof tlsSpecs>;
export type ListenerTlsName = keyof Specs & string;
type Named<Name extends string> = { readonly [Key in ListenerTlsName as `${Name}${Capitalize<Key>}`]: Specs[Key] };
export type ListenerTlsValues = Values<Specs>;

function tlsKeysOf<const Name extends string>(name: Name, prefix: string, title: string, instead: string): Named<Name> {
  const named = Object.entries(tlsSpecs(prefix, title, instead)).map(([key, spec]) => [
    `${name}${key[0]!.toUpperCase()}${key.slice(1)}`,
    spec,
  ]);
  return Object.fromEntries(named) as Named<Name>;
}

/** Keys of TLS that come with a prefix: where one of them is written the bare `ssl.…` do not count for the listeners. */
export const listenerTlsKeys = {
  ...tlsKeysOf(
    'listenerTls',
    'listeners.https.',
    'TLS of the listeners',
    'Where no key of this group is written, the keys without `listeners.https.` count, as in Kafka Connect.',
  ),
  ...tlsKeysOf(
    'adminTls',
    'admin.listeners.https.',
    'TLS of the admin listeners',
    'Where no key of this group is written, the keys without `admin.listeners.https.` count, as in Kafka Connect.',
  ),
  bareClientAuth: keyGroup('TLS of the listeners').optional(
    'ssl.client.auth',
    oneOf('none', 'requested', 'required'),
    'The same for listeners without keys of their own prefix.',
  ),
};

/** What the keys are called behind their prefix. */
export const LISTENER_TLS_NAMES: Readonly<Record<ListenerTlsName, string>> = Object.fromEntries(
  Object.entries(tlsSpecs('', '', '')).map(([name, { key }]) => [name, key]),
) as Record<ListenerTlsName, string>;
