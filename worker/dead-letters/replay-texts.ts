import type { Range } from './reading.ts';
import { count, letters } from './render.ts';
import type { Tally } from './replay.ts';
import type { Survey } from './survey.ts';

/** Partitions that are named. */
const MOST_NAMED = 20;

/** Which replay it is. */
export interface About {
  readonly topic: string;
  readonly connector: string;
  readonly target: 'origin' | 'endpoint';
  readonly group: string;
  /** Foreign text as a line may show it. */
  readonly shown: (text: string) => string;
}

export interface Ending extends About {
  readonly tally: Tally;
  /** Nothing is left that was meant when it began. */
  readonly finished: boolean;
  /** By partition: where its group is. */
  readonly places: ReadonlyMap<number, number>;
}

/** @param known the group was there before: it goes on */
export function renderStart(about: About, ranges: readonly Range[], known: boolean): string {
  const { topic, group, shown } = about;
  const where = placesText(ranges.map(({ partition, from }) => [partition, from]));
  const begins = known ? `goes on where it was, at ${where}` : `begins at ${where}`;
  return `${shown(topic)} to ${toText(about)}: the group ${shown(group)} ${begins}\n`;
}

export function renderSurvey({ read, matched, placed, topics, misplaced }: Survey, { shown }: About): string {
  const lines = [`${letters(read)} read, ${count(matched)} meant, ${count(placed)} of them can be replayed`];
  for (const [topic, amount] of topics) lines.push(`  ${count(amount)} from ${shown(topic)}`);
  for (const [reason, amount] of misplaced) lines.push(`  ${count(amount)} can not: ${shown(reason)}`);
  return `${lines.join('\n')}\n`;
}

export function renderEnding({ tally, finished, places, ...about }: Ending): string {
  const { replayed, dropped, refused, misplaced, matched } = tally;
  const parts = [
    dropped > 0 ? `${count(dropped)} left out by the connector` : null,
    refused > 0 ? `${count(refused)} refused again` : null,
    misplaced > 0 ? `${count(misplaced)} belong nowhere` : null,
  ].filter(part => part !== null);
  const others = parts.length === 0 ? '' : `; ${parts.join(', ')}`;
  const lines = [`${count(replayed)} of ${letters(matched)} replayed to ${toText(about)}${others}`];
  const { shown, topic, group } = about;
  if (!finished) {
    lines.push(`There may be more: the same command goes on at ${placesText([...places])}, or --group ${shown(group)}`);
  }
  if (refused + misplaced > 0) {
    lines.push(
      `What was not replayed stays in ${shown(topic)}, and the group has passed it: with another --group it is tried again`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function endingJson({ tally, finished, places, topic, target, group }: Ending): object {
  const at = [...places].map(([partition, offset]) => ({ partition, offset }));
  return { topic, target, group, ...tally, finished, places: at };
}

function toText({ target, connector, shown }: About): string {
  return target === 'origin' ? 'where they came from' : `the endpoint of ${shown(connector)}`;
}

function placesText(places: readonly (readonly [partition: number, offset: number])[]): string {
  if (places.length === 0) return 'its beginning';
  const named = places.slice(0, MOST_NAMED).map(([partition, offset]) => `${partition}:${offset}`);
  return `${named.join(' ')}${places.length > MOST_NAMED ? ` and ${places.length - MOST_NAMED} more` : ''}`;
}
