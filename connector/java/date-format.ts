import { parsePattern } from '../../config/transforms/java-date-pattern.ts';
import { compileParse, type ParseDate } from './date-parse.ts';
import { compileFormat } from './date-pattern.ts';

/** A java.text.SimpleDateFormat in UTC and English. */
export interface JavaDateFormat {
  readonly pattern: string;
  /** @param ms since the epoch */
  readonly format: (ms: number) => string;
  readonly parse: ParseDate;
}

/**
 * @param now milliseconds since the epoch, for two-digit years
 * @throws PatternError with Java's text
 */
export function javaDateFormat(pattern: string, now: () => number): JavaDateFormat {
  const parts = parsePattern(pattern);
  return { pattern, format: compileFormat(parts), parse: compileParse(parts, now) };
}
