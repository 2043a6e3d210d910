import type { Log, LogLevel } from '../telemetry/log.ts';

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** The level from which on lines are written; null: none are. */
export type Threshold = LogLevel | null;

/** The threshold of logs that are elsewhere: what one of them writes. */
export function thresholdOf(...logs: readonly Pick<Log, 'writes'>[]): Threshold {
  return LEVELS.find(level => logs.some(log => log.writes(level))) ?? null;
}

export function reaches(level: LogLevel, threshold: Threshold): boolean {
  return threshold !== null && LEVELS.indexOf(level) >= LEVELS.indexOf(threshold);
}
