import { Secret } from '../secret.ts';

/** How the text of a value is checked and read. */
export interface Format<T> {
  /** Kafka's name of the type where it has one, as the reference shows it. */
  readonly type: string;
  /** Completes "must be …". */
  readonly expects: string;
  /** All values that there are, where they are few. */
  readonly values?: readonly string[];
  /** Blanks around the value count (they don't in Kafka's ConfigDef). */
  readonly verbatim: boolean;
  /** The value may be repeated in a fault's text. */
  readonly quotable: boolean;
  /** Gives undefined, or throws a FormatError with a reason of its own, when the text is not of this format. */
  readonly read: (text: string) => T | undefined;
}

export class FormatError extends Error {
  /** The message without the value. */
  readonly discreet: string;

  constructor(message: string, quote = '') {
    super(message + quote);
    this.discreet = message;
  }
}

/** Takes off what Java's `String.trim` takes off. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

/** @throws FormatError whose message completes "the key …", without the value unless it may be repeated. */
export function readValue<T>(format: Format<T>, text: string): T {
  const trimmed = format.verbatim ? text : trim(text);
  const value = format.read(trimmed);
  if (value !== undefined) return value;
  const shown = trimmed === '' ? 'nothing' : `"${trimmed.slice(0, 60)}"`;
  throw new FormatError(`must be ${format.expects}`, format.quotable && !mayHoldUser(trimmed) ? `, not ${shown}` : '');
}

/** `user:password@host`, with a protocol in front or without. */
function mayHoldUser(text: string): boolean {
  return text.includes('@');
}

function quotable<T>(type: string, expects: string, read: (text: string) => T | undefined): Format<T> {
  return { type, expects, verbatim: false, quotable: true, read };
}

export function integer(min: number, max: number): Format<number> {
  const type = max >= 2 ** 31 ? 'long' : 'int';
  return quotable(type, `a whole number from ${min} to ${max}`, text => {
    if (!/^-?\d{1,15}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  });
}

export const boolean: Format<boolean> = quotable('boolean', 'true or false', text => {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
});

export function oneOf<const T extends string>(...values: readonly T[]): Format<T> {
  const list = values.length === 1 ? values[0]! : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  const format = quotable('string', list, text => values.find(value => value.toLowerCase() === text.toLowerCase()));
  return { ...format, values };
}

export const text: Format<string> = quotable('string', 'a text', value => value);

export const verbatimText: Format<string> = { ...text, verbatim: true, quotable: false };

export const password: Format<Secret> = {
  type: 'password',
  expects: 'a text',
  verbatim: false,
  quotable: false,
  read: value => new Secret(value),
};

/** A text that may hold secrets beside plain words, as a list of headers does; kept as one. */
export const secretText: Format<string> = { ...text, type: 'password', quotable: false };

/** Items of a set, between commas, blanks around them and empty ones dropped. */
export function listOf(...values: readonly string[]): Format<readonly string[]> {
  return quotable('list', `a list of ${values.join(', ')}`, text => {
    const items = splitList(text);
    return items.every(item => values.includes(item)) ? items : undefined;
  });
}

export function splitList(value: string): string[] {
  return value.split(',').map(trim).filter(Boolean);
}

/** @returns what each item of `splitList` is read as; undefined where one of them is read as nothing. */
export function readList<T>(value: string, read: (item: string) => T | null | undefined): readonly T[] | undefined {
  const items = splitList(value).map(read);
  return items.every((item): item is T => item !== null && item !== undefined) ? items : undefined;
}

/** The same for a list of at least one item. */
export function readFilledList<T>(
  value: string,
  read: (item: string) => T | null | undefined,
): readonly T[] | undefined {
  const items = readList(value, read);
  return items?.length === 0 ? undefined : items;
}

/** Items between commas with blanks around them taken off, empty ones too: how Kafka's ConfigDef splits a list (`\s*,\s*`). */
export function splitVerbatim(value: string): string[] {
  const items = value.split(',');
  return items
    .map((item, i) => (i > 0 ? item.trimStart() : item))
    .map((item, i) => (i < items.length - 1 ? item.trimEnd() : item));
}

/** Completes "the key …": names what was written where it can be the name of a class. */
export function notKnown(written: string, what: string): string {
  const named = /^[A-Za-z_][\w.$-]{0,200}$/.test(written) ? `is ${written}, which ` : '';
  return `${named}is not ${what}`;
}

/** Names that other keys hold; blank ones are dropped. */
export const aliasList: Format<readonly string[]> = quotable(
  'list',
  'aliases without dots, separated by commas',
  value => {
    const aliases = splitList(value);
    return aliases.every(alias => !alias.includes('.')) ? aliases : undefined;
  },
);

/** Kafka's rule for topic names. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

const TOPIC_RULE = 'at most 249 letters, digits, dots, underscores and hyphens each';

export const topicList: Format<readonly string[]> = quotable('list', `topic names (${TOPIC_RULE})`, value => {
  const topics = [...new Set(splitList(value))];
  return topics.every(isTopicName) ? topics : undefined;
});

export const topicName: Format<string> = quotable('string', 'a topic name', value =>
  isTopicName(value) ? value : undefined,
);

/** Connect's rule: no ISO control characters. */
export const connectorName: Format<string> = quotable('string', 'a name without control characters', value =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  /[\u0000-\u001f\u007f-\u009f]/.test(value) ? undefined : value,
);

function parseUrl(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null;
}

/**
 * An absolute http or https address. User and password in it are refused, since addresses are logged.
 * @throws FormatError
 */
export function readAddress(text: string, insteadOfUser: string): URL | null {
  const url = parseUrl(text);
  if (url === null || !/^https?:\/\//i.test(text)) return null;
  if (url.username !== '' || url.password !== '') {
    throw new FormatError(`must not hold a user or password: write ${insteadOfUser} instead`);
  }
  if (url.hash !== '') throw new FormatError('must not end in a #fragment: it is never sent');
  return url;
}

/** An address without placeholders. */
export function address(insteadOfUser: string): Format<URL> {
  return {
    type: 'url',
    expects: 'an absolute http:// or https:// address',
    verbatim: false,
    quotable: false,
    read: value => {
      if (/[{}\s]/.test(value)) throw new FormatError('must not hold blanks or braces: placeholders are not filled in');
      return readAddress(value, insteadOfUser) ?? undefined;
    },
  };
}

export const httpUrl = address('http.auth.type=basic with its keys');

/** Of OAUTHBEARER: the Kafka client asks it for tokens. */
export const tokenUrl = address('sasl.oauthbearer.client.id and sasl.oauthbearer.client.secret');

/** What the kernel takes as the address of a unix socket: 108 bytes with the NUL behind it (Linux). */
const SOCKET_PATH_MAX_BYTES = 107;

export const socketPath: Format<string> = quotable(
  'string',
  `the absolute path of a unix socket, of at most ${SOCKET_PATH_MAX_BYTES} bytes`,
  value => (value.startsWith('/') && Buffer.byteLength(value) <= SOCKET_PATH_MAX_BYTES ? value : undefined),
);

export type StatusRange = readonly [from: number, to: number];

const LEAST_STATUS = 200;
const MOST_STATUS = 599;

/** `200-299`, `200,201,204-206`, `2xx`, and open ends: `400-`. An interim status (1xx) is never an answer's last word. */
export const statusRanges: Format<readonly StatusRange[]> = quotable(
  'list',
  'statuses and ranges within 200-599, e.g. 200,202,204-206 or 2xx,409 or 200-',
  value => readFilledList(value, readStatusRange),
);

function readStatusRange(item: string): StatusRange | undefined {
  if (/^[2-5]xx$/i.test(item)) return [Number(item[0]) * 100, Number(item[0]) * 100 + 99];
  const [from = '', to = from, ...more] = item.split('-').map(trim);
  if (more.length > 0 || (from === '' && to === '')) return undefined;
  const ends = [from, to].map((end, i) => (end === '' ? [LEAST_STATUS, MOST_STATUS][i]! : readStatus(end)));
  return ends[0]! <= ends[1]! ? [ends[0]!, ends[1]!] : undefined;
}

function readStatus(text: string): number {
  return /^[2-5]\d\d$/.test(text) ? Number(text) : Number.NaN;
}

/** Host and port pairs; a protocol in front is dropped, as Kafka's clients do. */
export const brokerList: Format<readonly string[]> = quotable(
  'list',
  'host:port pairs separated by commas, e.g. kafka1:9092,kafka2:9092',
  value => {
    const brokers = splitList(value).map(item => item.replace(/^[a-zA-Z0-9_-]+:\/\//, ''));
    return brokers.length > 0 && brokers.every(isHostAndPort) ? [...new Set(brokers)] : undefined;
  },
);

function isHostAndPort(broker: string): boolean {
  const match = /^(?:\[[0-9a-fA-F:.%]+\]|[0-9a-zA-Z._-]+):(\d{1,5})$/.exec(broker);
  return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65535;
}

/** RFC 9110 §5.6.2. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** RFC 9110 §5.5: visible characters, blanks, tabs and Latin-1; no line ends. */
export function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

export const headerName: Format<string> = quotable('string', 'a name that an HTTP header can have', name =>
  isHeaderName(name) && name.length <= 128 ? name : undefined,
);

/** Goes into a header as a string of RFC 8941 §3.3.3, or bare. */
export const idempotencyPrefix: Format<string> = quotable(
  'string',
  'at most 64 visible ASCII characters without quotes and backslashes',
  value => (/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(value) ? value : undefined),
);
