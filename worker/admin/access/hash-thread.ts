import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcryptjs';
import type { HashQuestion } from './hash-checker.ts';

/** Checks passwords one after another: what takes a core for a tenth of a second has no place in the event loop. */
parentPort!.on('message', ({ id, password, hash }: HashQuestion) => {
  let isRight = false;
  try {
    isRight = bcrypt.compareSync(password, hash);
  } catch {
    // A hash that is none is nobody's.
  }
  parentPort!.postMessage({ id, isRight });
});
