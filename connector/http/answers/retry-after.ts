import { headerValues } from '../../header-values.ts';
import type { HttpResponse } from '../../ports.ts';

/** The longest wait that an endpoint can ask for, milliseconds. */
export const RETRY_AFTER_MAX_MS = 300_000;

const SECONDS = /^\d{1,9}(?:\.\d{1,9})?$/;
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAY_MS = 86_400_000;

/**
 * The wait that an answer asks for (RFC 9110 §10.2.3), in milliseconds within 0 … RETRY_AFTER_MAX_MS; null when it
 * asks for none or not in a form that the RFC allows to be sent; parts of a second are taken as well, and the longest of
 * several. A date counts from the answer's own `Date`, so that a server with a wrong clock is understood, else from `wall`.
 */
export function retryAfter(headers: HttpResponse['headers'], wall: number): number | null {
  const waits = headerValues(headers, 'retry-after').map(text => waitOf(text, headers['date'], wall));
  return waits.reduce((longest, wait) => (wait === null ? longest : Math.max(longest ?? 0, wait)), null);
}

function waitOf(text: string, date: HttpResponse['headers'][string] | undefined, wall: number): number | null {
  if (SECONDS.test(text)) return clamp(Math.ceil(Number(text) * 1000));
  const until = parseImfFixdate(text);
  if (until === null) return null;
  return clamp(until - ((typeof date === 'string' ? parseImfFixdate(date) : null) ?? wall));
}

/** Epoch milliseconds of the one date form that may be sent (RFC 9110 §5.6.7), or null. */
export function parseImfFixdate(text: string): number | null {
  const match = IMF_FIXDATE.exec(text);
  if (match === null) return null;
  const [, day, month, year, hour, minute, second] = match;
  const days = daysFromEpoch(Number(year), MONTHS.indexOf(month!) / 3 + 1, Number(day));
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (days === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  return days * DAY_MS + seconds * 1000;
}

/** Days since 1970-01-01 in the Gregorian calendar, or null for a day that its month does not have. */
function daysFromEpoch(year: number, month: number, day: number): number | null {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (leap ? 29 : 28) : 30 + ((month + (month > 7 ? 1 : 0)) % 2);
  if (day < 1 || day > length) return null;
  // Years counted from March, so that the leap day is a year's last.
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}
