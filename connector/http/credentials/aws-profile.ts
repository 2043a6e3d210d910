import { Secret } from '../../../config/secret.ts';
import type { AwsKeys } from '../../../config/types.ts';
import { isHeaderSafe } from './header-safety.ts';

const ID = 'aws_access_key_id';
const SECRET = 'aws_secret_access_key';
const SESSION = 'aws_session_token';

/**
 * The keys of a profile in a file of the AWS tools (AWS SDKs and Tools Reference Guide, "Shared config and credentials files"):
 * sections `[name]`, or `[profile name]` as in `~/.aws/config`, with lines `name = value`; `#` and `;` begin a comment at the start
 * of a line or behind a blank.
 * @throws Error whose message says what is missing, and nothing of the text
 */
export function readProfile(text: string, profile: string): AwsKeys {
  const values = sectionOf(text.replace(/^\uFEFF/, ''), profile);
  if (values === null) throw new Error(`it has no profile [${profile}]`);
  const accessKeyId = values.get(ID) ?? '';
  const secret = values.get(SECRET) ?? '';
  const session = values.get(SESSION) ?? '';
  if (accessKeyId === '' || secret === '') {
    throw new Error(`its profile [${profile}] lacks ${accessKeyId === '' ? ID : SECRET}`);
  }
  if (!isHeaderSafe(accessKeyId)) throw new Error(`its profile [${profile}] has an ${ID} that is none`);
  if (session !== '' && !isHeaderSafe(session))
    throw new Error(`its profile [${profile}] has an ${SESSION} that is none`);
  return {
    accessKeyId,
    secretAccessKey: new Secret(secret),
    sessionToken: session === '' ? null : new Secret(session),
  };
}

function sectionOf(text: string, profile: string): ReadonlyMap<string, string> | null {
  let values: Map<string, string> | null = null;
  let isIn = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*(?:profile\s+)?([^\]]*?)\s*\]/.exec(line);
    if (header !== null) {
      isIn = header[1] === profile;
      if (isIn) values ??= new Map();
      continue;
    }
    // What is set in is the value of a nested setting.
    const setting = /^([^\s#;=][^=]*?)\s*=(.*)$/.exec(line);
    if (isIn && setting !== null) values!.set(setting[1]!.toLowerCase(), withoutComment(setting[2]!));
  }
  return values;
}

function withoutComment(value: string): string {
  return value.replace(/\s[#;].*$/, '').trim();
}
