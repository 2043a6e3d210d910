import type { Process } from './books.ts';
import type { Epoch } from './epoch.ts';
import { Violation } from './violation.ts';

/** A partition that was alone may hold more when others join it: the reads under way are let by. */
const SHARED_FOR = 4;

/** I23: where there are others, one partition's records may not take more than half of the budget. */
export function checkShare({ name, rules, shared }: Process, epoch: Epoch, slack: number): void {
  if (shared < SHARED_FOR || epoch.log.gone || epoch.waitingBytes <= rules.bufferMaxBytes / 2 + slack) return;
  throw new Violation(
    'I23',
    `${name} reads more of ${epoch.log.topic}-${epoch.log.partition}, of which ${epoch.waitingBytes} bytes wait`,
  );
}
