import type { ClientLogLine } from './kafka/client-log.ts';
import type { Log, LogLevel } from './telemetry/log.ts';

const SYSLOG_ERROR = 3;
const SYSLOG_INFO = 6;

const CLIENT = 'tailrace.client';

/** librdkafka's own lines are for people who look for a cause, and have a logger of their own: the errors among them arrive as faults as well. */
export function createClientLog(log: Log): (line: ClientLogLine) => void {
  const lines = log.with({ logger: CLIENT });
  return ({ severity, facility, message }) => {
    const level: LogLevel = severity < SYSLOG_ERROR ? 'warn' : severity <= SYSLOG_INFO ? 'debug' : 'trace';
    lines.write(level, `librdkafka ${facility}: ${message}`, { event: 'client-log' });
  };
}

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** The lowest level that is written of a task or of its clients: what a task that logs from elsewhere has to send. */
export function levelNeeded(log: Log): LogLevel {
  const lines = log.with({ logger: CLIENT });
  return LEVELS.find(level => log.writes(level) || lines.writes(level)) ?? 'fatal';
}
