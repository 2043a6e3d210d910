import type { Findings } from './findings.ts';
import { NO_SECRET, noteMissingFile } from './http-auth-keys.ts';
import type { ConnectorSection } from './schema/section.ts';
import { noteIdle } from './schema/section.ts';
import { Secret } from './secret.ts';
import type { Outside } from './source/files.ts';
import type { AwsKeys, SigV4Config } from './types.ts';

/** What a signature writes, in lower case. */
export const SIGNATURE_HEADERS: readonly string[] = [
  'authorization',
  'date',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
];

const ID_KEY = 'http.auth.sigv4.access.key.id';
const SECRET_KEY = 'http.auth.sigv4.secret.access.key';
const SESSION_KEY = 'http.auth.sigv4.session.token';
const FILE_KEY = 'http.auth.sigv4.credentials.file';
const PROFILE_KEY = 'http.auth.sigv4.profile';
const ENVIRONMENT_KEY = 'http.auth.sigv4.from.environment';

export function readSigV4(section: ConnectorSection, outside: Outside, findings: Findings): SigV4Config {
  const { values, origin } = section;
  for (const [key, value] of [
    ['http.auth.sigv4.region', values.sigv4Region],
    ['http.auth.sigv4.service', values.sigv4Service],
  ] as const) {
    if (value === null || /^[\w-]+$/.test(value)) continue;
    findings.fault('invalid', origin(key), 'must hold letters, digits and hyphens only');
  }
  return {
    type: 'sigv4',
    region: values.sigv4Region ?? '',
    service: values.sigv4Service ?? '',
    keys: readKeys(section, outside, findings),
  };
}

/** One of three sources, and no silent order of them: that would sign with the keys of somebody else. */
function readKeys(section: ConnectorSection, outside: Outside, findings: Findings): SigV4Config['keys'] {
  const { values, origin } = section;
  const isWritten = values.sigv4AccessKeyId !== null || values.sigv4SecretAccessKey !== null;
  const sources = [
    ...(isWritten ? [values.sigv4AccessKeyId === null ? SECRET_KEY : ID_KEY] : []),
    ...(values.sigv4CredentialsFile === null ? [] : [FILE_KEY]),
    ...(values.sigv4FromEnvironment ? [ENVIRONMENT_KEY] : []),
  ];
  if (sources.length > 1) {
    findings.fault('conflict', origin(sources[1]!), `and ${sources[0]} exclude each other: keep one of them`);
  }
  if (sources.length === 0) {
    const message = `is required with http.auth.type=sigv4, or ${FILE_KEY} or ${ENVIRONMENT_KEY}=true in its place`;
    findings.fault('missing', origin(ID_KEY), message);
  }
  if (sources[0] !== FILE_KEY) noteIdle(section, [PROFILE_KEY], `${FILE_KEY} names no file`, findings);
  if (!isWritten) noteIdle(section, [SESSION_KEY], `it belongs to ${ID_KEY}`, findings);
  if (!isWritten && values.sigv4CredentialsFile !== null) {
    noteMissingFile(section, FILE_KEY, values.sigv4CredentialsFile, outside, findings);
    return { file: values.sigv4CredentialsFile, profile: values.sigv4Profile };
  }
  return !isWritten && values.sigv4FromEnvironment
    ? ofEnvironment(section, outside, findings)
    : ofSection(section, findings);
}

function ofSection({ values, origin }: ConnectorSection, findings: Findings): AwsKeys {
  const { sigv4AccessKeyId: id, sigv4SecretAccessKey: secret, sigv4SessionToken: sessionToken } = values;
  if ((id === null) !== (secret === null)) {
    const [there, missing] = id === null ? [SECRET_KEY, ID_KEY] : [ID_KEY, SECRET_KEY];
    findings.fault('missing', origin(there), `needs ${missing} beside it`);
  }
  for (const [key, value] of [
    [ID_KEY, id],
    [SESSION_KEY, sessionToken?.reveal() ?? null],
  ] as const) {
    if (value === null || /^[\x21-\x7e]*$/.test(value)) continue;
    findings.fault('invalid', origin(key), 'must hold visible ASCII characters only, without blanks');
  }
  return { accessKeyId: id ?? '', secretAccessKey: secret ?? NO_SECRET, sessionToken };
}

function ofEnvironment({ origin }: ConnectorSection, { env }: Outside, findings: Findings): AwsKeys {
  const of = (name: string): string => env[name]?.trim() ?? '';
  const missing = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter(name => of(name) === '');
  if (missing.length > 0) {
    const message = `asks for ${missing.join(' and ')} of the environment, where there is none`;
    findings.fault('missing', origin(ENVIRONMENT_KEY), message);
  }
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN']) {
    if (/^[\x21-\x7e]*$/.test(of(name))) continue;
    findings.fault('invalid', origin(ENVIRONMENT_KEY), `asks for ${name} of the environment, which is no such thing`);
  }
  const sessionToken = of('AWS_SESSION_TOKEN');
  return {
    accessKeyId: of('AWS_ACCESS_KEY_ID'),
    secretAccessKey: new Secret(of('AWS_SECRET_ACCESS_KEY')),
    sessionToken: sessionToken === '' ? null : new Secret(sessionToken),
  };
}
