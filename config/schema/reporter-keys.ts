import { brokerList, integer, oneOf, topicName } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { reportHeaderPrefix, reportHeaders } from './report-formats.ts';
import { MEBIBYTE } from './units.ts';

const reports = keyGroup('Reports');

const FACTOR = 'Replication factor when the topic has to be created; -1 leaves it to the broker.';
const PARTITIONS = 'Partitions when the topic has to be created.';
const RESPONSE =
  "`response`, the body of the endpoint's answer, as text, with secrets of ours in it masked. Each record of a request has that of the whole " +
  'request. Nothing (in `json`, `null`) where there was no answer, or one in a coding that is not known here: see `reporter.headers` for the reason. `record`, ' +
  'the value of the record itself, as it is in Kafka.';

/** Topics that are told what became of the records. */
export const reporterKeys = {
  reporterSuccessTopic: reports.optional(
    'reporter.success.topic.name',
    topicName,
    'Topic that is told which records the endpoint confirmed. A record counts as delivered, and its offset is committed, ' +
      'only when its report is acknowledged by all in-sync replicas: while the topic can not be written, sending goes on up ' +
      'to `delivery.max.uncommitted.records`, and after a crash these are sent, and reported, again. None of the topics that the ' +
      'connector reads, and not the dead letter topic.',
  ),
  reporterSuccessFactor: reports.withDefault(
    'reporter.success.topic.replication.factor',
    integer(-1, 32_767),
    '3',
    FACTOR,
  ),
  reporterSuccessPartitions: reports.withDefault(
    'reporter.success.topic.partitions',
    integer(1, 10_000),
    '1',
    PARTITIONS,
  ),
  reporterErrorTopic: reports.optional(
    'reporter.error.topic.name',
    topicName,
    'Topic that is told which records could not be delivered, and why: each is reported by itself, behind its dead letter ' +
      'where there is one. The same holds as for `reporter.success.topic.name`, which it may equal. What a transform drops, ' +
      'or `behavior.on.null.values=ignore` skips, is not reported.',
  ),
  reporterErrorFactor: reports.withDefault('reporter.error.topic.replication.factor', integer(-1, 32_767), '3', FACTOR),
  reporterErrorPartitions: reports.withDefault('reporter.error.topic.partitions', integer(1, 10_000), '1', PARTITIONS),
  reporterBootstrapServers: reports.optional(
    'reporter.bootstrap.servers',
    brokerList,
    'Brokers of another cluster that the topics of reports are of. The clients for it have nothing in common with those of the records, since ' +
      'credentials are of one cluster: theirs are `reporter.producer.…` and `reporter.admin.…`, client keys (see Kafka client keys) without which they speak ' +
      'unencrypted. By default reports go where dead letters go, with the same producer.',
  ),
  reporterGranularity: reports.withDefault(
    'reporter.granularity',
    oneOf('record', 'batch'),
    'record',
    'What a report of success is about: `record`, one record, whose key is the key of the report; `batch`, the records of ' +
      'one partition that one answer confirmed, with the key `<topic>-<partition>`. To write a report for each record costs ' +
      'far more than to deliver it in a large batch; a report for each batch costs next to nothing.',
  ),
  reporterFormat: reports.withDefault(
    'reporter.format',
    oneOf('json', 'text'),
    'json',
    "Form of what `reporter.success.value` and `reporter.error.value` say. Of a `report`, `json`: an object of `outcome` (`delivered`, `dead-lettered`, `skipped`, `failed`), the record's " +
      '`topic`, `partition`, `offset` and `timestamp` (in a report of a batch of its first record, with `lastOffset`, ' +
      '`lastTimestamp` and `records` beside), of the answer `status`, `ms` and `attempt` (null where there was none), ' +
      '`connector` and `task`; for an error also `stage`, `exception` and `reason`, which dead letters name so too. `text`: ' +
      'for an error its reason, for a success the status of the answer. Of anything else `text` is the text itself, and `json` that text ' +
      'as JSON, in quotes (a status as a number), as a Connect converter reads it.',
  ),
  reporterSuccessValue: reports.withDefault(
    'reporter.success.value',
    oneOf('report', 'response', 'record', 'status'),
    'report',
    `Value of a report of success: \`report\`, what became of the record; \`status\`, the status of the answer alone; ${RESPONSE}`,
  ),
  reporterErrorValue: reports.withDefault(
    'reporter.error.value',
    oneOf('report', 'response', 'record', 'reason'),
    'report',
    `Value of a report of an error: \`report\`, what became of the record; \`reason\`, why, in one line; ${RESPONSE}`,
  ),
  reporterSuccessFormat: reports.optional(
    'reporter.success.format',
    oneOf('json', 'text'),
    'Form of reports of success, where it is another than `reporter.format`.',
  ),
  reporterErrorFormat: reports.optional(
    'reporter.error.format',
    oneOf('json', 'text'),
    'Form of reports of errors, where it is another than `reporter.format`.',
  ),
  reporterSuccessHeaders: reports.optional(
    'reporter.success.headers',
    reportHeaders,
    'Headers of reports of success, where they are others than `reporter.headers`.',
  ),
  reporterErrorHeaders: reports.optional(
    'reporter.error.headers',
    reportHeaders,
    'Headers of reports of errors, where they are others than `reporter.headers`.',
  ),
  reporterResponseMaxBytes: reports.withDefault(
    'reporter.response.max.bytes',
    integer(1, 100 * MEBIBYTE),
    '131072',
    "Most bytes of an answer's body in the value of a report, and in a header of it, in the form that they have there. What is longer is cut, which the header " +
      '`truncated` tells (behind `reporter.header.prefix`); of what is beyond `http.response.max.bytes` nothing is read at all. A report that the topic ' +
      'does not take for its size fails the task. What waits to be written counts as memory of `delivery.buffer.max.bytes`.',
  ),
  reporterHeaders: reports.withDefault(
    'reporter.headers',
    reportHeaders,
    'topic,partition,offset,timestamp,outcome,status,truncated',
    'The headers of a report, in texts: where the record stands (`topic`, `partition`, `offset`, `timestamp`), the `outcome`, the `status` of the answer, ' +
      '`truncated` (`true`) where its body was cut, and of an error its `stage`, `exception` and `reason`; the body of the answer, `response`; the `value` of the record, as it is in Kafka. ' +
      'What there is not of a record has no header. ' +
      'A name behind a colon is the whole name of the header, `topic:input_record_topic`; without one it is that of the list behind `reporter.header.prefix`.',
  ),
  reporterHeaderPrefix: reports.withDefault(
    'reporter.header.prefix',
    reportHeaderPrefix,
    '__tailrace.report.',
    'What the names of the headers of a report begin with, where `reporter.headers` does not name them.',
  ),
};
