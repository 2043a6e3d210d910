import { isLoopback } from '../host.ts';
import { Secret } from '../secret.ts';
import type { Files } from '../source/files.ts';
import { type JaasEntry, parseJaas } from './jaas.ts';
import type { ClientMapping } from './mapping.ts';
import { mapTokenAuthorities } from './pem-settings.ts';

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER', 'GSSAPI'] as const;
type Mechanism = (typeof MECHANISMS)[number];

interface LoginModule {
  readonly serves: RegExp;
  /** Its options as librdkafka keys. */
  readonly options: Readonly<Record<string, string>>;
  /** Options that the JVM's client does not look at either, and those that change nothing here. */
  readonly idle: RegExp;
}

/** Kafka's login modules. `serviceName` is looked at with Kerberos only, `user_…` by brokers only. */
const LOGIN_MODULES: Readonly<Record<string, LoginModule>> = {
  'org.apache.kafka.common.security.plain.PlainLoginModule': {
    serves: /^PLAIN$/,
    options: { username: 'sasl.username', password: 'sasl.password' },
    idle: /^(?:serviceName|user_.*)$/s,
  },
  'org.apache.kafka.common.security.scram.ScramLoginModule': {
    serves: /^SCRAM-/,
    options: { username: 'sasl.username', password: 'sasl.password' },
    idle: /^serviceName$/,
  },
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule': {
    serves: /^OAUTHBEARER$/,
    options: {
      clientId: 'sasl.oauthbearer.client.id',
      clientSecret: 'sasl.oauthbearer.client.secret',
      scope: 'sasl.oauthbearer.scope',
    },
    idle: /^serviceName$/,
  },
  'com.sun.security.auth.module.Krb5LoginModule': {
    serves: /^GSSAPI$/,
    options: {
      principal: 'sasl.kerberos.principal',
      keyTab: 'sasl.kerberos.keytab',
      serviceName: 'sasl.kerberos.service.name',
    },
    idle: /^(?:useKeyTab|storeKey|useTicketCache|doNotPrompt|refreshKrb5Config|debug)$/,
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

/** Options of these modules that the JVM knows. */
const OTHER_OPTIONS =
  /^(?:tokenauth|unsecured\w+|ssl\.[a-z.]+|ticketCache|renewTGT|isInitiator|useFirstPass|tryFirstPass|storePass|clearPass)$/;

const OAUTH_HANDLERS = [
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
  'org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler',
];

const SECRET_TARGETS = new Set(['sasl.password', 'sasl.oauthbearer.client.secret']);

/** sasl.* as the Java clients know it, to librdkafka's keys. */
export function mapSasl(mapping: ClientMapping, files: Files): void {
  const protocol = (mapping.target('security.protocol') ?? 'plaintext').toUpperCase();
  if (!protocol.startsWith('SASL_')) {
    for (const prefix of ['sasl.', 'https.']) {
      mapping.noteIdle(prefix, `security.protocol of the same client is ${protocol}`);
    }
    return;
  }
  const mechanismKey = mapping.text('sasl.mechanism') === null ? 'sasl.mechanisms' : 'sasl.mechanism';
  const written = mapping.text(mechanismKey)?.toUpperCase() ?? null;
  const mechanism = MECHANISMS.find(name => name === written) ?? null;
  if (written === null) {
    mapping.fault('missing', 'security.protocol', `is ${protocol}: write sasl.mechanism too, e.g. PLAIN`);
  } else if (mechanism === null) {
    mapping.fault('unsupported', mechanismKey, `must be ${MECHANISMS.join(', ')}; no other mechanism is supported`);
  }
  if (mechanism === null) return;
  mapping.set('global', 'sasl.mechanisms', mechanism, mechanismKey);
  for (const key of DIRECT_KEYS) {
    const value = mapping.text(key);
    if (value !== null) setCredential(mapping, DIRECT_TARGETS[key] ?? key, value, key);
  }
  const isRead = mapJaas(mapping, mechanism);
  if (mechanism === 'OAUTHBEARER') mapOauth(mapping, files);
  else mapping.noteIdle('https.', 'only the token endpoint of OAUTHBEARER is asked over HTTPS');
  if (isRead) checkCredentials(mapping, mechanism, mechanismKey);
}

/** To be called when the brokers are known. Files that run on the JVM run here, so it is no more than said. */
export function noteUnencrypted(mapping: ClientMapping): void {
  if (mapping.target('security.protocol') !== 'sasl_plaintext' || mapping.brokers.every(isOnThisMachine)) return;
  const text = 'is SASL_PLAINTEXT: credentials and records cross the network unencrypted, prefer SASL_SSL';
  mapping.note('remark', 'security.protocol', text);
}

function isOnThisMachine(broker: string): boolean {
  return isLoopback(broker.slice(0, broker.lastIndexOf(':')));
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

/** @returns whether the entry could be used, if there is one */
function mapJaas(mapping: ClientMapping, mechanism: Mechanism): boolean {
  const key = 'sasl.jaas.config';
  const text = mapping.text(key);
  if (text === null) return true;
  const entry = parseJaas(text);
  if ('problem' in entry) {
    const example = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…";';
    mapping.fault('invalid', key, `${entry.problem}: it must have the form ${example}`);
    return false;
  }
  const known = Object.hasOwn(LOGIN_MODULES, entry.module) ? LOGIN_MODULES[entry.module]! : null;
  if (known === null) {
    const names = Object.keys(LOGIN_MODULES).join(', ');
    mapping.fault('unsupported', key, `names a login module that can not be loaded; known are ${names}`);
  } else if (!known.serves.test(mechanism)) {
    mapping.fault('conflict', key, `names a login module that does not serve sasl.mechanism ${mechanism}`);
  } else setOptions(mapping, key, entry, known);
  return known?.serves.test(mechanism) === true;
}

function setOptions(mapping: ClientMapping, key: string, entry: JaasEntry, { options, idle }: LoginModule): void {
  const extensions: string[] = [];
  for (const [index, [option, value]] of [...entry.options].entries()) {
    if (Object.hasOwn(options, option)) setCredential(mapping, options[option]!, value, key);
    else if (option.startsWith('extension_')) extensions.push(`${option.slice('extension_'.length)}=${value}`);
    else if (!idle.test(option)) {
      // A name that nobody knows may be a piece of a password behind a stray quote.
      const shown = OTHER_OPTIONS.test(option) ? option : `number ${index + 1}`;
      mapping.fault('unsupported', key, `holds the option ${shown}, which has no counterpart here: take it out`);
    }
  }
  if (extensions.length > 0) mapping.set('global', 'sasl.oauthbearer.extensions', extensions.join(','), key);
}

function mapOauth(mapping: ClientMapping, files: Files): void {
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
  mapTokenEndpoint(mapping, files);
}

function mapTokenEndpoint(mapping: ClientMapping, files: Files): void {
  const key = 'sasl.oauthbearer.token.endpoint.url';
  const text = mapping.text(key) ?? '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:') return mapTokenAuthorities(mapping, files);
  mapping.noteIdle('https.', 'the token endpoint is not https');
  if (url === null || isLoopback(url.hostname)) return;
  mapping.note('remark', key, 'is not https: the client secret and the tokens cross the network unencrypted');
}

const NEEDED: Readonly<Record<Mechanism, readonly string[]>> = {
  PLAIN: ['sasl.username', 'sasl.password'],
  'SCRAM-SHA-256': ['sasl.username', 'sasl.password'],
  'SCRAM-SHA-512': ['sasl.username', 'sasl.password'],
  OAUTHBEARER: ['sasl.oauthbearer.token.endpoint.url', 'sasl.oauthbearer.client.id', 'sasl.oauthbearer.client.secret'],
  GSSAPI: [],
};

function checkCredentials(mapping: ClientMapping, mechanism: Mechanism, key: string): void {
  const missing = NEEDED[mechanism].filter(target => mapping.target(target) === null);
  if (missing.length === 0) return;
  if (!mapping.settings.has('sasl.jaas.config') || mechanism === 'OAUTHBEARER') {
    mapping.fault('missing', key, `is ${mechanism} and needs ${missing.join(', ')} (or sasl.jaas.config) beside it`);
  } else {
    const options = missing.map(target => target.replace(/^sasl\./, ''));
    mapping.fault('missing', 'sasl.jaas.config', `gives no ${options.join(' and no ')}`);
  }
}
