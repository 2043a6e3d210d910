import type { CommandInput } from '../cli/commands.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { openConnector } from '../cli/one-connector.ts';
import { print } from '../cli/output.ts';
import { asking, lookOf, wantedOf } from './asking.ts';
import { type Positions, positionsOf } from './positions.ts';
import { groupText, memberText, remarkOf, renderPositions } from './render.ts';

/** `tailrace offsets show`: how far the group of a connector is. Changes nothing. @returns the exit code */
export async function runOffsetsShow(input: CommandInput<'offsets show'>, host: Host): Promise<number> {
  const opened = openConnector('offsets show', input, host);
  if (typeof opened === 'number') return opened;
  const { connector, shown } = opened;
  return asking(opened, host, async inquiry => {
    const group = await inquiry.group();
    const positions = await positionsOf(inquiry, connector, wantedOf(input.options));
    const look = lookOf(host, shown);
    const { list, faults } = positions;
    const lag = list.reduce((sum, position) => sum + (position.lag ?? 0), 0);
    if (input.options.json) {
      const members = group?.members.map(({ clientId, instanceId, host, partitions }) => ({
        clientId: shown(clientId),
        instanceId: instanceId === null ? null : shown(instanceId),
        host: shown(host),
        partitions,
      }));
      const told = {
        connector: shown(connector.name),
        group: shown(connector.kafka.groupId),
        state: group?.state ?? null,
        members: members ?? null,
        lag,
        partitions: list.map(({ topic, partition, committed, ends, lag, ...position }) => ({
          topic: shown(topic),
          partition,
          committed,
          begins: ends?.low ?? null,
          ends: ends?.high ?? null,
          lag,
          remark: shownOrNull(remarkOf({ topic, partition, committed, ends, lag, ...position }), shown),
        })),
        faults: faults.map(({ topic, message }) => ({ topic: shown(topic), message: shown(message) })),
      };
      await print(`${JSON.stringify(told, null, 2)}\n`, host);
    } else {
      const partitions = list.length === 1 ? '1 partition' : `${list.length} partitions`;
      const lines = [`${shown(connector.kafka.groupId)}: ${groupText(group)}; ${partitions}, lag ${lag}`];
      for (const member of group?.members ?? []) lines.push(`  ${memberText(member, shown)}`);
      if (list.length > 0) lines.push('', ...renderPositions(list, group, look));
      await print(`${lines.join('\n')}\n`, host);
      for (const { topic, message } of faults) host.complain(`${shown(`${topic}: ${message}`)}\n`);
    }
    return isWhole(positions) ? EXIT.CLEAN : EXIT.UNFINISHED;
  });
}

function isWhole({ list, faults }: Positions): boolean {
  return faults.length === 0 && list.every(({ fault }) => fault === null);
}

function shownOrNull(text: string | null, shown: (text: string) => string): string | null {
  return text === null ? null : shown(text);
}
