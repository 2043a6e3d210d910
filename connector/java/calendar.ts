/**
 * The calendar of java.util.GregorianCalendar in UTC, lenient, with the weeks of the locale en_US (they begin on Sunday,
 * the week of 1 January is the first): Julian before 15 October 1582, as Java has it.
 */

export const DAY_MS = 86_400_000;

/** 1582-10-15 in days since 1970-01-01. */
const CUTOVER_DAY = -141_427;
const CUTOVER_YEAR = 1582;
const SUNDAY = 1;

/** What a pattern can name. Month from 0, day of week from 1 (Sunday), offset in milliseconds. */
export type DateField =
  | 'era'
  | 'year'
  | 'weekYear'
  | 'month'
  | 'weekOfYear'
  | 'weekOfMonth'
  | 'dayOfYear'
  | 'dayOfMonth'
  | 'dayOfWeekInMonth'
  | 'dayOfWeek'
  | 'amPm'
  | 'hourOfDay'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'zoneOffset';

/** Those that the date has no part in. */
export type FieldOfTime = 'amPm' | 'hourOfDay' | 'hour' | 'minute' | 'second' | 'millisecond' | 'zoneOffset';

/** Fields in the order in which they were set: the later one wins where two say different things. */
export type FieldsSet = ReadonlyMap<DateField, number>;

function floorMod(value: number, by: number): number {
  return value - Math.floor(value / by) * by;
}

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar; month from 0 and any number. */
function gregorianDay(year: number, month: number, day: number): number {
  const y = year + Math.floor(month / 12) - (floorMod(month, 12) < 2 ? 1 : 0);
  const m = floorMod(month + 10, 12);
  const century = Math.floor(y / 100);
  return (
    365 * y + Math.floor(y / 4) - century + Math.floor(century / 4) + Math.floor((153 * m + 2) / 5) + day - 719_469
  );
}

function julianDay(year: number, month: number, day: number): number {
  const y = year + Math.floor(month / 12) - (floorMod(month, 12) < 2 ? 1 : 0);
  const m = floorMod(month + 10, 12);
  return 365 * y + Math.floor(y / 4) + Math.floor((153 * m + 2) / 5) + day - 719_471;
}

/** The first day of a month in the calendar that was in force. */
function firstOfMonth(year: number, month: number): number {
  const gregorian = gregorianDay(year, month, 1);
  return gregorian >= CUTOVER_DAY ? gregorian : julianDay(year, month, 1);
}

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
}

/** Year is astronomical: 0 is 1 BC. */
function civilDate(day: number): CivilDate {
  const julian = day < CUTOVER_DAY;
  // Counted from 1 March of the year 0, in its own calendar: 400 and 4 years repeat.
  const shifted = day + (julian ? 719_470 : 719_468);
  const [cycleDays, cycleYears] = julian ? [1461, 4] : [146_097, 400];
  const cycle = Math.floor(shifted / cycleDays);
  const inCycle = shifted - cycle * cycleDays;
  const leapDays = julian
    ? Math.floor(inCycle / 1460)
    : Math.floor(inCycle / 1460) - Math.floor(inCycle / 36_524) + Math.floor(inCycle / 146_096);
  const yearOfCycle = Math.floor((inCycle - leapDays) / 365);
  const leapsBefore = Math.floor(yearOfCycle / 4) - (julian ? 0 : Math.floor(yearOfCycle / 100));
  const dayOfYear = inCycle - (365 * yearOfCycle + leapsBefore);
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (m + 2) % 12;
  const year = cycle * cycleYears + yearOfCycle + (month < 2 ? 1 : 0);
  return { year, month, dayOfMonth: dayOfYear - Math.floor((153 * m + 2) / 5) + 1 };
}

function dayOfWeekOf(day: number): number {
  return floorMod(day + 4, 7) + 1;
}

function onOrBefore(day: number, dayOfWeek: number): number {
  return day - floorMod(dayOfWeekOf(day) - dayOfWeek, 7);
}

/** The Sunday on or before the first day of a period begins its first week. */
function weekNumber(first: number, day: number): number {
  return Math.floor((day - onOrBefore(first, SUNDAY)) / 7) + 1;
}

/** A moment's fields: what a formatter asks for is computed when it asks. */
export class DateFields {
  private readonly day: number;
  private readonly timeOfDay: number;
  private date: CivilDate | null = null;

  /** @param ms since 1970-01-01T00:00:00Z */
  constructor(ms: number) {
    this.day = Math.floor(ms / DAY_MS);
    this.timeOfDay = ms - this.day * DAY_MS;
  }

  private get civil(): CivilDate {
    this.date ??= civilDate(this.day);
    return this.date;
  }

  get(field: DateField): number {
    const { timeOfDay } = this;
    switch (field) {
      case 'amPm':
        return timeOfDay < DAY_MS / 2 ? 0 : 1;
      case 'hourOfDay':
        return Math.floor(timeOfDay / 3_600_000);
      case 'hour':
        return Math.floor(timeOfDay / 3_600_000) % 12;
      case 'minute':
        return Math.floor(timeOfDay / 60_000) % 60;
      case 'second':
        return Math.floor(timeOfDay / 1000) % 60;
      case 'millisecond':
        return timeOfDay % 1000;
      case 'zoneOffset':
        return 0;
      default:
        return this.ofDate(field);
    }
  }

  private ofDate(field: Exclude<DateField, FieldOfTime>): number {
    const { day } = this;
    const { year, month, dayOfMonth } = this.civil;
    switch (field) {
      case 'era':
        return year > 0 ? 1 : 0;
      case 'year':
        return year > 0 ? year : 1 - year;
      case 'weekYear':
        return this.inNextWeekYear() ? year + 1 : year;
      case 'month':
        return month;
      case 'weekOfYear':
        return this.inNextWeekYear() ? 1 : weekNumber(firstOfMonth(year, 0), day);
      case 'weekOfMonth':
        return weekNumber(firstOfMonth(year, month), day);
      case 'dayOfYear':
        return day - firstOfMonth(year, 0) + 1;
      case 'dayOfMonth':
        return dayOfMonth;
      case 'dayOfWeekInMonth':
        return Math.floor((dayOfMonth - 1) / 7) + 1;
      case 'dayOfWeek':
        return dayOfWeekOf(day);
    }
  }

  private inNextWeekYear(): boolean {
    return this.day >= onOrBefore(firstOfMonth(this.civil.year + 1, 0), SUNDAY);
  }
}

/** Milliseconds since the epoch for the fields that were parsed; what was not set is 1970-01-01T00:00:00Z's. */
export function resolve(fields: FieldsSet): number {
  return resolveDay(fields) * DAY_MS + resolveTime(fields) - (fields.get('zoneOffset') ?? 0);
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
  const hours = half ? (fields.get('hour') ?? 0) + 12 * (fields.get('amPm') ?? 0) : fields.get('hourOfDay')!;
  const minutes = hours * 60 + (fields.get('minute') ?? 0);
  return (minutes * 60 + (fields.get('second') ?? 0)) * 1000 + (fields.get('millisecond') ?? 0);
}

function resolveDay(fields: FieldsSet): number {
  const stamp = stamps(fields);
  if (stamp('weekYear') > stamp('year')) return resolveWeekDate(fields);
  const written = fields.get('year') ?? 1970;
  const year = fields.get('era') === 0 ? 1 - written : written;
  const gregorian = dayOfFields(gregorianDay, year, fields);
  if (year >= CUTOVER_YEAR && gregorian >= CUTOVER_DAY) return gregorian;
  return year > CUTOVER_YEAR ? gregorian : dayOfFields(julianDay, year, fields);
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
  if (best === ofMonth) return first + (fields.get('dayOfMonth') ?? 1) - 1;
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
