import type { Guide } from './dialect.ts';

export const GUIDE: Guide = {
  stays: [
    'Up to 15 APIs in one connector (`apis.num`, `api1.…`, documented once below), each with its topics, path, path parameters, query, headers, body, batches and retries. ' +
      'With one API its keys become the connector’s; with several each becomes one of `endpoints`, called `api1`, `api2`, ….',
    'A topic that several APIs name goes to the last of them.',
    '`${topic}`, `${key}` and fields of the value in paths, queries, headers and `api1.http.request.body`.',
    'Credentials: Basic, Bearer, API keys in a header or the query, OAuth 2.0 with its client’s credentials, a signed JWT or a Google service account.',
    'Headers of records, batches, replacements, records without a value, dead letters and reports, as with [the first sink](#confluents-http-sink).',
  ],
  differs: [
    'All that differs with the first sink: above all an endpoint that is out of order is waited for, and a request that is refused is taken apart.',
    '`behavior.on.error` is `FAIL` by default, in a file of Confluent Cloud too: then a record that converters refuse fails the task as well, whatever its dead letter topic; `IGNORE` parks both kinds.',
    'A topic that `topics` holds and no API is refused, and so is a parameter that the path does not hold.',
    'A request without a body (GET, DELETE) carries one record, whatever `api1.max.batch.size` says.',
    'All APIs share connections and credentials: the longest `http.connect.timeout.ms` counts. `report.only.status.code.to.success.topic` must be the same for all.',
    'Upserts (`api1.upsert.method=POST`) are refused; `api1.test.api` sends nothing.',
    '`oauth2.flow.type=CODE_GRANT_FLOW` needs a refresh token in the file, since Confluent Cloud does not give out its own.',
    '`https.ssl.enabled=true` sets the highest version of TLS, and not the lowest.',
  ],
  tune: [
    '`api1.max.batch.size` of 1 is one request a record: set it to some hundreds, with `api1.batch.json.as.array=true`, where the endpoint takes arrays.',
    'A key of ours beside them counts for all APIs (`batch.linger.ms=50`); behind `endpoints.api2.` it counts for that one.',
    '`delivery.max.in.flight` is shared among the APIs, fairly: one that is out of order does not stop the others.',
  ],
};
