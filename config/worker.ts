import type { Findings } from './findings.ts';
import { mapWorkerAdmin } from './kafka/clients.ts';
import { checkPolicy } from './kafka/override-policy.ts';
import { readRest } from './rest.ts';
import type { WorkerSection } from './schema/section.ts';
import type { Files } from './source/files.ts';
import type { WorkerConfig } from './types.ts';

export function buildWorker(section: WorkerSection, files: Files, findings: Findings): WorkerConfig {
  const { values } = section;
  checkPolicy(section, findings);
  return {
    bootstrapServers: values.bootstrapServers ?? [],
    rest: readRest(section, files, findings),
    offsetFlushIntervalMs: values.offsetFlushIntervalMs,
    offsetFlushTimeoutMs: values.offsetFlushTimeoutMs,
    taskShutdownGracefulTimeoutMs: values.taskShutdownGracefulTimeoutMs,
    logLevel: values.logLevel,
    reader: values.reader,
    admin: mapWorkerAdmin(section, files, findings),
    stateFile: values.stateFile,
    metricNames: values.metricNames,
  };
}
