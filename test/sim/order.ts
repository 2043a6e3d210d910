import type { Process } from './books.ts';
import type { Carried } from './endpoint.ts';
import { type Epoch, STAGE } from './epoch.ts';
import { Violation } from './violation.ts';

/** I6: a request leaves no record behind that has no outcome, and carries none again that has. */
export function checkOrder(epoch: Epoch, part: readonly Carried[], { rules, attempts }: Process, where: string): void {
  const { records } = epoch.log;
  const sendable = (ordinal: number): boolean =>
    rules.sendable.has(records[ordinal]!.kind) && !attempts.isFree(epoch, ordinal);
  let expected = epoch.orderFrontier(sendable);
  for (const { ordinal } of part) {
    if (ordinal < expected) {
      if (attempts.isFree(epoch, ordinal)) continue;
      const again = epoch.stage(ordinal) >= STAGE.refused;
      throw new Violation(
        'I6',
        `${where}: ordinal ${ordinal} ${again ? 'was refused and is sent again' : 'is out of order'}`,
      );
    }
    for (; expected < ordinal; expected++) {
      if (epoch.stage(expected) < STAGE.refused && sendable(expected)) {
        throw new Violation('I6', `${where}: sent before offset ${records[expected]!.offset} has an outcome`);
      }
    }
    expected++;
  }
}
