import { clientNames } from '../client-names.ts';
import type { Findings } from '../findings.ts';
import type { ConnectorSection, WorkerSection } from '../schema/section.ts';
import type { WrittenKeys } from '../schema/written-keys.ts';
import type { Files } from '../source/files.ts';
import type { KafkaConfig } from '../types.ts';
import { mapClient } from './client.ts';
import { completeProducer } from './producer.ts';
import { noteUnencrypted } from './security.ts';

const PREFIXES = ['reporter.producer.', 'reporter.admin.'] as const;
const NOTHING: WrittenKeys = new Map();

/** Whether the connector reports at all. */
export function reports({ values }: ConnectorSection): boolean {
  return values.reporterSuccessTopic !== null || values.reporterErrorTopic !== null;
}

/** The clients that write reports to another cluster; null where there is none. They inherit nothing: credentials are of one cluster. */
export function buildReportClients(
  name: string,
  worker: WorkerSection,
  connector: ConnectorSection,
  files: Files,
  findings: Findings,
): NonNullable<KafkaConfig['reports']> | null {
  const { reporterBootstrapServers: brokers } = connector.values;
  const idle = brokers === null ? 'no reporter.bootstrap.servers is written' : 'no topic of a reporter is written';
  if (brokers === null || !reports(connector)) {
    if (brokers !== null) findings.note('ignored', connector.origin('reporter.bootstrap.servers'), idle);
    for (const prefix of PREFIXES) {
      for (const { origin } of connector.family(prefix).values()) findings.note('ignored', origin, idle);
    }
    return null;
  }
  const [producer, admin] = PREFIXES.map(prefix => {
    const role = prefix === 'reporter.admin.' ? 'admin' : 'producer';
    const mapping = mapClient(role, [NOTHING, connector.family(prefix)], files, findings);
    mapping.preset('global', { 'bootstrap.servers': brokers.join(',') });
    return mapping;
  });
  completeProducer(name, worker, producer!);
  admin!.preset('global', { 'client.id': clientNames(name).admin });
  for (const mapping of [producer!, admin!]) noteUnencrypted(mapping);
  return { producer: producer!.properties(), admin: admin!.properties() };
}
