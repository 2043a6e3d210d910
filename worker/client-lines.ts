import type { ClientLogLine } from './kafka/client-log.ts';
import type { Log, LogLevel } from './telemetry/log.ts';

const SYSLOG_ERROR = 3;
const SYSLOG_INFO = 6;

const CLIENT = 'tailrace.client';

/** The log of a task's clients. */
export function linesOfClients(log: Log): Log {
  return log.with({ logger: CLIENT });
}

/** librdkafka's own lines are for people who look for a cause, and have a logger of their own: the errors among them arrive as faults as well. */
export function createClientLog(log: Log): (line: ClientLogLine) => void {
  const lines = linesOfClients(log);
  return ({ severity, facility, message }) => {
    const level: LogLevel = severity < SYSLOG_ERROR ? 'warn' : severity <= SYSLOG_INFO ? 'debug' : 'trace';
    lines.write(level, `librdkafka ${facility}: ${message}`, { event: 'client-log' });
  };
}
