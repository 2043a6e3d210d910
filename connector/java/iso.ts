import { parsePattern } from '../../config/transforms/java-date-pattern.ts';
import { compileFormat } from './date-pattern.ts';

const WRITE = compileFormat(parsePattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"));

/** Kafka Connect's own text of a moment. @param ms since the epoch */
export function writeIsoTimestamp(ms: number): string {
  return WRITE(ms);
}
