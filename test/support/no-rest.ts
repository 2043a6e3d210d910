import type { WorkerConfig } from '../../config/types.ts';

/** A worker that nobody can ask anything, and that tells nobody of its requests. */
export const NO_REST: Pick<WorkerConfig, 'rest' | 'admin' | 'stateFile' | 'metricNames' | 'traces'> = {
  rest: {
    listeners: [],
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
  admin: { global: {}, topic: {} },
  stateFile: null,
  metricNames: 'exporter',
  traces: null,
};
