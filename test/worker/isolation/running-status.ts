import type { TaskStatus } from '../../../worker/task/task.ts';

export const RUNNING: TaskStatus = {
  state: 'RUNNING',
  trace: null,
  reader: 'native',
  sink: { state: 'ok' },
  clientFault: null,
  commitFault: null,
  partitions: [],
  topics: {},
  missingTopics: [],
  requestsInFlight: 2,
  bufferedBytes: 100,
  lastPollAt: 5_000,
  lastVerdictAt: 4_000,
  idle: false,
};
