import { build, type WorkerBase } from '../../config/build.ts';
import { Findings } from '../../config/findings.ts';
import { type Keys, textsOf } from './written.ts';

/** Of a minimal worker file with these keys on top. */
export function workerBase(worker: Keys = {}, env: Readonly<Record<string, string>> = {}): WorkerBase {
  return build({ ...textsOf({ worker, env }), connectors: [] }, new Findings()).base;
}
