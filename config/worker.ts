import type { Findings } from './findings.ts';
import { mapWorkerAdmin } from './kafka/clients.ts';
import { checkPolicy } from './kafka/override-policy.ts';
import { readRest } from './rest.ts';
import type { WorkerSection } from './schema/section.ts';
import type { Outside } from './source/files.ts';
import { readTraces } from './traces.ts';
import type { WorkerConfig } from './types.ts';

export function buildWorker(section: WorkerSection, outside: Outside, findings: Findings): WorkerConfig {
  const { values } = section;
  checkPolicy(section, findings);
  return {
    bootstrapServers: values.bootstrapServers ?? [],
    rest: readRest(section, outside, findings),
    offsetFlushIntervalMs: values.offsetFlushIntervalMs,
    offsetFlushTimeoutMs: values.offsetFlushTimeoutMs,
    taskShutdownGracefulTimeoutMs: values.taskShutdownGracefulTimeoutMs,
    logLevel: values.logLevel,
    reader: values.reader,
    admin: mapWorkerAdmin(section, outside, findings),
    stateFile: values.stateFile,
    metricNames: values.metricNames,
    traces: readTraces(section, outside, findings),
  };
}
