import { boolean, integer, oneOf, secretText, text, topicList, verbatimText } from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';
import { DAY_MS } from '../schema/units.ts';
import { jvmStatuses } from './confluent-statuses.ts';

const INT = 2_147_483_647;

const FILLED = '`${topic}` and `${key}` are filled in, and `${field}` or `${field.inner}` from the value of the record';

/** The keys of one API, each behind `api<n>.`. */
export function keysOfApi(n: number) {
  const key = (rest: string): string => `api${n}.${rest}`;
  const api = keyGroup(`Each API (api${n}.…)`);
  return {
    topics: api.optional(
      key('topics'),
      topicList,
      'Topics whose records go to this API. A topic that several name goes to the last of them. Required where there are several APIs.',
    ),
    path: api.withDefault(key('http.api.path'), text, '', `What stands behind \`http.api.base.url\`. ${FILLED}.`),
    method: api.withDefault(
      key('http.request.method'),
      oneOf('POST', 'PUT', 'PATCH', 'GET', 'DELETE'),
      'POST',
      'Method of the requests. With `DELETE`, `/${key}` stands behind a path that holds neither `${key}` nor `${topic}`. GET and DELETE have no body.',
    ),
    headers: api.optional(
      key('http.request.headers'),
      secretText,
      `Headers of every request, \`name:value\`; only the first colon ends the name. ${FILLED}.`,
    ),
    headerSeparator: api.withDefault(
      key('http.request.headers.separator'),
      verbatimText,
      '|',
      'What stands between two headers.',
    ),
    sensitiveHeaders: api.optional(
      key('http.request.sensitive.headers'),
      secretText,
      'Further headers, written as the others are; they go first.',
    ),
    parameters: api.optional(
      key('http.request.parameters'),
      text,
      `The query of the address, \`name=value\`. ${FILLED}.`,
    ),
    parameterSeparator: api.withDefault(
      key('http.request.parameters.separator'),
      verbatimText,
      '&',
      'What stands between two of them.',
    ),
    pathParameters: api.optional(
      key('http.path.parameters'),
      text,
      `What \`\${name}\` and \`{name}\` stand for in the path, \`name:value\`. ${FILLED}.`,
    ),
    pathParameterSeparator: api.withDefault(
      key('http.path.parameters.separator'),
      verbatimText,
      '|',
      'What stands between two of them.',
    ),
    body: api.withDefault(
      key('http.request.body'),
      verbatimText,
      '',
      `A text that takes the place of each record. ${FILLED}, each as it is.`,
    ),
    getBody: api.withDefault(
      key('allow.get.request.body'),
      boolean,
      'false',
      'With `GET`: whether requests have a body all the same.',
    ),
    forwardHeaders: api.withDefault(
      key('forward.kafka.headers'),
      boolean,
      'true',
      'Whether the headers of a record are headers of its request.',
    ),
    responseCompression: api.withDefault(
      key('http.response.compression.enabled'),
      boolean,
      'true',
      'Whether compressed answers are asked for.',
    ),
    bodyFormat: api.withDefault(
      key('request.body.format'),
      oneOf('JSON', 'STRING'),
      'JSON',
      'How records are written: as JSON, or as Java’s `toString` does (a text as it is, a map as `{a=1}`).',
    ),
    asArray: api.withDefault(
      key('batch.json.as.array'),
      boolean,
      'false',
      'With `JSON`: whether records stand in a JSON array. `false` needs `max.batch.size=1`.',
    ),
    batchSize: api.withDefault(
      key('max.batch.size'),
      integer(1, INT),
      '1',
      'Most records of a request, 1000000 at most.',
    ),
    batchKey: api.withDefault(
      key('batch.key.pattern'),
      verbatimText,
      '',
      'Records for which it differs do not share a request; `${key}` and `${topic}` are filled in.',
    ),
    prefix: api.withDefault(key('batch.prefix'), verbatimText, '', 'What stands before the first record.'),
    suffix: api.withDefault(key('batch.suffix'), verbatimText, '', 'What stands behind the last record.'),
    separator: api.withDefault(key('batch.separator'), verbatimText, ',', 'What stands between two records.'),
    patterns: api.withDefault(
      key('regex.patterns'),
      verbatimText,
      '',
      'Java regular expressions between `regex.separator`; what they match in the text of each record is replaced.',
    ),
    replacements: api.withDefault(
      key('regex.replacements'),
      verbatimText,
      '',
      'What takes the place of each pattern’s matches; `${key}` and `${topic}` are filled in.',
    ),
    regexSeparator: api.withDefault(key('regex.separator'), verbatimText, '~', 'What stands between two of either.'),
    onNullValues: api.withDefault(
      key('behavior.on.null.values'),
      oneOf('IGNORE', 'DELETE', 'FAIL'),
      'IGNORE',
      'A record without a value: `IGNORE`, skipped and counted; `FAIL`, an error of that record; `DELETE`, a DELETE to its address, or to that with ' +
        '`/` and its key behind where it holds nothing of the record.',
    ),
    maxRetries: api.withDefault(
      key('max.retries'),
      integer(0, 5_000),
      '5',
      'How often a request is repeated that is answered with a 4xx of `retry.on.status.codes`. What says that the endpoint is out of order is repeated without an end.',
    ),
    backoffMs: api.withDefault(
      key('retry.backoff.ms'),
      integer(0, DAY_MS),
      '3000',
      'Milliseconds before the first repetition.',
    ),
    backoffPolicy: api.withDefault(
      key('retry.backoff.policy'),
      oneOf('EXPONENTIAL_WITH_JITTER', 'CONSTANT_VALUE'),
      'EXPONENTIAL_WITH_JITTER',
      'Whether that time doubles with each repetition, up to a minute, or stays.',
    ),
    retryCodes: api.withDefault(
      key('retry.on.status.codes'),
      jvmStatuses,
      '400-',
      'Statuses that are repeated: codes, and ranges with an end or without, between commas. 5xx, 408, 425 and 429 always are.',
    ),
    connectTimeoutMs: api.withDefault(
      key('http.connect.timeout.ms'),
      integer(0, INT),
      '30000',
      'Milliseconds that opening a connection may take; 0: a day. All APIs share their connections, and the longest time counts.',
    ),
    requestTimeoutMs: api.withDefault(
      key('http.request.timeout.ms'),
      integer(0, INT),
      '30000',
      'Milliseconds that an answer may take once the connection is open; 0: a day.',
    ),
    statusOnly: api.withDefault(
      key('report.only.status.code.to.success.topic'),
      boolean,
      'false',
      'Whether a report of success holds the status alone, and not the body of the answer; the same for all APIs.',
    ),
    upsertMethod: api.withDefault(
      key('upsert.method'),
      oneOf('NONE', 'POST'),
      'NONE',
      'Upserts: anything but `NONE` is not supported.',
    ),
    upsertPath: api.optional(key('upsert.api.path'), text, 'Of upserts: none may be written.'),
    upsertField: api.optional(key('upsert.on.field.value'), text, 'Of upserts: none may be written.'),
    testApi: api.withDefault(
      key('test.api'),
      boolean,
      'false',
      'Accepted: no test record is sent, and the endpoint is asked with the first record.',
    ),
  };
}
