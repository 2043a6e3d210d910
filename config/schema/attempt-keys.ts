import { integer, oneOf, statusRanges } from './formats.ts';
import { keyGroup } from './key-spec.ts';

const delivery = keyGroup('Delivery');
const answers = keyGroup('Answers of the endpoint');

/** How often a request is tried, and what follows the last time. */
export const attemptKeys = {
  deliveryMaxAttempts: delivery.withDefault(
    'delivery.max.attempts',
    integer(0, 1_000_000),
    '0',
    'How often one request is sent, the first time counted, while the endpoint is out of order: a 5xx, 408, 425, 429, no answer ' +
      'or a broken connection, or such a status for single records. `0`, the default, waits every outage out. Only what ' +
      'was sent counts: not the wait of a parked connector, whose endpoint refuses it as a whole (401, 403, an address that is ' +
      'wrong, an answer that can not be read), and not the wait for a token. A request that is taken apart to spare other ' +
      'partitions, as it is after the second attempt, goes on counting; with less than 3 it ends whole. `delivery.on.exhausted` ' +
      'says what follows.',
  ),
  deliveryOnExhausted: delivery.withDefault(
    'delivery.on.exhausted',
    oneOf('fail', 'error'),
    'fail',
    'What follows the last of `delivery.max.attempts`: `fail` fails the task, and nothing that the request carried is committed; ' +
      '`error` takes each of its records for one that can not be delivered, as `errors.tolerance` and the dead letter topic ' +
      'say, though the endpoint may have taken it. While the endpoint refuses one request after another, each is given up only after ' +
      'a back-off more, so that an outage does not drain the topics at full speed.',
  ),
  httpResponseRetryCodes: answers.optional(
    'http.response.retry.codes',
    statusRanges,
    'Statuses, single ones and ranges as in `http.response.success.codes`, that would say that a record is at fault (400 to ' +
      '499 without those that are repeated, renew credentials or park anyway), and after which the same request is sent again first, ' +
      'with the back-off: a 409 or 422 that may pass, a 404 of a record’s own address. A status of a single record (a 207) counts ' +
      'too. 413 is never repeated: the same is as large the next time.',
  ),
  httpResponseRetryMaxAttempts: answers.withDefault(
    'http.response.retry.max.attempts',
    integer(1, 1_000),
    '3',
    'How often a request is sent, the first time counted, that is answered with one of `http.response.retry.codes`; then happens what ' +
      'would have happened at once: several records are tried in halves, which are not repeated for this again, and one ' +
      'alone takes the way of `errors.tolerance`. Attempts that find the endpoint out of order do not count here.',
  ),
};
