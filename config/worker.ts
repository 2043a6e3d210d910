import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { checkPolicy } from './kafka/override-policy.ts';
import type { WorkerSection } from './schema/section.ts';
import type { WorkerConfig } from './types.ts';

export function buildWorker(section: WorkerSection, findings: Findings): WorkerConfig {
  const { values } = section;
  checkPolicy(section, findings);
  if (!values.listenersAllowInsecureRemote) remarkRemote(section, findings);
  return {
    bootstrapServers: values.bootstrapServers ?? [],
    rest: {
      listeners: values.listeners.map(at => ({ protocol: 'http', ...at })),
      adminListeners: null,
      tls: null,
      adminTls: null,
      advertised: { host: null, port: null },
      usersFile: null,
      readers: [],
      allowInsecureWrites: false,
      cors: null,
      responseHeaders: [],
      topicTracking: { enabled: true, reset: true },
    },
    offsetFlushIntervalMs: values.offsetFlushIntervalMs,
    offsetFlushTimeoutMs: values.offsetFlushTimeoutMs,
    taskShutdownGracefulTimeoutMs: values.taskShutdownGracefulTimeoutMs,
    logLevel: values.logLevel,
    reader: values.reader,
    admin: { global: {}, topic: {} },
    stateFile: null,
    metricNames: 'exporter',
  };
}

/** As in Kafka Connect, whose own default listens everywhere; here nothing but health and metrics can be had. */
function remarkRemote({ values, origin }: WorkerSection, findings: Findings): void {
  const hosts = values.listeners.map(({ host }) => host).filter(host => !isLoopback(host));
  if (hosts.length === 0) return;
  findings.note(
    'remark',
    origin('listeners'),
    `lets other machines read /health and /metrics on ${hosts.join(', ')}, without TLS or authentication: ` +
      'http://127.0.0.1:8083 keeps them out, listeners.allow.insecure.remote=true says that this is meant',
  );
}
