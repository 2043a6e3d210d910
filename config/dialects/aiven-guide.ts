import type { Guide } from './dialect.ts';

export const guide: Guide = {
  stays: [
    'Requests are POSTs with the same body, byte for byte, for strings: one record each, or `batch.max.size` of them between ' +
      '`batch.prefix`, `batch.separator` and `batch.suffix`. The suffix and the separator are line ends by default.',
    'The same headers: no `Content-Type` unless `http.headers.content.type` is written, `http.headers.additional`, and ' +
      '`http.headers.authorization` with `static`.',
    'The same token requests, whatever the form’s parameters are called, and the same `Authorization` header made of the answer’s `token_type`. ' +
      'Id and secret are not form-encoded for the Basic header.',
    'Values are strings, Structs or maps. Anything else (a number, a boolean, an array, bytes, null) is an error of that record.',
    '`http.timeout` is in seconds, and the proxy serves token requests too.',
  ],
  differs: [
    'A request that fails because the endpoint is away (no answer, 408, 425, 429, 5xx) is repeated until it is taken, with pauses that ' +
      'begin at `retry.backoff.ms` and grow to a minute. On the JVM the task fails after `max.retries`, or the record goes to the dead letter topic.',
    'A 4xx about a record is repeated `max.retries` times. Then the batch is taken apart until the record at fault is found; it alone takes the way ' +
      'of `errors.tolerance`. So `errors.tolerance=all` works with batching, which the JVM’s sink refuses.',
    'An answer that refuses us as a whole (401, 403, 404, 405, 415 and others) parks the connector until it is taken: nothing fails, nothing is lost.',
    'Statuses of 300 to 399 confirm nothing: the JVM’s sink takes a redirect that it does not follow for a delivery. A 207 is read record by record; ' +
      '`http.response.records=none` takes it as a whole.',
    'A null value is an error of that record, where the JVM’s task fails even with `errors.tolerance=all`.',
    'JSON of `JsonConverter` without schemas keeps the order and the spelling of what lies in Kafka (`1.0`, integers beyond 64 bits); Java goes through a `HashMap`, ' +
      'a Long or a Double, and may write names in another order.',
    'Requests speak HTTP/1.1, where Java’s client offers HTTP/2 first; `http.version=2` speaks that. `User-Agent` is our own.',
    'Up to `delivery.max.in.flight` requests are under way at a time, one per partition, so that the order of a partition holds. A batch may hold records of ' +
      'several partitions, and waits up to `batch.linger.ms` for more; on the JVM it holds what one poll returned.',
    'A body has at most 16 MiB (`batch.max.bytes`); a batch beyond that becomes two, and a record beyond that can not be delivered. ' +
      'Raise it together with `buffer.max.bytes` where records are larger.',
    'A token is renewed shortly before it expires, and not only after a refusal. A value of `http.headers.additional` may hold colons.',
    'A relative `http.ssl.truststore.location` is looked for in the working directory, where the JVM’s sink searches its class path and the folder of its JAR.',
  ],
  tune: [
    '`batching.enabled=true` where the endpoint takes several records: a request each is many times slower.',
    '`batch.linger.ms=0` sends what is there at once, as the JVM’s sink does; more than 20 makes fuller requests of a trickle.',
    '`delivery.max.attempts` with `delivery.on.exhausted` where an outage is to end the task, or to cost records, as `max.retries` did.',
    '`http.request.compression=gzip` and `http.idempotency.key.enabled=true`, which the JVM’s sink has not got.',
  ],
};
