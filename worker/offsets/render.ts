import { type Column, renderTable } from '../cli/table.ts';
import type { Styles } from '../cli/terminal.ts';
import type { GroupDescription, GroupMember } from '../kafka/inquiry.ts';
import { byPartition, keyOf } from '../task/topic-partition.ts';
import type { Position } from './positions.ts';
import type { Target } from './targets.ts';

export interface Look {
  readonly styles: Styles;
  /** Columns of the terminal; null: as wide as it is. */
  readonly width: number | null;
  readonly shown: (text: string) => string;
}

const NOTHING = '-';
/** Of a member's partitions, in a sentence. */
const MOST_NAMED = 5;

/** `Stable, 2 members`. */
export function groupText(group: GroupDescription | null): string {
  if (group === null) return 'its members are not known: that takes the native reader';
  const { state, members } = group;
  if (state === 'Dead') return 'there is no such group yet';
  const count = members.length === 1 ? '1 member' : `${members.length} members`;
  return `${state}, ${members.length === 0 ? 'no members' : count}`;
}

/** `client on host (orders-0, orders-1)`. */
export function memberText({ clientId, host, partitions }: GroupMember, shown: (text: string) => string): string {
  const sorted = [...partitions].sort(byPartition);
  const names = sorted.slice(0, MOST_NAMED).map(({ topic, partition }) => `${topic}-${partition}`);
  const more = partitions.length > MOST_NAMED ? [`${partitions.length - MOST_NAMED} more`] : [];
  const held = names.length === 0 ? 'no partition' : [...names, ...more].join(', ');
  return shown(`${clientId} on ${host.replace(/^\//, '')} (${held})`);
}

const POSITION: readonly Column[] = [
  { title: 'TOPIC', flexible: true },
  { title: 'PARTITION', align: 'right' },
  { title: 'COMMITTED', align: 'right' },
  { title: 'BEGINS', align: 'right' },
  { title: 'ENDS', align: 'right' },
  { title: 'LAG', align: 'right' },
  { title: 'MEMBER', flexible: true },
  { title: 'REMARK', flexible: true },
];

export function renderPositions(
  positions: readonly Position[],
  group: GroupDescription | null,
  { styles, width, shown }: Look,
): readonly string[] {
  const holders = new Map(
    (group?.members ?? []).flatMap(({ clientId, partitions }) => partitions.map(at => [keyOf(at), clientId] as const)),
  );
  const rows = positions.map(position => [
    shown(position.topic),
    String(position.partition),
    numeral(position.committed),
    numeral(position.ends?.low),
    numeral(position.ends?.high),
    numeral(position.lag),
    shown(holders.get(keyOf(position)) ?? NOTHING),
    shown(remarkOf(position) ?? ''),
  ]);
  return withoutEmpty(POSITION, rows, width, styles);
}

const TARGET: readonly Column[] = [
  { title: 'TOPIC', flexible: true },
  { title: 'PARTITION', align: 'right' },
  { title: 'FROM', align: 'right' },
  { title: 'TO', align: 'right' },
  { title: 'BEGINS', align: 'right' },
  { title: 'ENDS', align: 'right' },
  { title: 'RECORDS', flexible: true },
];

export function renderTargets(targets: readonly Target[], { styles, width, shown }: Look): readonly string[] {
  const rows = targets.map(({ position, to }) => [
    shown(position.topic),
    String(position.partition),
    numeral(position.committed),
    String(to),
    numeral(position.ends?.low),
    numeral(position.ends?.high),
    differenceOf(position, to),
  ]);
  return withoutEmpty(TARGET, rows, width, styles);
}

/** What goes with it that the numbers alone do not say. */
export function remarkOf({ committed, ends, fault, isOfOlderTopic }: Position): string | null {
  if (fault !== null) return fault.message;
  if (isOfOlderTopic) return 'committed for an older topic of this name: it counts for nothing';
  if (committed === null || ends === null) return null;
  if (committed < ends.low) return 'outside its log: what was not read is deleted';
  return committed > ends.high ? 'beyond its log' : null;
}

/** Offsets, of which some may be no records: gaps and markers of transactions. */
function differenceOf({ committed, isOfOlderTopic }: Position, to: number): string {
  if (committed === null || isOfOlderTopic) return '';
  if (to === committed) return 'as it is';
  return to < committed ? `${committed - to} again` : `${to - committed} passed by`;
}

function numeral(value: number | null | undefined): string {
  return value == null ? NOTHING : String(value);
}

/** Without the columns on the right in which nothing stands. */
function withoutEmpty(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
  styles: Styles,
): readonly string[] {
  const used = columns.map(
    (column, at) => column.flexible !== true || at === 0 || rows.some(row => !isEmpty(row[at]!)),
  );
  const pick = <T>(list: readonly T[]): readonly T[] => list.filter((_, at) => used[at]);
  return renderTable(pick(columns), rows.map(pick), width, styles.bold);
}

function isEmpty(cell: string): boolean {
  return cell === '' || cell === NOTHING;
}
