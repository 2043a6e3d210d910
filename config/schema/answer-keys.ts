import { answerRule, itemRule } from './answer-rule.ts';
import { boolean, integer, oneOf, statusRanges } from './formats.ts';
import { jsonPointer } from './json-pointer.ts';
import { keyGroup } from './key-spec.ts';

const answers = keyGroup('Answers of the endpoint');
const errors = keyGroup('Errors and dead letters');

const FAILURE_STATUS = integer(400, 599);

const wholePart = {
  httpResponseSuccessCodes: answers.withDefault(
    'http.response.success.codes',
    statusRanges,
    '200,201,202,204',
    'Statuses that confirm a request, single ones and ranges, with open ends too (`200-`, `-299`). A status in this list ' +
      'confirms whatever it would mean otherwise: `200-299,409` takes what an idempotent endpoint knows already.',
  ),
  httpResponseSuccessWhen: answers.optional(
    'http.response.success.when',
    answerRule,
    'What must be true of an answer, beside its status, to confirm a request (see Rules about answers). Where that can not ' +
      'be told, since the body is missing, no JSON, compressed or larger than is read, nothing is confirmed and the ' +
      'connector parks.',
  ),
  httpResponseFailureStatus: answers.withDefault(
    'http.response.failure.status',
    FAILURE_STATUS,
    '422',
    'What an answer counts as that `http.response.success.when` does not hold for: `422` says that a record is at fault, ' +
      '`503` that the same may be taken later, `401` that the credentials have expired; any status means what it means ' +
      'when an endpoint answers it.',
  ),
};

const recordsPart = {
  httpResponseRecords: answers.withDefault(
    'http.response.records',
    oneOf('none', 'multi-status', 'aep', 'bulk', 'kinesis', 'custom'),
    'multi-status',
    'How an answer names what became of each record (see Answers record by record). `multi-status`: a status for each in its ' +
      "place; `aep`: Adobe's collection API; `bulk`: Elasticsearch and OpenSearch; `kinesis`: Kinesis, Firehose and " +
      'EventBridge; `custom`: as `http.response.records.…` says; `none`: it never does.',
  ),
  httpResponseRecordsStatusCodes: answers.optional(
    'http.response.records.status.codes',
    statusRanges,
    'Statuses whose answers are read record by record. By default 207 for `multi-status` and `custom`, 200 and 207 for `aep`, ' +
      '200 for `bulk` and `kinesis`.',
  ),
  httpResponseRecordsPointer: answers.optional(
    'http.response.records.pointer',
    jsonPointer,
    'Of `custom`: where the array of items stands; the whole body by default.',
  ),
  httpResponseRecordsIndex: answers.optional(
    'http.response.records.index',
    jsonPointer,
    "Of `custom`: where in an item the record's index stands. By default items are in the order in which records were sent.",
  ),
  httpResponseRecordsIndexFirst: answers.withDefault(
    'http.response.records.index.first',
    integer(0, 1),
    '0',
    'The index of the first record.',
  ),
  httpResponseRecordsId: answers.optional(
    'http.response.records.id',
    jsonPointer,
    "Of `custom`: where in an item the record's id stands, `topic-partition-offset`. In place of an index.",
  ),
  httpResponseRecordsStatus: answers.optional(
    'http.response.records.status',
    jsonPointer,
    'Of `custom`: where in an item its status stands, a number or the digits of one.',
  ),
  httpResponseRecordsSuccessWhen: answers.optional(
    'http.response.records.success.when',
    itemRule,
    'Of `custom`: what must be true of an item to confirm its record, beside its status where it has one. Its pointers begin ' +
      'at the item.',
  ),
  httpResponseRecordsFailureStatus: answers.withDefault(
    'http.response.records.failure.status',
    FAILURE_STATUS,
    '422',
    'Of `custom`: what an item counts as that `http.response.records.success.when` does not hold for.',
  ),
};

/** The keys that say what an answer means. */
export const answerKeys = { ...wholePart, ...recordsPart };

/** What dead letters keep of an answer. */
export const responseHeaderKeys = {
  deadLetterResponseHeaders: errors.withDefault(
    'errors.deadletterqueue.response.headers.enable',
    boolean,
    'false',
    'Add `__tailrace.response.*` headers to the dead letter of a record that the endpoint refused: `status`, `reason` and ' +
      "`body`, the answer's beginning, and `record.status` and `record.body` where it names the record. At most 1,024 bytes " +
      'each, without control characters. An answer may repeat what the record holds.',
  ),
};

const RULES = `## Rules about answers

\`http.response.success.when\` and its like hold a rule: clauses that are joined with \`and\` and \`or\`, of which \`and\` binds
tighter, each a subject and what must be true of it:

| subject | is |
| --- | --- |
| \`/result/state\`, \`"/with blank"\`, \`""\` | the value at a JSON pointer (RFC 6901) of the body; \`""\` is all of it. A pointer ends at a blank, or stands in quotes |
| \`status\` | the status of the answer |
| \`body\` | the body as a text |

| test | holds where |
| --- | --- |
| \`exists\`, \`absent\` | something stands there, or nothing. A JSON \`null\` counts as nothing, and so does an empty body |
| \`== "ok"\`, \`!= 0\`, \`in 0, 200\` | the value is the same, is another one, is one of these: texts in quotes, numbers, \`true\`, \`false\`, \`null\`, \`[]\`, \`{}\`. A number is no text of digits |
| \`< 1\`, \`<= 1\`, \`> 1\`, \`>= 1\` | it is such a number |
| \`~ ^done\`, \`!~ "no [a-z]+"\` | a Java regular expression is found in the text, number or boolean, or is not. Without quotes it ends at a blank |

Double quotes take JSON's escapes, single quotes take a text as it is (\`''\` is one quote). What is not there equals nothing, is no
number and matches nothing, so that \`!=\` and \`!~\` hold for it. Examples:

    http.response.success.when=/errors == false
    http.response.success.when=/status in "ok", "accepted" and /error absent or status == 204
    http.response.failure.when.503=/error/code ~ ^(BUSY|THROTTLED)$
    http.response.failure.status=422

A status of \`http.response.success.codes\` comes first: rules are asked only of answers that have one, and not of those that are
read record by record. Then the rules of \`http.response.failure.when.<status>\`, by ascending status, say what the answer counts as,
and \`http.response.success.when\` whether it confirms. A rule whose truth depends on a body that can not be read (none, no JSON,
more than \`http.response.max.bytes\`, a text of more than 65,536 characters) is neither true nor false: then nothing is confirmed, no
record is taken to be at fault, and the connector parks. Name such answers in a rule where they mean something: \`status == 204\`,
\`body absent\`.

## Answers record by record

Each record gets its own outcome: confirmed, sent again, or refused, as its status says. An answer that does not name each record
that was sent exactly once, or that contradicts itself, confirms none, and the connector parks.

- \`multi-status\`: an array, or one in \`responses\`, \`results\` or \`items\`, whose entries have a \`status\` or \`statusCode\`, in order.
- \`aep\`: \`responses\`, in order, or by the index behind \`xactionId\` where all have one. Those without \`status\` or \`statusCode\` (numbers
  or texts) are taken. A 200 without \`responses\` is the answer for a single message.
- \`bulk\`: \`items\`, in order, one operation each. 409 of a \`create\` and 404 of a \`delete\` are taken, since a repetition finds
  them done; a document that an \`update\` does not find is its record's fault (422). \`errors: false\` alone, without \`items\`, takes all.
- \`kinesis\`: \`Records\`, \`RequestResponses\` (Firehose) or \`Entries\` (EventBridge) in order; \`ErrorCode\` says whether a record is
  sent again, and unknown ones are.
- \`custom\`: \`http.response.records.pointer\` leads to the array of items; an item is about the record in its place, or with the
  index or the id that it has. A \`status\` that does not confirm decides; else \`http.response.records.failure.when.<status>\` and
  \`http.response.records.success.when\` do, as for whole answers. An item with neither status nor rule confirms nothing.
`;

/** What the reference says about the language of rules and about mappers. */
export function renderAnswers(): string {
  return RULES;
}
