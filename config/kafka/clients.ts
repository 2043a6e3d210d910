import { clientNames } from '../client-names.ts';
import type { Findings } from '../findings.ts';
import type { ConnectorSection, WorkerSection } from '../schema/section.ts';
import type { Written } from '../schema/written-keys.ts';
import type { Files } from '../source/files.ts';
import type { ClientProperties, KafkaConfig } from '../types.ts';
import { type ClientLayers, mapClient, NOTHING_WRITTEN } from './client.ts';
import { ALL, type ClientRole } from './client-key.ts';
import { completeConsumer } from './consumer.ts';
import { rolesOf } from './keys.ts';
import type { ClientMapping } from './mapping.ts';
import { checkOverrides } from './override-policy.ts';
import { completeProducer } from './producer.ts';
import { buildReportClients, reports } from './report-clients.ts';
import { noteUnencrypted } from './security.ts';

/** What the three clients of a connector are created with: Kafka Connect's inheritance and defaults. */
export function buildKafka(
  name: string,
  worker: WorkerSection,
  connector: ConnectorSection,
  files: Files,
  findings: Findings,
): KafkaConfig {
  notePlainKeys(worker, findings);
  if (!writes(connector)) noteIdleClients(connector, findings);
  for (const role of ALL) checkOverrides(role, worker, connector, findings);
  const consumer = mapClient('consumer', layers('consumer', worker, connector), files, findings);
  const offsetReset = completeConsumer(name, worker, connector, consumer);
  // Kafka Connect, too, creates the producer and the admin client only where a topic needs them.
  const theirFiles = writes(connector) ? files : null;
  const producer = mapClient('producer', layers('producer', worker, connector), theirFiles, findings);
  completeProducer(name, worker, producer);
  const ofAdmin = layers('admin', worker, connector);
  const admin = mapAdmin(ofAdmin, clientNames(name).admin, worker, theirFiles, findings);
  for (const mapping of [consumer, producer, admin]) noteUnencrypted(mapping);
  if (writes(connector)) noteOtherCluster(consumer, [producer, admin]);
  const ofReports = buildReportClients(name, worker, connector, files, findings);
  return {
    groupId: consumer.target('group.id')!,
    ...offsetReset,
    consumer: consumer.properties(),
    producer: producer.properties(),
    admin: admin.properties(),
    ...(ofReports !== null && { reports: ofReports }),
  };
}

/** What the client of the worker's own questions is created with: the worker's bare keys, and those behind `admin.`, which win. */
export function mapWorkerAdmin(worker: WorkerSection, files: Files, findings: Findings): ClientProperties {
  const written: ClientLayers = [workerLayer('admin', worker), new Map()];
  return mapAdmin(written, 'connector-worker-adminclient', worker, files, findings).properties();
}

function mapAdmin(
  written: ClientLayers,
  clientId: string,
  worker: WorkerSection,
  files: Files | null,
  findings: Findings,
): ClientMapping {
  const admin = mapClient('admin', written, files, findings);
  admin.preset('global', {
    'bootstrap.servers': worker.values.bootstrapServers?.join(',') ?? '',
    'client.id': clientId,
  });
  return admin;
}

/** Whether the connector writes topics with these clients: dead letters, or reports that go nowhere else. */
function writes(connector: ConnectorSection): boolean {
  const { deadLetterTopic, reporterBootstrapServers } = connector.values;
  return deadLetterTopic !== null || (reporterBootstrapServers === null && reports(connector));
}

/** Not of one broker in common is a sign only: it may be another listener of the same cluster. */
function noteOtherCluster(consumer: ClientMapping, others: readonly ClientMapping[]): void {
  const key = 'bootstrap.servers';
  const own = consumer.brokers.map(broker => broker.toLowerCase());
  for (const other of others) {
    if (other.brokers.some(broker => own.includes(broker.toLowerCase()))) continue;
    const text =
      'names none of the brokers that records are read from: dead letters and reports may leave their cluster';
    const written = [other, consumer].find(mapping => mapping.text(key) !== null);
    written?.note('remark', key, text);
  }
}

/** Only the admin client has keys of the worker file without a prefix, as in Kafka Connect. */
function layers(role: ClientRole, worker: WorkerSection, connector: ConnectorSection): ClientLayers {
  return [workerLayer(role, worker), connector.family(`${role}.override.`)];
}

function workerLayer(role: ClientRole, worker: WorkerSection): ReadonlyMap<string, Written> {
  const plain = role === 'admin' ? [...worker.plainClientKeys].filter(([key]) => rolesOf(key).includes('admin')) : [];
  return new Map([...plain, ...worker.family(`${role}.`)]);
}

/** A very common mistake: `security.protocol` and its like reach no consumer unless they are written with its prefix. */
function notePlainKeys(worker: WorkerSection, findings: Findings): void {
  for (const [key, { origin }] of worker.plainClientKeys) {
    if (!rolesOf(key).includes('admin')) {
      findings.note('ignored', origin, 'consumers and producers take client keys with their prefix only (consumer.…)');
    } else if (/^(security|sasl|ssl)\./.test(key) && !worker.family('consumer.').has(key)) {
      const text = `does not reach the consumers, as in Kafka Connect: write consumer.${key} and producer.${key} too`;
      findings.note('remark', origin, text);
    }
  }
}

function noteIdleClients(connector: ConnectorSection, findings: Findings): void {
  for (const prefix of ['producer.override.', 'admin.override.']) {
    for (const { origin } of connector.family(prefix).values()) findings.note('ignored', origin, NOTHING_WRITTEN);
  }
}
