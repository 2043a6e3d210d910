import type { Findings } from './findings.ts';
import { checkPolicy } from './kafka/override-policy.ts';
import { isLoopback } from './schema/formats.ts';
import type { WorkerSection } from './schema/section.ts';
import type { WorkerConfig } from './types.ts';

export function buildWorker(section: WorkerSection, findings: Findings): WorkerConfig {
  const { values, origin } = section;
  checkPolicy(section, findings);
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
