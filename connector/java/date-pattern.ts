import type { PatternPart } from '../../config/transforms/java-date-pattern.ts';
import { type DateField, DateFields } from './calendar.ts';

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

/** The writer of a pattern: milliseconds since the epoch to text, in UTC and English. */
export function compileFormat(parts: readonly PatternPart[]): (ms: number) => string {
  const writers = parts.map(part => writer(part));
  return ms => {
    const fields = new DateFields(ms);
    let text = '';
    for (const write of writers) text += write(fields);
    return text;
  };
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

function pad(value: number, count: number): string {
  return value < 0 ? `-${String(-value).padStart(count, '0')}` : String(value).padStart(count, '0');
}
