import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { readBypassRule } from './schema/proxy-formats.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import type { BypassRule, ProxiesConfig, ProxyConfig, TlsConfig } from './types.ts';

const URL_KEY = 'http.proxy.url';
const USER_KEY = 'http.proxy.username';
const PASSWORD_KEY = 'http.proxy.password';
const BYPASS_KEY = 'http.proxy.bypass';
const ENVIRONMENT_KEY = 'http.proxy.from.environment';
export const PROXY_KEYS = [URL_KEY, USER_KEY, PASSWORD_KEY, BYPASS_KEY, ENVIRONMENT_KEY];

/** A proxy as far as the keys of the proxy tell it. */
export type WrittenProxy = Omit<ProxyConfig, 'tls'>;

export interface WrittenProxies {
  readonly http: WrittenProxy | null;
  readonly https: WrittenProxy | null;
  readonly bypass: readonly BypassRule[];
}

/** Null: no proxy is asked for. */
export function readProxies(section: ConnectorSection, outside: Outside, findings: Findings): WrittenProxies | null {
  const { values, origin } = section;
  const { proxyUrl, proxyFromEnvironment: fromEnvironment } = values;
  if (proxyUrl !== null && fromEnvironment) {
    findings.fault('conflict', origin(ENVIRONMENT_KEY), `contradicts ${URL_KEY}: take one of them out`);
  }
  if (proxyUrl !== null) {
    const proxy = { url: proxyUrl, credentials: readCredentials(section, findings), source: URL_KEY };
    notePlaintext(section, proxy, findings);
    return { http: proxy, https: proxy, bypass: values.proxyBypass ?? [] };
  }
  const why = fromEnvironment ? 'the environment names user and password with the proxy' : `no ${URL_KEY} is written`;
  noteIdle(section, [USER_KEY, PASSWORD_KEY], why, findings);
  if (fromEnvironment) return readEnvironment(section, outside, findings);
  noteIdle(section, [BYPASS_KEY], why, findings);
  return null;
}

/** The proxy of each scheme, with the TLS by which it is spoken to: its authorities are the endpoint's. */
export function proxiesOf({ http, https, bypass }: WrittenProxies, endpoint: TlsConfig): ProxiesConfig {
  const tls = { ...endpoint, certificate: null, key: null, keyPassword: null };
  return { http: http && { ...http, tls }, https: https && { ...https, tls }, bypass };
}

function readCredentials({ values, origin }: ConnectorSection, findings: Findings): ProxyConfig['credentials'] {
  const { proxyUsername: username, proxyPassword: password } = values;
  if (username === null) {
    if (password !== null) findings.fault('missing', origin(USER_KEY), `is required beside ${PASSWORD_KEY}`);
    return null;
  }
  if (username.includes(':')) findings.fault('invalid', origin(USER_KEY), 'must not hold a colon (RFC 7617)');
  return { username, password: password ?? new Secret('') };
}

function notePlaintext({ origin }: ConnectorSection, { url, credentials }: WrittenProxy, findings: Findings): void {
  if (credentials === null || url.protocol === 'https:' || isLoopback(url.hostname)) return;
  findings.note('remark', origin(URL_KEY), 'is not https: the credentials of the proxy cross the network unencrypted');
}

interface Variable {
  readonly name: string;
  readonly text: string;
}

/** The first that is not empty, small letters first, as curl has it. */
function variable({ env }: Outside, ...names: readonly string[]): Variable | null {
  for (const name of names.flatMap(each => [each, each.toUpperCase()])) {
    const text = env[name]?.trim() ?? '';
    if (text !== '') return { name, text };
  }
  return null;
}

function readEnvironment(section: ConnectorSection, outside: Outside, findings: Findings): WrittenProxies | null {
  const [http, https] = ['http_proxy', 'https_proxy'].map(name => {
    const named = variable(outside, name, 'all_proxy');
    return named === null ? null : readVariable(named, section, findings);
  }) as [WrittenProxy | null, WrittenProxy | null];
  const exempt = variable(outside, 'no_proxy');
  if (http === null && https === null) {
    const text = 'finds no variable that names a proxy (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY): requests go straight';
    if (!findings.failed) findings.note('remark', section.origin(ENVIRONMENT_KEY), text);
    return null;
  }
  return { http, https, bypass: [...(section.values.proxyBypass ?? []), ...readExempt(exempt, section, findings)] };
}

/** `http://user:password@host:port`; the scheme may be left out. Nothing of it is ever repeated. */
function readVariable({ name, text }: Variable, section: ConnectorSection, findings: Findings): WrittenProxy | null {
  const refuse = (message: string): null => {
    findings.fault('invalid', section.origin(ENVIRONMENT_KEY), `finds a proxy in ${name} ${message}`);
    return null;
  };
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) return refuse('that is no address, like http://user:password@proxy.example.org:3128');
  const { protocol, host, username, password } = new URL(whole);
  if (protocol !== 'http:' && protocol !== 'https:') return refuse('that is neither http:// nor https://');
  const user = decoded(username);
  if (user.includes(':')) return refuse('whose user holds a colon, which Basic can not tell (RFC 7617)');
  const isNamed = username !== '' || password !== '';
  const credentials = isNamed ? { username: user, password: new Secret(decoded(password)) } : null;
  return { url: new URL(`${protocol}//${host}`), credentials, source: name };
}

/** As written, where a percent sign is only that. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Between commas or blanks; what means nothing here is another program's affair. */
function readExempt(exempt: Variable | null, section: ConnectorSection, findings: Findings): readonly BypassRule[] {
  if (exempt === null) return [];
  const items = exempt.text.split(/[\s,]+/).filter(Boolean);
  const rules = items.map(readBypassRule).filter(rule => rule !== null);
  if (rules.length < items.length) {
    const text = `passes over what is no host, address or network in ${exempt.name}`;
    findings.note('remark', section.origin(ENVIRONMENT_KEY), text);
  }
  return rules;
}
