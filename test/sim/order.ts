import type { Carried } from './endpoint.ts';
import { type Epoch, STAGE } from './epoch.ts';
import type { RecordKind } from './log.ts';
import { Violation } from './violation.ts';

/** I6: a request leaves no record behind that has no outcome, and carries none again that has. @param kinds that are sent at all */
export function checkOrder(
  epoch: Epoch,
  part: readonly Carried[],
  kinds: ReadonlySet<RecordKind>,
  where: string,
): void {
  const { records } = epoch.log;
  const sendable = (ordinal: number): boolean => kinds.has(records[ordinal]!.kind);
  let expected = epoch.orderFrontier(sendable);
  for (const { ordinal } of part) {
    if (ordinal < expected) {
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
