import type { PatternPart } from '../../config/transforms/java-date-pattern.ts';
import { DAY_MS, type DateField, DateFields } from './calendar.ts';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const HALVES = ['AM', 'PM'];

/** What the letters stand for that are numbers in any count; the others are texts, zones or both. */
export const NUMBERS: Readonly<Record<string, DateField>> = {
  y: 'year',
  Y: 'weekYear',
  w: 'weekOfYear',
  W: 'weekOfMonth',
  D: 'dayOfYear',
  d: 'dayOfMonth',
  F: 'dayOfWeekInMonth',
  u: 'dayOfWeek',
  H: 'hourOfDay',
  k: 'hourOfDay',
  K: 'hour',
  h: 'hour',
  m: 'minute',
  s: 'second',
  S: 'millisecond',
};
/** How one part of a pattern is written for a moment in UTC. */
export type WritePart = (fields: DateFields) => string;

/** Letters that say something else at another time of the same day. */
const OF_TIME = 'aHkKhmsS';

/** Parts of a pattern that stand together and change alike; what those write that change with the day is kept for the next moment. */
interface Group {
  readonly isOfTime: boolean;
  readonly writers: WritePart[];
  text: string;
}

/** The writer of a pattern: milliseconds since the epoch to text, in UTC and English. */
export function compileFormat(parts: readonly PatternPart[]): (ms: number) => string {
  const groups = groupsOf(parts);
  let today = Number.NaN;
  return ms => {
    const fields = new DateFields(ms);
    const day = Math.floor(ms / DAY_MS);
    let text = '';
    for (const group of groups) {
      if (!group.isOfTime && day === today) text += group.text;
      else {
        group.text = '';
        for (const write of group.writers) group.text += write(fields);
        text += group.text;
      }
    }
    today = day;
    return text;
  };
}

function groupsOf(parts: readonly PatternPart[]): readonly Group[] {
  const groups: Group[] = [];
  for (const part of parts) {
    const isOfTime = 'letter' in part && OF_TIME.includes(part.letter);
    const last = groups.at(-1);
    if (last?.isOfTime === isOfTime) last.writers.push(writer(part));
    else groups.push({ isOfTime, writers: [writer(part)], text: '' });
  }
  return groups;
}

function writer(part: PatternPart): WritePart {
  if ('literal' in part) return () => part.literal;
  const { letter, count } = part;
  switch (letter) {
    case 'G':
      return fields => (fields.get('era') === 1 ? 'AD' : 'BC');
    case 'y':
    case 'Y':
      return yearWriter(NUMBERS[letter]!, count);
    case 'M':
    case 'L':
      if (count < 3) return fields => pad(fields.get('month') + 1, count);
      return nameWriter('month', 0, MONTHS, count);
    case 'E':
      return nameWriter('dayOfWeek', 1, WEEKDAYS, count);
    case 'u':
      return fields => pad(fields.get('dayOfWeek') === 1 ? 7 : fields.get('dayOfWeek') - 1, count);
    case 'a':
      return fields => HALVES[fields.get('amPm')]!;
    case 'k':
      return fields => pad(fields.get('hourOfDay') || 24, count);
    case 'h':
      return fields => pad(fields.get('hour') || 12, count);
    case 'z':
      return () => (count >= 4 ? 'Coordinated Universal Time' : 'UTC');
    case 'Z':
      return () => '+0000';
    case 'X':
      return () => 'Z';
    default: {
      const field = NUMBERS[letter]!;
      return fields => pad(fields.get(field), count);
    }
  }
}

/** Two letters mean the last two digits, any other number the whole year. */
function yearWriter(field: DateField, count: number): WritePart {
  if (count === 2) return fields => pad(fields.get(field) % 100, 2);
  return fields => pad(fields.get(field), count);
}

function nameWriter(field: DateField, first: number, names: readonly string[], count: number): WritePart {
  const written = count >= 4 ? names : names.map(name => name.slice(0, 3));
  return fields => written[fields.get(field) - first]!;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

function pad(value: number, count: number): string {
  if (count === 2 && value >= 0 && value < 100) return TWO_DIGITS[value]!;
  return value < 0 ? `-${String(-value).padStart(count, '0')}` : String(value).padStart(count, '0');
}
