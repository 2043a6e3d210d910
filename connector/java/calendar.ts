/**
 * The calendar of java.util.GregorianCalendar in UTC, lenient, with the weeks of the locale en_US (they begin on Sunday,
 * the week of 1 January is the first): Julian before 15 October 1582, as Java has it.
 */

export const DAY_MS = 86_400_000;

/** 1582-10-15 in days since 1970-01-01. */
export const CUTOVER_DAY = -141_427;
export const CUTOVER_YEAR = 1582;
export const SUNDAY = 1;

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

export function floorMod(value: number, by: number): number {
  return value - Math.floor(value / by) * by;
}

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar; month from 0 and any number. */
export function gregorianDay(year: number, month: number, day: number): number {
  const y = year + Math.floor(month / 12) - (floorMod(month, 12) < 2 ? 1 : 0);
  const m = floorMod(month + 10, 12);
  const century = Math.floor(y / 100);
  return (
    365 * y + Math.floor(y / 4) - century + Math.floor(century / 4) + Math.floor((153 * m + 2) / 5) + day - 719_469
  );
}

export function julianDay(year: number, month: number, day: number): number {
  const y = year + Math.floor(month / 12) - (floorMod(month, 12) < 2 ? 1 : 0);
  const m = floorMod(month + 10, 12);
  return 365 * y + Math.floor(y / 4) + Math.floor((153 * m + 2) / 5) + day - 719_471;
}

/** The first day of a month in the calendar that was in force. */
export function firstOfMonth(year: number, month: number): number {
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

export function onOrBefore(day: number, dayOfWeek: number): number {
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
