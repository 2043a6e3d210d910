import { pino } from 'pino';
import type { EventName, LevelOf, LogLevel } from './events.ts';
import type { LineWriter } from './line-writer.ts';
import type { Gate, Loggers } from './loggers.ts';
import type { Masking } from './masking.ts';
import { escapeControls, withoutControls } from './text.ts';
import { createTidier } from './tidy.ts';

export type { LogLevel } from './events.ts';

/**
 * Fields beside the text: plain values, no record content. Some say which loggers, and so which levels, a line is of: `connector` that of the
 * connector, and `logger` one by its name, else it is that of tasks, connectors or the worker.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** Those of a line: its event beside the others. */
export type LineFields<E extends EventName = EventName> = LogFields & { readonly event: E };

export interface Log {
  /** Every line has an event of worker/EVENTS.md, and one of the levels that this may have. */
  write<E extends EventName>(level: LevelOf<E>, text: string, fields: LineFields<E>): void;
  /** Whether a line of this level would be written: a text need not be made otherwise. */
  writes(level: LogLevel): boolean;
  /** A log whose lines all carry these fields. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly loggers: Loggers;
  readonly writer: Pick<LineWriter, 'write'>;
  /** One readable line in place of JSON: for a terminal. */
  readonly readable: boolean;
  /** What must not appear in a line. */
  readonly masking: Masking;
}

/**
 * Structured lines, JSON or readable, that never hold a secret: by type, by field name and by text. Whatever is written, a line
 * is bounded (`tidy.ts`), steers no terminal, and takes time linear in what it is made of.
 */
export function createLog(options: LogOptions): Log {
  const { masking, loggers } = options;
  const tidy = createTidier(masking);
  const destination = {
    write(line: string) {
      options.writer.write(options.readable ? masking.mask(readable(line)) : escapeControls(line));
    },
  };
  const root = pino(
    {
      level: 'trace',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    destination,
  );

  /** @param own the fields of every line */
  function wrap(logger: typeof root, own: LogFields): Log {
    const gate = loggers.gate(loggersOf(own));
    const gateOf = (fields: LogFields): Gate =>
      'connector' in fields || 'logger' in fields ? loggers.gate(loggersOf({ ...own, ...fields })) : gate;
    return {
      write(level, text, fields) {
        if (!gateOf(fields).passes(level)) return;
        const { message, data } = tidy(text, fields);
        logger[level](data, message);
      },
      writes: level => gate.passes(level),
      with: fields => wrap(logger.child(tidy('', fields).data), { ...own, ...fields }),
    };
  }
  return wrap(root, {});
}

const CONNECTORS = 'tailrace.connector';

/** The logger that is a connector's own. */
export function loggerOfConnector(name: string): string {
  return `${CONNECTORS}.${name}`;
}

function loggersOf({ logger, connector, task }: LogFields): readonly string[] {
  const ofConnector = typeof connector === 'string' ? [loggerOfConnector(connector)] : [];
  if (typeof logger === 'string') return [logger, ...ofConnector];
  if (task !== undefined) return ['tailrace.task', ...ofConnector];
  return ofConnector.length > 0 ? ofConnector : ['tailrace.worker'];
}

/** `12:03:04.567 WARN  events-to-http/0 Request with 500 records failed: …`: the text says all that a reader needs. */
function readable(line: string): string {
  const { level, time, msg, connector, task, error } = JSON.parse(line) as Record<string, unknown>;
  const who = connector === undefined ? '' : `${connector}${task === undefined ? '' : `/${task}`} `;
  const text = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${who}${msg ?? ''}`;
  return `${withoutControls(text)}\n${stackOf(error)}`;
}

function stackOf(error: unknown): string {
  const stack = (error as { stack?: unknown } | undefined)?.stack;
  return typeof stack === 'string' ? `${stack.split('\n').map(withoutControls).join('\n')}\n` : '';
}
