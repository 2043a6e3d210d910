import assert from 'node:assert/strict';
import { ANNOUNCEMENTS } from '../../worker/telemetry/announcements.ts';
import { LINE_EVENTS, type LineEvent, type LogLevel } from '../../worker/telemetry/events.ts';

/** The levels that worker/EVENTS.md gives an event; undefined for one that is not in it. */
export function levelsOf(event: string): readonly LogLevel[] | undefined {
  const others: Readonly<Record<string, LineEvent>> = LINE_EVENTS;
  if (Object.hasOwn(others, event)) return others[event]!.levels;
  if (!Object.hasOwn(ANNOUNCEMENTS, event)) return undefined;
  const { level } = ANNOUNCEMENTS[event as keyof typeof ANNOUNCEMENTS];
  return typeof level === 'string' ? [level] : level.levels;
}

/** Whoever reads a worker's log in a test looks at each line with this: all that it may hold is in worker/EVENTS.md. */
export function assertKnownEvent(line: { readonly [field: string]: unknown }): void {
  const { event, level } = line;
  const levels = levelsOf(String(event));
  assert.ok(levels !== undefined, `a log line has an event that is not in worker/EVENTS.md: ${JSON.stringify(line)}`);
  assert.ok(levels.includes(level as LogLevel), `${event} may not have level ${level}: ${JSON.stringify(line)}`);
}
