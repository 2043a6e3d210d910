import type { Findings } from './findings.ts';
import { checkChoice, NO_SECRET, noteMissingFile } from './http-auth-keys.ts';
import { readOAuth2 } from './http-auth-oauth2.ts';
import { readSigV4, SIGNATURE_HEADERS } from './http-auth-sigv4.ts';
import { isHeaderName, isHeaderValue } from './schema/formats.ts';
import { RESERVED } from './schema/reserved-headers.ts';
import type { ConnectorSection } from './schema/section.ts';
import type { Outside } from './source/files.ts';
import type { AuthConfig, HttpConfig } from './types.ts';

/** The keys of each kind of credentials: those it can not do without, and all that have an effect with it. */
const KINDS = {
  none: { needs: [], owns: [] },
  basic: { needs: ['http.auth.username', 'http.auth.password'], owns: ['http.auth.username', 'http.auth.password'] },
  bearer: { needs: [], owns: ['http.auth.bearer.token', 'http.auth.bearer.token.file'] },
  apikey: { needs: ['http.auth.apikey.name', 'http.auth.apikey.value'], owns: ['http.auth.apikey.*'] },
  oauth2: { needs: ['oauth2.token.url'], owns: ['oauth2.*'] },
  sigv4: { needs: ['http.auth.sigv4.region', 'http.auth.sigv4.service'], owns: ['http.auth.sigv4.*'] },
} as const;

/** What is missing is on record as a fault: nobody gets to see what stands in for it. */
export function readAuth(section: ConnectorSection, outside: Outside, findings: Findings): AuthConfig {
  const { values } = section;
  checkChoice(section, { key: 'http.auth.type', value: values.authType, kinds: KINDS }, findings);
  switch (values.authType) {
    case 'none':
      return { type: 'none' };
    case 'basic':
      if (values.authUsername?.includes(':')) {
        findings.fault('invalid', section.origin('http.auth.username'), 'must not hold a colon (RFC 7617)');
      }
      return { type: 'basic', username: values.authUsername ?? '', password: values.authPassword ?? NO_SECRET };
    case 'bearer':
      return readBearer(section, outside, findings);
    case 'apikey':
      return readApiKey(section, findings);
    case 'oauth2':
      return readOAuth2(section, outside, findings);
    case 'sigv4':
      return readSigV4(section, outside, findings);
  }
}

function readBearer(section: ConnectorSection, outside: Outside, findings: Findings): AuthConfig {
  const { values, origin } = section;
  const { authBearerToken: token, authBearerTokenFile: path } = values;
  if (token !== null && path !== null) {
    findings.fault('conflict', origin('http.auth.bearer.token.file'), 'and http.auth.bearer.token exclude each other');
  }
  if (token === null && path === null) {
    const message = 'is required with http.auth.type=bearer, or http.auth.bearer.token.file in its place';
    findings.fault('missing', origin('http.auth.bearer.token'), message);
  }
  if (token === null && path !== null) {
    noteMissingFile(section, 'http.auth.bearer.token.file', path, outside, findings);
    return { type: 'bearer-file', path };
  }
  if (token !== null && !/^[\x21-\x7e]*$/.test(token.reveal())) {
    const message = 'must hold visible ASCII characters only, without blanks';
    findings.fault('invalid', origin('http.auth.bearer.token'), message);
  }
  return { type: 'bearer', token: token ?? NO_SECRET };
}

function readApiKey(section: ConnectorSection, findings: Findings): AuthConfig {
  const { values, origin } = section;
  const { authApiKeyIn: place, authApiKeyName: name, authApiKeyValue: value } = values;
  if (place === 'header') {
    const lower = name?.toLowerCase() ?? '';
    if (name !== null && !isHeaderName(name)) {
      findings.fault('invalid', origin('http.auth.apikey.name'), 'is not a name that an HTTP header can have');
    } else if (RESERVED.has(lower)) {
      findings.fault('forbidden', origin('http.auth.apikey.name'), 'is a header that the HTTP client itself sets');
    }
    if (value !== null && !isHeaderValue(value.reveal())) {
      const message = 'can not stand in an HTTP header: no line ends, no characters beyond Latin-1';
      findings.fault('invalid', origin('http.auth.apikey.value'), message);
    }
    return { type: 'apikey', in: place, name: lower, value: value ?? NO_SECRET };
  }
  if (name !== null && values.httpUrl?.searchParams.has(name) === true) {
    const message = 'stands in http.url already: take it out there';
    findings.fault('conflict', origin('http.auth.apikey.name'), message);
  }
  return { type: 'apikey', in: place, name: name ?? '', value: value ?? NO_SECRET };
}

/** The headers, in lower case, that the credentials write, each with the key that says so. */
export function writtenByCredentials({ values }: ConnectorSection): ReadonlyMap<string, string> {
  const { authType: type } = values;
  if (type === 'none') return new Map();
  if (type === 'sigv4') return new Map(SIGNATURE_HEADERS.map(name => [name, 'http.auth.type']));
  if (type !== 'apikey') return new Map([['authorization', 'http.auth.type']]);
  const name = values.authApiKeyIn === 'header' ? (values.authApiKeyName?.toLowerCase() ?? null) : null;
  return new Map(name === null ? [] : [[name, 'http.auth.apikey.name']]);
}

/** IMS and AWS say 403 of a token or key that has expired. */
export function readRenewStatuses({ values }: ConnectorSection, auth: AuthConfig): HttpConfig['authRenewStatuses'] {
  if (values.authRenewStatuses !== null) return values.authRenewStatuses;
  const alsoForbidden = auth.type === 'sigv4' || (auth.type === 'oauth2' && values.oauth2Dialect !== 'standard');
  return alsoForbidden
    ? [
        [401, 401],
        [403, 403],
      ]
    : [[401, 401]];
}
