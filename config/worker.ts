import type { Findings } from './errors.ts';
import { isLoopback } from './formats.ts';
import type { WorkerSection } from './section.ts';
import type { WorkerConfig } from './types.ts';

const ALL_OVERRIDES = ['all', 'org.apache.kafka.connect.connector.policy.allconnectorclientconfigoverridepolicy'];

export function buildWorker({ values, origin }: WorkerSection, findings: Findings): WorkerConfig {
  if (!ALL_OVERRIDES.includes(values.overridePolicy.toLowerCase())) {
    const message = 'must be All: other policies are not supported, and a weaker check must not stand in for them';
    findings.fault('unsupported', origin('connector.client.config.override.policy'), message);
  }
  for (const { host } of values.listeners) {
    if (isLoopback(host) || values.listenersAllowInsecureRemote) continue;
    const message =
      `opens ${host} to other machines without TLS or authentication: write http://127.0.0.1:8083, ` +
      'or listeners.allow.insecure.remote=true where the network is trusted';
    findings.fault('forbidden', origin('listeners'), message);
  }
  return {
    bootstrapServers: values.bootstrapServers ?? [],
    listeners: values.listeners,
    offsetFlushIntervalMs: values.offsetFlushIntervalMs,
    offsetFlushTimeoutMs: values.offsetFlushTimeoutMs,
    taskShutdownGracefulTimeoutMs: values.taskShutdownGracefulTimeoutMs,
    logLevel: values.logLevel,
    reader: values.reader,
  };
}
