import { parentPort } from 'node:worker_threads';
import { CASES } from './megabyte-cases.ts';

for (const { name, run } of CASES) {
  parentPort!.postMessage({ name });
  run();
}
