import { build, type WorkerBase } from '../../config/build.ts';
import { Findings } from '../../config/findings.ts';
import { type Keys, textsOf } from './written.ts';

/** What a connector that is defined needs, and no more. */
export const SINK = {
  name: 'c',
  'connector.class': 'tailrace.HttpSink',
  topics: 'events',
  'http.url': 'https://c.example/in',
};

/** Of a minimal worker file with these keys on top. */
export function workerBase(worker: Keys = {}, env: Readonly<Record<string, string>> = {}): WorkerBase {
  return build({ ...textsOf({ worker, env }), connectors: [] }, new Findings()).base;
}
