import type { Findings } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { ReporterConfig, ReportField, ReportTopicConfig } from './types.ts';

type Kind = 'success' | 'error';

const KINDS: readonly Kind[] = ['success', 'error'];
const PARTS = ['replication.factor', 'partitions'] as const;
const OWN_PARTS = ['value', 'format', 'headers'] as const;
const GRANULARITY = 'reporter.granularity';
const FORMAT = 'reporter.format';
const HEADERS = 'reporter.headers';
const PREFIX = 'reporter.header.prefix';
const RESPONSE_LIMIT = 'reporter.response.max.bytes';
const SHARED = [GRANULARITY, FORMAT, HEADERS, PREFIX, RESPONSE_LIMIT];
/** What reports of errors alone have. */
const OF_ERRORS: readonly ReportField[] = ['stage', 'exception', 'reason'];

/**
 * The topics that are told what became of the records; null where there are none.
 * @param isRead whether the connector reads a topic of this name
 */
export function readReporter(
  section: ConnectorSection,
  isRead: (topic: string) => boolean,
  findings: Findings,
): ReporterConfig | null {
  const { values, origin } = section;
  const success = topicOf(section, 'success', isRead, findings);
  const error = topicOf(section, 'error', isRead, findings);
  if (success === null && error === null) {
    noteIdle(section, SHARED, 'no topic of a reporter is written', findings);
    return null;
  }
  if (success === null) noteIdle(section, [GRANULARITY], 'each error is reported by itself', findings);
  for (const part of PARTS) {
    const [one, other] = KINDS.map(kind => settingsOf(section, kind)[part]);
    if (success?.name !== error?.name || one === other) continue;
    const text = 'must be the same for both, which are one topic';
    findings.fault('conflict', origin(`reporter.error.topic.${part}`), text);
  }
  const reporter: ReporterConfig = {
    success,
    error,
    granularity: values.reporterGranularity,
    bodies: { success: hasBody(success), error: hasBody(error) },
    responseMaxBytes: values.reporterResponseMaxBytes,
  };
  checkRecords(section, reporter, findings);
  noteIdleParts(section, reporter, findings);
  return reporter;
}

function has(topic: ReportTopicConfig, ...fields: readonly ReportField[]): boolean {
  return topic.headers.some(([field]) => fields.includes(field));
}

function hasBody(topic: ReportTopicConfig | null): boolean {
  return topic !== null && (topic.value === 'response' || has(topic, 'response'));
}

/** A report of a batch is of no record more than of another. */
function checkRecords(section: ConnectorSection, { success, granularity }: ReporterConfig, findings: Findings): void {
  if (granularity === 'record' || success === null) return;
  const fault = (key: string, what: string): void =>
    findings.fault('conflict', section.origin(key), `${what} needs ${GRANULARITY}=record: a batch has many`);
  if (success.value === 'record') fault('reporter.success.value', 'is record, which');
  else if (has(success, 'value')) fault(headersKeyOf(section, 'success'), 'names value, which');
}

function noteIdleParts(section: ConnectorSection, reporter: ReporterConfig, findings: Findings): void {
  const { bodies } = reporter;
  const idle = (why: string, ...keys: readonly string[]): void => noteIdle(section, keys, why, findings);
  if (!bodies.success && !bodies.error) idle('no report has the body of an answer', RESPONSE_LIMIT);
  const there = KINDS.filter(kind => reporter[kind] !== null);
  for (const [key, part] of [
    [FORMAT, 'format'],
    [HEADERS, 'headers'],
  ] as const) {
    if (there.some(kind => settingsOf(section, kind)[part] === null)) continue;
    idle(`${there.map(kind => `reporter.${kind}.${part}`).join(' and ')} say otherwise`, key);
  }
  for (const kind of there) {
    if (reporter[kind]!.value === 'record') idle("a record's own value stays as it is", `reporter.${kind}.format`);
  }
  if (reporter.success !== null && has(reporter.success, ...OF_ERRORS) && settingsOf(section, 'success').headers) {
    idle(`no report of success has ${OF_ERRORS.join(', ')}: those are of errors`, 'reporter.success.headers');
  }
}

function settingsOf({ values }: ConnectorSection, kind: Kind) {
  return kind === 'success'
    ? {
        name: values.reporterSuccessTopic,
        'replication.factor': values.reporterSuccessFactor,
        partitions: values.reporterSuccessPartitions,
        value: values.reporterSuccessValue,
        format: values.reporterSuccessFormat,
        headers: values.reporterSuccessHeaders,
      }
    : {
        name: values.reporterErrorTopic,
        'replication.factor': values.reporterErrorFactor,
        partitions: values.reporterErrorPartitions,
        value: values.reporterErrorValue,
        format: values.reporterErrorFormat,
        headers: values.reporterErrorHeaders,
      };
}

function headersKeyOf(section: ConnectorSection, kind: Kind): string {
  return settingsOf(section, kind).headers === null ? HEADERS : `reporter.${kind}.headers`;
}

function topicOf(
  section: ConnectorSection,
  kind: Kind,
  isRead: (topic: string) => boolean,
  findings: Findings,
): ReportTopicConfig | null {
  const { name, 'replication.factor': replicationFactor, partitions, value, format } = settingsOf(section, kind);
  const key = (part: string): string => `reporter.${kind}.topic.${part}`;
  if (replicationFactor === 0) {
    findings.fault('invalid', section.origin(key('replication.factor')), 'must be at least 1, or -1');
  }
  if (name === null) {
    const own = [...PARTS.map(key), ...OWN_PARTS.map(part => `reporter.${kind}.${part}`)];
    noteIdle(section, own, `no ${key('name')} is written`, findings);
    return null;
  }
  if (isRead(name)) {
    const text = 'must not be a topic that the connector reads: each report would come back to it as a record';
    findings.fault('conflict', section.origin(key('name')), text);
  } else if (name === section.values.deadLetterTopic) {
    const text = 'must not be errors.deadletterqueue.topic.name: what reads dead letters would take reports for them';
    findings.fault('conflict', section.origin(key('name')), text);
  }
  const headers = headersOf(section, kind, findings);
  return { name, partitions, replicationFactor, value, format: format ?? section.values.reporterFormat, headers };
}

/** Two that are called the same could not be told apart. */
function headersOf(section: ConnectorSection, kind: Kind, findings: Findings): ReportTopicConfig['headers'] {
  const { reporterHeaders, reporterHeaderPrefix } = section.values;
  const written = settingsOf(section, kind).headers ?? reporterHeaders;
  const headers = written.map(([field, name]) => [field, name ?? reporterHeaderPrefix + field] as const);
  const names = headers.map(([, name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    findings.fault('conflict', section.origin(headersKeyOf(section, kind)), `must not call two headers ${twice}`);
  }
  return headers;
}
