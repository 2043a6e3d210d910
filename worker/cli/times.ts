const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,3})\d{0,6})?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/i;

/**
 * A date, or a date and a time, of ISO 8601; what names no zone is UTC.
 *
 * @returns epoch milliseconds; null where it is no such time, or a day or hour that does not exist
 */
export function parseTime(text: string): number | null {
  const [match, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, zoneHour, zoneMinute] =
    ISO.exec(text) ?? [];
  if (match === undefined) return null;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(
    fields[0],
    fields[1] - 1,
    fields[2],
    fields[3],
    fields[4],
    fields[5],
    Number(fraction.padEnd(3, '0')),
  );
  const date = new Date(ms);
  const rolledOver =
    date.getUTCMonth() + 1 !== fields[1] ||
    date.getUTCDate() !== fields[2] ||
    date.getUTCHours() !== fields[3] ||
    date.getUTCMinutes() !== fields[4] ||
    date.getUTCSeconds() !== fields[5];
  if (rolledOver) return null;
  const ahead = (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * 60_000;
  return sign === '-' ? ms + ahead : ms - ahead;
}

/** Epoch milliseconds as `2026-01-31T12:00:00.000Z`; what no date can be is the number itself. */
export function renderTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}
