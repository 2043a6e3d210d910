import type { HttpResponse } from './ports.ts';

/** The values of a header, one for each time that it was written. */
export function headerValues(headers: HttpResponse['headers'], name: string): readonly string[] {
  const value = headers[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
