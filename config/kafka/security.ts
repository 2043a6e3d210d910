import { Secret } from '../secret.ts';
import { type JaasEntry, parseJaas } from './jaas.ts';
import type { ClientMapping } from './mapping.ts';

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER', 'GSSAPI'] as const;
type Mechanism = (typeof MECHANISMS)[number];

/** Kafka's login modules, what each serves, and its options as librdkafka keys. */
const LOGIN_MODULES: Readonly<Record<string, { serves: RegExp; options: Readonly<Record<string, string>> }>> = {
  'org.apache.kafka.common.security.plain.PlainLoginModule': {
    serves: /^PLAIN$/,
    options: { username: 'sasl.username', password: 'sasl.password' },
  },
  'org.apache.kafka.common.security.scram.ScramLoginModule': {
    serves: /^SCRAM-/,
    options: { username: 'sasl.username', password: 'sasl.password' },
  },
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule': {
    serves: /^OAUTHBEARER$/,
    options: {
      clientId: 'sasl.oauthbearer.client.id',
      clientSecret: 'sasl.oauthbearer.client.secret',
      scope: 'sasl.oauthbearer.scope',
    },
  },
  'com.sun.security.auth.module.Krb5LoginModule': {
    serves: /^GSSAPI$/,
    options: {
      principal: 'sasl.kerberos.principal',
      keyTab: 'sasl.kerberos.keytab',
      serviceName: 'sasl.kerberos.service.name',
    },
  },
};

/** For the reference: each login module, the mechanisms that it serves, and its options as librdkafka keys. */
export function loginModules(): readonly {
  readonly module: string;
  readonly mechanisms: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}[] {
  return Object.entries(LOGIN_MODULES).map(([module, { serves, options }]) => ({
    module,
    mechanisms: MECHANISMS.filter(mechanism => serves.test(mechanism)),
    options,
  }));
}

/** Options of the JVM's own Kerberos module that have no counterpart and change nothing here. */
const IDLE_OPTIONS = new Set(['useKeyTab', 'storeKey', 'useTicketCache', 'doNotPrompt', 'refreshKrb5Config', 'debug']);

const OAUTH_HANDLERS = [
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
  'org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler',
];

const SECRET_TARGETS = new Set(['sasl.password', 'sasl.oauthbearer.client.secret']);

/** sasl.* as the Java clients know it, to librdkafka's keys. */
export function mapSasl(mapping: ClientMapping): void {
  const protocol = mapping.target('security.protocol') ?? 'plaintext';
  const mechanismKey = mapping.text('sasl.mechanism') === null ? 'sasl.mechanisms' : 'sasl.mechanism';
  const written = mapping.text(mechanismKey)?.toUpperCase() ?? null;
  const mechanism = MECHANISMS.find(name => name === written) ?? null;
  if (written !== null && mechanism === null) {
    mapping.fault('unsupported', mechanismKey, `must be ${MECHANISMS.join(', ')}; no other mechanism is supported`);
    return;
  }
  if (mechanism !== null) mapping.set('global', 'sasl.mechanisms', mechanism, mechanismKey);
  if (protocol.startsWith('sasl_') && mechanism === null) {
    mapping.fault('missing', 'security.protocol', `is ${protocol.toUpperCase()}: write sasl.mechanism too, e.g. PLAIN`);
    return;
  }
  if (!protocol.startsWith('sasl_'))
    mapping.noteIdle('sasl.', `security.protocol of the same client is ${protocol.toUpperCase()}`);
  if (protocol === 'sasl_plaintext') {
    mapping.note(
      'remark',
      'security.protocol',
      'is SASL_PLAINTEXT: credentials and records cross the network unencrypted, prefer SASL_SSL',
    );
  }
  for (const key of DIRECT_KEYS) {
    const value = mapping.text(key);
    if (value !== null) setCredential(mapping, DIRECT_TARGETS[key] ?? key, value, key);
  }
  mapJaas(mapping, mechanism);
  if (mechanism === 'OAUTHBEARER') mapOauth(mapping);
  checkCredentials(mapping, mechanism, mechanismKey);
}

const DIRECT_KEYS = [
  'sasl.username',
  'sasl.password',
  'sasl.oauthbearer.token.endpoint.url',
  'sasl.oauthbearer.client.id',
  'sasl.oauthbearer.client.secret',
  'sasl.oauthbearer.client.credentials.client.id',
  'sasl.oauthbearer.client.credentials.client.secret',
  'sasl.oauthbearer.scope',
  'sasl.oauthbearer.extensions',
  'sasl.kerberos.service.name',
  'sasl.kerberos.principal',
  'sasl.kerberos.keytab',
] as const;

const DIRECT_TARGETS: Readonly<Record<string, string>> = {
  'sasl.oauthbearer.client.credentials.client.id': 'sasl.oauthbearer.client.id',
  'sasl.oauthbearer.client.credentials.client.secret': 'sasl.oauthbearer.client.secret',
};

function setCredential(mapping: ClientMapping, target: string, value: string, key: string): void {
  // librdkafka puts the Kerberos ones into a shell command.
  if (target.startsWith('sasl.kerberos.') && !/^[A-Za-z0-9._@/:-]+$/.test(value)) {
    mapping.fault('invalid', key, `holds a Kerberos name with other characters than letters, digits and . _ @ / : -`);
    return;
  }
  mapping.set('global', target, SECRET_TARGETS.has(target) ? new Secret(value) : value, key);
}

function mapJaas(mapping: ClientMapping, mechanism: Mechanism | null): void {
  const key = 'sasl.jaas.config';
  const text = mapping.text(key);
  if (text === null) return;
  const entry = parseJaas(text);
  if (entry === null) {
    const example = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…";';
    mapping.fault('invalid', key, `must have the form ${example} all on one logical line`);
    return;
  }
  const known = Object.hasOwn(LOGIN_MODULES, entry.module) ? LOGIN_MODULES[entry.module]! : null;
  if (known === null) {
    mapping.fault(
      'unsupported',
      key,
      `names a login module that can not be loaded; known are ${Object.keys(LOGIN_MODULES).join(', ')}`,
    );
  } else if (mechanism !== null && !known.serves.test(mechanism)) {
    mapping.fault('conflict', key, `names a login module that does not serve sasl.mechanism ${mechanism}`);
  } else setOptions(mapping, key, entry, known.options);
}

function setOptions(
  mapping: ClientMapping,
  key: string,
  entry: JaasEntry,
  targets: Readonly<Record<string, string>>,
): void {
  const extensions: string[] = [];
  for (const [option, value] of entry.options) {
    if (Object.hasOwn(targets, option)) setCredential(mapping, targets[option]!, value, key);
    else if (option.startsWith('extension_')) extensions.push(`${option.slice('extension_'.length)}=${value}`);
    else if (!IDLE_OPTIONS.has(option)) {
      mapping.fault('unsupported', key, `holds the option ${option}, which has no counterpart here: take it out`);
    }
  }
  if (extensions.length > 0) mapping.set('global', 'sasl.oauthbearer.extensions', extensions.join(','), key);
}

function mapOauth(mapping: ClientMapping): void {
  const handler = mapping.text('sasl.login.callback.handler.class');
  if (handler !== null && !OAUTH_HANDLERS.includes(handler)) {
    mapping.fault(
      'unsupported',
      'sasl.login.callback.handler.class',
      `can not be loaded; known is ${OAUTH_HANDLERS[0]}`,
    );
  }
  const method = mapping.text('sasl.oauthbearer.method');
  if (method !== null && method.toLowerCase() !== 'oidc') {
    mapping.fault('unsupported', 'sasl.oauthbearer.method', 'must be oidc: unsecured tokens protect nothing');
  }
  mapping.preset('global', { 'sasl.oauthbearer.method': 'oidc' });
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  PLAIN: ['sasl.username', 'sasl.password'],
  'SCRAM-SHA-256': ['sasl.username', 'sasl.password'],
  'SCRAM-SHA-512': ['sasl.username', 'sasl.password'],
  OAUTHBEARER: ['sasl.oauthbearer.token.endpoint.url', 'sasl.oauthbearer.client.id', 'sasl.oauthbearer.client.secret'],
};

function checkCredentials(mapping: ClientMapping, mechanism: Mechanism | null, key: string): void {
  if (mechanism === null || (mapping.settings.has('sasl.jaas.config') && mechanism !== 'OAUTHBEARER')) return;
  const missing = (NEEDED[mechanism] ?? []).filter(target => mapping.target(target) === null);
  if (missing.length > 0)
    mapping.fault('missing', key, `is ${mechanism} and needs ${missing.join(', ')} (or sasl.jaas.config) beside it`);
}
