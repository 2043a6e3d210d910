import { parsePattern } from '../../config/transforms/java-date-pattern.ts';
import { compileFormat } from './date-pattern.ts';

const WRITE = compileFormat(parsePattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'"));

/** A moment as HTTP writes it (RFC 9110 §5.6.7). @param ms since the epoch */
export function writeHttpDate(ms: number): string {
  return WRITE(ms);
}
