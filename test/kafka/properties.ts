import type { Authority, Identity } from '../support/certificates.ts';

/** What a client logs in with, at the SASL listener; both SCRAM-SHA-512 and PLAIN know it. */
export const KAFKA_USER = { username: 'alice', password: 'alice-secret' } as const;

/**
 * The names of the listeners: plain text; SASL over TLS (SCRAM-SHA-512, PLAIN); TLS with client certificates; SASL in plain text
 * (PLAIN).
 */
export type Listener = 'PLAINTEXT' | 'SASL' | 'MTLS' | 'LOGIN';

export interface NodePorts extends Readonly<Record<Listener, number>> {
  readonly CONTROLLER: number;
}

export interface NodeSettings {
  readonly ports: NodePorts;
  readonly logDirectory: string;
  readonly partitions: number;
  readonly authority: Authority;
  readonly identity: Identity;
  /** Passwords of those who may log in with PLAIN besides `KAFKA_USER`. */
  readonly users: Readonly<Record<string, string>>;
  /** The file that holds the authority's certificate is the trust store. */
  readonly overrides: Readonly<Record<string, string>>;
}

const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

/** The server.properties of one KRaft node, broker and controller in one. */
export function serverProperties(settings: NodeSettings): string {
  const { ports } = settings;
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.CONTROLLER}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: listeners(ports, '127.0.0.1', true),
    'advertised.listeners': listeners(ports, 'localhost', false).replace(
      'PLAINTEXT://localhost',
      'PLAINTEXT://127.0.0.1',
    ),
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_SSL,MTLS:SSL,LOGIN:SASL_PLAINTEXT',
    'log.dirs': settings.logDirectory,
    'num.partitions': String(settings.partitions),
    ...ONE_NODE,
    ...security(settings),
    ...settings.overrides,
  };
  return `${Object.entries(properties)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** One node serves alone, answers at once, and takes short sessions so that a killed member is missed soon. */
const ONE_NODE: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'group.initial.rebalance.delay.ms': '0',
  'broker.session.timeout.ms': '1500',
  'broker.heartbeat.interval.ms': '300',
  'group.min.session.timeout.ms': '1000',
  'log.cleaner.backoff.ms': '200',
  'log.retention.check.interval.ms': '1000',
  // Records of tests may be of any time: none goes for its age.
  'log.retention.ms': '-1',
};

function listeners(ports: NodePorts, host: string, controller: boolean): string {
  return Object.entries(ports)
    .filter(([name]) => controller || name !== 'CONTROLLER')
    .map(([name, port]) => `${name}://${host}:${port}`)
    .join(',');
}

function security({ authority, identity, users }: NodeSettings): Record<string, string> {
  const known = Object.entries({ ...users, [KAFKA_USER.username]: KAFKA_USER.password });
  const plain = `${PLAIN} ${known.map(([username, password]) => `user_${username}="${password}"`).join(' ')};`;
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': identity.storePath,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority.certificatePath,
    'listener.name.mtls.ssl.client.auth': 'required',
    'listener.name.sasl.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': SCRAM,
    'listener.name.sasl.plain.sasl.jaas.config': plain,
    'listener.name.login.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.login.plain.sasl.jaas.config': plain,
  };
}
