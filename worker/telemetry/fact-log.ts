import type { Clock } from '../../connector/ports.ts';
import type { TaskFact } from '../task/facts.ts';
import type { Announcement } from './announcements.ts';
import type { Log, LogFields } from './log.ts';
import type { Meters } from './meters.ts';
import { excerpt } from './text.ts';

type Kind = TaskFact['kind'];

/** A kind of line that was written less than a second ago. */
interface Quiet {
  readonly announcement: Announcement<Kind>;
  suppressed: number;
  last: TaskFact | null;
  readonly cancelTimer: () => void;
}

export interface FactLog {
  write(fact: TaskFact, announcement: Announcement<Kind>): void;
  /** Writes what was held back, and waits for nothing any more. */
  end(): void;
}

const QUIET_MS = 1000;
/** Bytes of a line's text, and of a reason beside it: what was said elsewhere, or stood in a record, is told in a short excerpt. */
const MOST_TEXT = 2 * 1024;
const MOST_REASON = 1024;

/**
 * Turns facts into log lines. A storm of one kind gives one line a second; the last fact of the storm is always
 * written, with the number of those that were left out before it.
 */
export function createFactLog(
  task: { readonly logEveryRecordError: boolean },
  log: Log,
  clock: Clock,
  meters: Pick<Meters, 'add'>,
): FactLog {
  /** By kind, and by endpoint where there are several. */
  const quiet = new Map<string, Quiet>();

  function write(fact: TaskFact, announcement: Announcement<Kind>, suppressed: number): void {
    const { level: told } = announcement;
    const level = typeof told === 'string' ? told : told.of(fact as never);
    if (!log.writes(level)) return;
    const fields = { ...plain(fact), ...(suppressed === 0 ? {} : { suppressed }), event: fact.kind };
    const more = suppressed === 0 ? '' : ` (and ${suppressed} more of the kind)`;
    const text = `${prefixOf(fact)}${announcement.text(fact as never)}`;
    log.write(level, excerpt(text, MOST_TEXT) + more, fields);
    if (fact.kind === 'record-rejected') meters.add('errorsLogged');
  }

  function release(id: string): void {
    const { announcement, last, suppressed } = quiet.get(id)!;
    quiet.delete(id);
    if (last === null) return;
    write(last, announcement, suppressed);
    hush(id, announcement);
  }

  function hush(id: string, announcement: Announcement<Kind>): void {
    const cancelTimer = clock.timer(QUIET_MS, () => release(id));
    quiet.set(id, { announcement, suppressed: 0, last: null, cancelTimer });
  }

  function writeOrHold(fact: TaskFact, announcement: Announcement<Kind>): void {
    const every = fact.kind === 'record-rejected' && (task.logEveryRecordError || fact.outcome === 'failed-task');
    if (announcement.throttled !== true || every) {
      write(fact, announcement, 0);
      return;
    }
    const id = prefixOf(fact) + fact.kind;
    const state = quiet.get(id);
    if (state === undefined) {
      write(fact, announcement, 0);
      hush(id, announcement);
      return;
    }
    if (state.last !== null) state.suppressed += 1;
    state.last = fact;
  }

  return {
    write: writeOrHold,
    end() {
      for (const { announcement, last, suppressed, cancelTimer } of quiet.values()) {
        cancelTimer();
        if (last !== null) write(last, announcement, suppressed);
      }
      quiet.clear();
    },
  };
}

/** Of several endpoints the one that it is about. */
function prefixOf(fact: TaskFact): string {
  return 'endpoint' in fact && fact.endpoint !== undefined ? `${fact.endpoint}: ` : '';
}

/** The fact's own fields; its lists are in the text already. */
function plain(fact: TaskFact): LogFields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fact)) {
    if (name !== 'kind' && !Array.isArray(value)) fields[name] = name === 'stack' ? value : brief(value);
  }
  return fields;
}

/** Every text in it cut to an excerpt; facts hold nothing deeper than a list in an object. */
function brief(value: unknown): unknown {
  if (typeof value === 'string') return excerpt(value, MOST_REASON);
  if (Array.isArray(value)) return value.map(brief);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, brief(inner)]));
}
