import type { CommandInput } from '../cli/commands.ts';
import { confirm } from '../cli/confirm.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { type OneConnector, openConnector } from '../cli/one-connector.ts';
import { print } from '../cli/output.ts';
import type { GroupDescription, Inquiry } from '../kafka/inquiry.ts';
import { unusable } from '../kafka/reader/choose.ts';
import { isRefusedWhole, KafkaError } from '../task/kafka-error.ts';
import type { KafkaFault } from '../task/ports.ts';
import { keyOf } from '../task/topic-partition.ts';
import { asking, lookOf, wantedOf } from './asking.ts';
import { positionsOf } from './positions.ts';
import { memberText, renderTargets } from './render.ts';
import { type Target, targetsOf } from './targets.ts';

type Input = CommandInput<'offsets reset'>;

/** What became of a reset. */
type Outcome =
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }
  | { readonly kind: 'planned' | 'declined'; readonly targets: readonly Target[] }
  | { readonly kind: 'done'; readonly targets: readonly Target[]; readonly faults: readonly KafkaFault[] };

/** A group in one of these has no members. */
const WITHOUT_MEMBERS: ReadonlySet<string> = new Set(['Empty', 'Dead']);

/**
 * `tailrace offsets reset`: commits other offsets for the group of a connector, all that were asked for or none.
 * @returns the exit code
 */
export async function runOffsetsReset(input: Input, host: Host): Promise<number> {
  const opened = openConnector('offsets reset', input, host);
  if (typeof opened === 'number') return opened;
  return asking(opened, host, async inquiry => {
    const outcome = await reset(inquiry, opened, input, host);
    return tell(outcome, opened, input, host);
  });
}

async function reset(inquiry: Inquiry, opened: OneConnector, { options }: Input, host: Host): Promise<Outcome> {
  const { worker, connector, shown } = opened;
  const { to, dryRun, yes, json } = options;
  const group = await inquiry.group();
  if (group === null) return refused(`Offsets are not reset here: ${unusable(worker.reader)}`);
  if (!WITHOUT_MEMBERS.has(group.state)) return refused(...inUse(group, opened));
  const { list, faults } = await positionsOf(inquiry, connector, wantedOf(options));
  const missing = [
    ...faults.map(({ topic, message }) => `${topic}: ${message}`),
    ...list.flatMap(({ topic, partition, fault }) =>
      fault === null ? [] : [`${topic}-${partition}: ${fault.message}`],
    ),
  ];
  if (missing.length > 0) return refused(...missing);
  if (list.length === 0) return refused('There is no partition: no topic of the connector is there');
  const found = await targetsOf(inquiry, list, to);
  if (found === null) return refused(`Times are not looked for here: ${unusable(worker.reader)}`);
  if ('refusals' in found) return refused(...found.refusals);
  const { targets } = found;
  const changed = targets.filter(isChange);
  if (dryRun || changed.length === 0) return { kind: 'planned', targets };
  if (!json) await print(`${renderTargets(targets, lookOf(host, shown)).join('\n')}\n`, host);
  const partitions = changed.length === 1 ? '1 partition' : `${changed.length} partitions`;
  const question = `Reset the offsets of ${partitions} of ${shown(connector.kafka.groupId)}`;
  if (!(await confirm(question, yes, host))) return { kind: 'declined', targets };
  return commit(inquiry, targets, changed, opened);
}

async function commit(
  inquiry: Inquiry,
  targets: readonly Target[],
  changed: readonly Target[],
  opened: OneConnector,
): Promise<Outcome> {
  const offsets = changed.map(({ position: { topic, partition, topicId }, to }) => ({
    topic,
    partition,
    offset: to,
    topicId,
  }));
  try {
    const faults = (await inquiry.alter(offsets)) ?? [];
    return { kind: 'done', targets, faults };
  } catch (error) {
    if (!(error instanceof KafkaError) || !isRefusedWhole(error)) throw error;
    // Somebody has joined since it was looked at.
    const group = await inquiry.group();
    const reasons = group === null || group.members.length === 0 ? [error.message] : inUse(group, opened);
    return refused(...reasons);
  }
}

/** Whatever is committed already for this very topic stays as it is. */
function isChange({ position: { committed, isOfOlderTopic }, to }: Target): boolean {
  return committed !== to || isOfOlderTopic;
}

function refused(...reasons: readonly string[]): Outcome {
  return { kind: 'refused', reasons };
}

function inUse({ state, members }: GroupDescription, { connector, shown }: OneConnector): readonly string[] {
  const { name, kafka } = connector;
  return [
    `The group ${kafka.groupId} is in use (${state}): stop the connector ${name} first, wherever it runs`,
    ...members.map(member => `  ${memberText(member, shown)}`),
  ];
}

async function tell(outcome: Outcome, opened: OneConnector, { options }: Input, host: Host): Promise<number> {
  const { connector, shown } = opened;
  const { dryRun, json } = options;
  if (json) await print(`${JSON.stringify(plain(outcome, opened, dryRun), null, 2)}\n`, host);
  switch (outcome.kind) {
    case 'refused':
      for (const reason of outcome.reasons) host.complain(`${shown(reason)}\n`);
      host.complain('Nothing was changed\n');
      return EXIT.REFUSED;
    case 'declined':
      return EXIT.REFUSED;
    case 'planned': {
      if (json) return EXIT.CLEAN;
      const lines = renderTargets(outcome.targets, lookOf(host, shown));
      const same = outcome.targets.some(isChange) ? [] : ['All is there already'];
      const end = dryRun ? 'Nothing was changed: this was --dry-run' : 'Nothing was changed';
      await print(`${[...lines, '', ...same, end].join('\n')}\n`, host);
      return EXIT.CLEAN;
    }
    case 'done': {
      const { targets, faults } = outcome;
      for (const { at, message } of faults)
        host.complain(`${shown(`${at!.topic}-${at!.partition}: ${message}; it stays where it was`)}\n`);
      const done = targets.filter(isChange).length - faults.length;
      const partitions = done === 1 ? '1 partition' : `${done} partitions`;
      if (!json) await print(`The offsets of ${partitions} of ${shown(connector.kafka.groupId)} are reset\n`, host);
      return faults.length === 0 ? EXIT.CLEAN : EXIT.UNFINISHED;
    }
  }
}

function plain(outcome: Outcome, { connector, shown }: OneConnector, dryRun: boolean): unknown {
  const head = { connector: shown(connector.name), group: shown(connector.kafka.groupId), dryRun };
  if (outcome.kind === 'refused') return { ...head, refused: outcome.reasons.map(shown), partitions: [] };
  const faults = new Map(
    (outcome.kind === 'done' ? outcome.faults : []).map(fault => [keyOf(fault.at!), fault.message]),
  );
  const partitions = outcome.targets.map(target => {
    const { position, to } = target;
    const fault = faults.get(keyOf(position));
    return {
      topic: shown(position.topic),
      partition: position.partition,
      from: position.committed,
      to,
      begins: position.ends!.low,
      ends: position.ends!.high,
      changed: outcome.kind === 'done' && fault === undefined && isChange(target),
      fault: fault === undefined ? null : shown(fault),
    };
  });
  return { ...head, refused: outcome.kind === 'declined' ? ['nobody agreed'] : [], partitions };
}
