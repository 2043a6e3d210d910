import type { Findings } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { ReporterConfig, ReportField, ReportTopicConfig } from './types.ts';

type Kind = 'success' | 'error';

const KINDS: readonly Kind[] = ['success', 'error'];
const PARTS = ['replication.factor', 'partitions'] as const;
const VALUE_PARTS = ['value', 'format'] as const;
const RESPONSE_LIMIT = 'reporter.response.max.bytes';
const SHARED = [
  'reporter.granularity',
  'reporter.format',
  'reporter.header.prefix',
  'reporter.headers',
  RESPONSE_LIMIT,
];
/** What reports of errors alone have. */
const OF_ERRORS: readonly ReportField[] = ['stage', 'exception', 'reason', 'response'];

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
  if (success === null) noteIdle(section, ['reporter.granularity'], 'each error is reported by itself', findings);
  for (const part of PARTS) {
    const [one, other] = KINDS.map(kind => settingsOf(section, kind)[part]);
    if (success?.name !== error?.name || one === other) continue;
    const text = 'must be the same for both, which are one topic';
    findings.fault('conflict', origin(`reporter.error.topic.${part}`), text);
  }
  const fields = values.reporterHeaders.map(([field]) => field);
  const reporter: ReporterConfig = {
    success,
    error,
    granularity: values.reporterGranularity,
    headers: values.reporterHeaders.map(([field, name]) => [field, name ?? values.reporterHeaderPrefix + field]),
    bodies: {
      success: success?.value === 'response',
      error: error !== null && (error.value === 'response' || fields.includes('response')),
    },
    responseMaxBytes: values.reporterResponseMaxBytes,
  };
  noteIdleParts(section, reporter, findings);
  checkHeaderNames(section, reporter, findings);
  return reporter;
}

function noteIdleParts(section: ConnectorSection, reporter: ReporterConfig, findings: Findings): void {
  const { error, headers, bodies } = reporter;
  const idle = (why: string, ...keys: readonly string[]): void => noteIdle(section, keys, why, findings);
  if (!bodies.success && !bodies.error) idle('no report has the body of an answer', RESPONSE_LIMIT);
  const own = KINDS.filter(kind => reporter[kind] !== null);
  if (own.every(kind => settingsOf(section, kind).format !== null)) {
    idle(`${own.map(kind => `reporter.${kind}.format`).join(' and ')} say otherwise`, 'reporter.format');
  }
  if (error === null && headers.every(([field]) => OF_ERRORS.includes(field))) {
    idle('no topic of errors is written, which alone have these', 'reporter.headers');
  }
}

/** Two that are called the same could not be told apart. */
function checkHeaderNames(section: ConnectorSection, { headers }: ReporterConfig, findings: Findings): void {
  const names = headers.map(([, name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  findings.fault('conflict', section.origin('reporter.headers'), `must not call two headers ${twice}`);
}

function settingsOf({ values }: ConnectorSection, kind: Kind) {
  return kind === 'success'
    ? {
        name: values.reporterSuccessTopic,
        'replication.factor': values.reporterSuccessFactor,
        partitions: values.reporterSuccessPartitions,
        value: values.reporterSuccessValue,
        format: values.reporterSuccessFormat,
      }
    : {
        name: values.reporterErrorTopic,
        'replication.factor': values.reporterErrorFactor,
        partitions: values.reporterErrorPartitions,
        value: values.reporterErrorValue,
        format: values.reporterErrorFormat,
      };
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
    const others = VALUE_PARTS.map(part => `reporter.${kind}.${part}`);
    noteIdle(section, [...PARTS.map(key), ...others], `no ${key('name')} is written`, findings);
    return null;
  }
  if (isRead(name)) {
    const text = 'must not be a topic that the connector reads: each report would come back to it as a record';
    findings.fault('conflict', section.origin(key('name')), text);
  } else if (name === section.values.deadLetterTopic) {
    const text = 'must not be errors.deadletterqueue.topic.name: what reads dead letters would take reports for them';
    findings.fault('conflict', section.origin(key('name')), text);
  }
  return { name, partitions, replicationFactor, value, format: format ?? section.values.reporterFormat };
}
