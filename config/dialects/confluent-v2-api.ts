import type { ConfluentKeys } from './confluent-keys.ts';
import { type ApiValues, type ConfluentV2Keys, valuesOfApi } from './confluent-v2-keys.ts';
import type { Peer, Statement } from './dialect.ts';

/** How the first of Confluent's sinks calls what an API has: the names behind `api<n>.`. */
const NAMES: Readonly<Record<string, string>> = {
  'http.api.url': 'http.api.path',
  'request.method': 'http.request.method',
  headers: 'http.request.headers',
  'header.separator': 'http.request.headers.separator',
  'sensitive.headers': 'http.request.sensitive.headers',
  'batch.max.size': 'max.batch.size',
  ...Object.fromEntries(
    [
      ...['http.connect.timeout.ms', 'http.request.timeout.ms', 'behavior.on.null.values', 'request.body.format'],
      ...['batch.json.as.array', 'batch.key.pattern', 'batch.prefix', 'batch.suffix', 'batch.separator'],
      ...['regex.patterns', 'regex.replacements', 'regex.separator', 'max.retries', 'retry.backoff.ms'],
      ...['retry.backoff.policy', 'retry.on.status.codes'],
    ].map(key => [key, key]),
  ),
};

/** Keys that the first sink alone has. */
const GONE = ['batch.seperator', 'json.decimal.format', 'deletes.send.in.order', 'data.format'];

/** One API, as a file of the first sink with the same meaning. */
export interface Api {
  readonly n: number;
  readonly values: ApiValues;
  readonly peer: Peer<ConfluentKeys>;
  /** The whole name of a key of it. */
  readonly key: (rest: string) => string;
}

/** The connector, as a file of the first sink: what is of no single request. */
export function asV1(
  peer: Peer<ConfluentV2Keys>,
  more: Partial<Peer<ConfluentKeys>['values']> = {},
): Peer<ConfluentKeys> {
  const { values, wrote, text } = peer;
  const isGone = (key: string): boolean => GONE.includes(key);
  return {
    ...peer,
    values: {
      ...values,
      decimalFormat: 'BASE64',
      dataFormatAlias: null,
      deletesInOrder: true,
      seperator: ',',
      authType: values.authType === 'BASIC' || values.authType === 'OAUTH2' ? values.authType : 'NONE',
      clientAuthMode: values.clientAuthMode === 'header' ? 'header' : 'url',
      reportErrorsAs: values.reportErrorsAs === 'http_response' ? 'http_response' : 'error_string',
      // Protocols count where they are enforced.
      protocol: values.sslEnabled ? values.protocol : 'TLSv1.3',
      ...more,
    } as Peer<ConfluentKeys>['values'],
    wrote: key => !isGone(key) && wrote(key),
    text: key => (isGone(key) ? null : text(key)),
  };
}

export function readApi(peer: Peer<ConfluentV2Keys>, n: number): Api {
  const values = valuesOfApi(peer.values, n);
  const key = (rest: string): string => `api${n}.${rest}`;
  const renamed = (name: string): string => (NAMES[name] === undefined ? name : key(NAMES[name]));
  const { onNullValues, bodyFormat, method } = values;
  const view = asV1(peer, {
    ...values,
    method: method === 'PUT' || method === 'PATCH' ? method : 'POST',
    onNullValues: onNullValues.toLowerCase() as 'ignore' | 'delete' | 'fail',
    bodyFormat: bodyFormat === 'JSON' ? 'json' : 'string',
  });
  return {
    n,
    values,
    key,
    peer: { ...view, wrote: name => view.wrote(renamed(name)), text: name => view.text(renamed(name)) },
  };
}

const LONGEST_FIRST = Object.keys(NAMES).sort((one, other) => other.length - one.length);
const IN_TEXT = new RegExp(
  `(?<![\\w.])(?:${LONGEST_FIRST.map(name => name.replaceAll('.', '\\.')).join('|')})(?![\\w]|\\.\\w)`,
  'g',
);

/** What the first sink's file says, in the words of this one. */
export function* inWordsOf({ key }: Api, statements: Iterable<Statement>): Iterable<Statement> {
  const renamed = (name: string): string => (NAMES[name] === undefined ? name : key(NAMES[name]));
  for (const statement of statements) {
    if (GONE.includes(statement.from)) continue;
    const from = renamed(statement.from);
    // `headers` is a word too.
    const text = statement.text.replaceAll(IN_TEXT, name => (name === 'headers' ? name : renamed(name)));
    yield statement.kind === 'set' ? { ...statement, from } : { ...statement, from, text };
  }
}
