import type { Findings } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { ReporterConfig, ReportTopicConfig } from './types.ts';

type Kind = 'success' | 'error';

const KINDS: readonly Kind[] = ['success', 'error'];
const PARTS = ['replication.factor', 'partitions'] as const;
const SHARED = ['reporter.granularity', 'reporter.format', 'reporter.header.prefix'];

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
  return {
    success,
    error,
    granularity: values.reporterGranularity,
    format: values.reporterFormat,
    headerPrefix: values.reporterHeaderPrefix,
  };
}

function settingsOf({ values }: ConnectorSection, kind: Kind) {
  return kind === 'success'
    ? {
        name: values.reporterSuccessTopic,
        'replication.factor': values.reporterSuccessFactor,
        partitions: values.reporterSuccessPartitions,
      }
    : {
        name: values.reporterErrorTopic,
        'replication.factor': values.reporterErrorFactor,
        partitions: values.reporterErrorPartitions,
      };
}

function topicOf(
  section: ConnectorSection,
  kind: Kind,
  isRead: (topic: string) => boolean,
  findings: Findings,
): ReportTopicConfig | null {
  const { name, 'replication.factor': replicationFactor, partitions } = settingsOf(section, kind);
  const key = (part: string): string => `reporter.${kind}.topic.${part}`;
  if (replicationFactor === 0) {
    findings.fault('invalid', section.origin(key('replication.factor')), 'must be at least 1, or -1');
  }
  if (name === null) {
    noteIdle(section, PARTS.map(key), `no ${key('name')} is written`, findings);
    return null;
  }
  if (isRead(name)) {
    const text = 'must not be a topic that the connector reads: each report would come back to it as a record';
    findings.fault('conflict', section.origin(key('name')), text);
  } else if (name === section.values.deadLetterTopic) {
    const text = 'must not be errors.deadletterqueue.topic.name: what reads dead letters would take reports for them';
    findings.fault('conflict', section.origin(key('name')), text);
  }
  return { name, partitions, replicationFactor };
}
