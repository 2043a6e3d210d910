import { Secret } from '../secret.ts';
import { type Format, FormatError, isHeaderName, readFilledList, type StatusRange, splitList } from './formats.ts';

/** `401` or `400-403,419`, within 4xx. */
export const refusalStatuses: Format<readonly StatusRange[]> = {
  type: 'list',
  expects: 'statuses and ranges within 400-499, e.g. 401,403',
  verbatim: false,
  quotable: true,
  read: value => readFilledList(value, readRange),
};

function readRange(item: string): StatusRange | undefined {
  const match = /^(4\d\d)(?:\s*-\s*(4\d\d))?$/.exec(item);
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to ? [from, to] : undefined;
}

/** Stands for what the authorization server calls its tokens. */
export const TOKEN_TYPE = '${token_type}';

/** What an `Authorization` header begins with; nothing is a choice too. */
export const scheme: Format<string> = {
  type: 'string',
  expects: `one word of an HTTP header, ${TOKEN_TYPE}, or nothing`,
  verbatim: false,
  quotable: true,
  read: value => (value === '' || value === TOKEN_TYPE || isHeaderName(value) ? value : undefined),
};

/** RFC 8707 §2: absolute, without a fragment. */
export const resourceList: Format<readonly string[]> = {
  type: 'list',
  expects: 'absolute addresses without a #fragment, separated by commas',
  verbatim: false,
  quotable: true,
  read: value => {
    const items = splitList(value);
    return items.every(item => URL.canParse(item) && !item.includes('#')) ? items : undefined;
  },
};

/** A member of an answer, or a JSON pointer (RFC 6901). */
export const answerField: Format<string> = {
  type: 'string',
  expects: 'a name, or a JSON pointer that begins with /',
  verbatim: false,
  quotable: true,
  read: value => {
    if (/~(?![01])/.test(value) && value.startsWith('/')) {
      throw new FormatError('is no JSON pointer: ~ is written ~0 there, and / within a name ~1');
    }
    return value === '' ? undefined : value;
  },
};

/** An object of JSON, which may hold what is nobody's business. */
export const jsonObject: Format<Secret> = {
  type: 'password',
  expects: 'a JSON object',
  verbatim: false,
  quotable: false,
  read: text => (isJsonObject(text) ? new Secret(text) : undefined),
};

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
