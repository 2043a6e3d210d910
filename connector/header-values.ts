import type { HttpResponse } from './ports.ts';

/** What a header's name is in lower case (RFC 9110 §5.6.2). */
export const LOWER_CASE_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** The values of a header, one for each time that it was written. */
export function headerValues(headers: HttpResponse['headers'], name: string): readonly string[] {
  const value = headers[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
