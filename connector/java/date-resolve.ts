import {
  CUTOVER_DAY,
  CUTOVER_YEAR,
  DAY_MS,
  type DateField,
  firstOfMonth,
  floorMod,
  gregorianDay,
  julianDay,
  onOrBefore,
  SUNDAY,
} from './calendar.ts';

/** Fields in the order in which they were set: the later one wins where two say different things. */
export type FieldsSet = ReadonlyMap<DateField, number>;

/** Milliseconds since the epoch for the fields that were parsed; what was not set is 1970-01-01T00:00:00Z's. */
export function resolve(fields: FieldsSet): number {
  const apart = areApart(fields);
  const ofDay = apart ? timeOf(fields.get('hourOfDay') ?? 0, fields) : resolveTime(fields);
  return resolveDay(fields, apart) * DAY_MS + ofDay - (fields.get('zoneOffset') ?? 0);
}

/** Of which no two say the same thing: most patterns have no others, and none has to win then. */
const APART: ReadonlySet<DateField> = new Set<DateField>([
  'year',
  'month',
  'dayOfMonth',
  'hourOfDay',
  'minute',
  'second',
  'millisecond',
  'zoneOffset',
]);

function areApart(fields: FieldsSet): boolean {
  for (const field of fields.keys()) if (!APART.has(field)) return false;
  return true;
}

/** The place of each field in the order; 0: not set. */
function stamps(fields: FieldsSet): (field: DateField) => number {
  const order = [...fields.keys()];
  return field => order.indexOf(field) + 1;
}

/** A pair counts as of its later half, and not at all while one is missing. */
function both(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.max(a, b);
}

function resolveTime(fields: FieldsSet): number {
  const stamp = stamps(fields);
  const hourOfDay = stamp('hourOfDay');
  const ofHalfDay = both(stamp('hour'), stamp('amPm'));
  const half = hourOfDay === 0 || ofHalfDay > hourOfDay;
  return timeOf(half ? (fields.get('hour') ?? 0) + 12 * (fields.get('amPm') ?? 0) : fields.get('hourOfDay')!, fields);
}

function timeOf(hours: number, fields: FieldsSet): number {
  const minutes = hours * 60 + (fields.get('minute') ?? 0);
  return (minutes * 60 + (fields.get('second') ?? 0)) * 1000 + (fields.get('millisecond') ?? 0);
}

function resolveDay(fields: FieldsSet, apart: boolean): number {
  if (fields.has('weekYear')) {
    const stamp = stamps(fields);
    if (stamp('weekYear') > stamp('year')) return resolveWeekDate(fields);
  }
  const written = fields.get('year') ?? 1970;
  const year = fields.get('era') === 0 ? 1 - written : written;
  const dayIn = apart ? dayOfMonthIn : dayOfFields;
  const gregorian = dayIn(gregorianDay, year, fields);
  if (year >= CUTOVER_YEAR && gregorian >= CUTOVER_DAY) return gregorian;
  return year > CUTOVER_YEAR ? gregorian : dayIn(julianDay, year, fields);
}

/** Monday is 1 in ISO 8601; what is no day of the week stays as it is, to roll over later. */
export function fromIsoDayOfWeek(day: number): number {
  return day >= 1 && day <= 7 ? (day % 7) + 1 : day;
}

/** GregorianCalendar.setWeekDate: the other fields of the date have no say. */
function resolveWeekDate(fields: FieldsSet): number {
  const start = onOrBefore(firstOfMonth(fields.get('weekYear')!, 0), SUNDAY);
  let week = fields.get('weekOfYear') ?? 1;
  let day = fields.get('dayOfWeek') ?? SUNDAY;
  if (day < 1 || day > 7) {
    week += Math.floor((day - 1) / 7);
    day = fromIsoDayOfWeek(floorMod(day - 1, 7) + 1);
  }
  return start + 7 * (week - 1) + day - SUNDAY;
}

type DayOf = (year: number, month: number, day: number) => number;

function dayOfMonthIn(dayOf: DayOf, year: number, fields: FieldsSet): number {
  return dayOf(year, fields.get('month') ?? 0, 1) + (fields.get('dayOfMonth') ?? 1) - 1;
}

/** GregorianCalendar's rule for which of the fields decide. */
function dayOfFields(dayOf: DayOf, year: number, fields: FieldsSet): number {
  const stamp = stamps(fields);
  const dayOfWeek = stamp('dayOfWeek');
  let ofMonth = stamp('dayOfMonth');
  let weekOfMonth = both(stamp('weekOfMonth'), dayOfWeek);
  let inMonth = both(stamp('dayOfWeekInMonth'), dayOfWeek);
  const ofYear = stamp('dayOfYear');
  let weekOfYear = both(stamp('weekOfYear'), dayOfWeek);
  let best = Math.max(ofMonth, weekOfMonth, inMonth, ofYear, weekOfYear);
  if (best === 0) {
    weekOfMonth = stamp('weekOfMonth');
    inMonth = Math.max(stamp('dayOfWeekInMonth'), dayOfWeek);
    weekOfYear = stamp('weekOfYear');
    best = Math.max(weekOfMonth, inMonth, weekOfYear);
    if (best === 0) {
      ofMonth = stamp('month');
      best = ofMonth;
    }
  }
  const first = dayOf(year, fields.get('month') ?? 0, 1);
  if (best === ofMonth) return dayOfMonthIn(dayOf, year, fields);
  const sinceWeek = stamp('weekOfYear');
  const byMonth =
    (best === weekOfMonth && stamp('weekOfMonth') >= sinceWeek) ||
    (best === inMonth && stamp('dayOfWeekInMonth') >= sinceWeek);
  if (byMonth) {
    const byWeek = weekOfMonth === inMonth ? stamp('weekOfMonth') >= stamp('dayOfWeekInMonth') : best === weekOfMonth;
    return byWeek ? dayOfWeekOfMonth(first, fields) : dayOfWeekInMonth(dayOf, year, first, fields);
  }
  const january = dayOf(year, 0, 1);
  if (best === ofYear) return january + fields.get('dayOfYear')! - 1;
  return (
    onOrBefore(onOrBefore(january, SUNDAY) + 6, fields.get('dayOfWeek') ?? SUNDAY) + 7 * (fields.get('weekOfYear')! - 1)
  );
}

function dayOfWeekOfMonth(first: number, fields: FieldsSet): number {
  const week = onOrBefore(onOrBefore(first, SUNDAY) + 6, fields.get('dayOfWeek') ?? SUNDAY);
  return week + 7 * (fields.get('weekOfMonth')! - 1);
}

function dayOfWeekInMonth(dayOf: DayOf, year: number, first: number, fields: FieldsSet): number {
  const day = fields.get('dayOfWeek') ?? SUNDAY;
  const nth = fields.get('dayOfWeekInMonth') ?? 1;
  if (nth >= 0) return onOrBefore(first + 7 * nth - 1, day);
  const length = dayOf(year, (fields.get('month') ?? 0) + 1, 1) - first;
  return onOrBefore(first + length + 7 * (nth + 1) - 1, day);
}
