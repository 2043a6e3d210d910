import { integer, oneOf, reportHeaderPrefix, topicName } from './formats.ts';
import { keyGroup } from './key-spec.ts';

const reports = keyGroup('Reports');

const FACTOR = 'Replication factor when the topic has to be created; -1 leaves it to the broker.';
const PARTITIONS = 'Partitions when the topic has to be created.';

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
    "Value of a report. `json`: an object of `outcome` (`delivered`, `dead-lettered`, `skipped`, `failed`), the record's " +
      '`topic`, `partition`, `offset` and `timestamp` (in a report of a batch of its first record, with `lastOffset`, ' +
      '`lastTimestamp` and `records` beside), of the answer `status`, `ms` and `attempt` (null where there was none), ' +
      '`connector` and `task`; for an error also `stage`, `exception` and `reason`, which dead letters name so too. `text`: ' +
      'for an error its reason, for a success the status of the answer.',
  ),
  reporterHeaderPrefix: reports.withDefault(
    'reporter.header.prefix',
    reportHeaderPrefix,
    '__tailrace.report.',
    'What the names of the headers of a report begin with, which say in texts where the record stands and what became of it: ' +
      '`topic`, `partition`, `offset`, `timestamp`, `outcome`, and `status` where there was an answer.',
  ),
};
