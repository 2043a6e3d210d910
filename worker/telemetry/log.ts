import { pino } from 'pino';
import type { LineWriter } from './line-writer.ts';
import type { Masking } from './masking.ts';
import { escapeControls, withoutControls } from './text.ts';
import { createTidier } from './tidy.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Fields beside the text: plain values, no record content. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  write(level: LogLevel, text: string, fields?: LogFields): void;
  /** Whether a line of this level would be written: a text need not be made otherwise. */
  writes(level: LogLevel): boolean;
  /** A log whose lines all carry these fields. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
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
  const { masking } = options;
  const tidy = createTidier(masking);
  const destination = {
    write(line: string) {
      options.writer.write(options.readable ? masking.mask(readable(line)) : escapeControls(line));
    },
  };
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    destination,
  );

  function wrap(logger: typeof root): Log {
    return {
      write(level, text, fields = {}) {
        if (!logger.isLevelEnabled(level)) return;
        const { message, data } = tidy(text, fields);
        logger[level](data, message);
      },
      writes: level => logger.isLevelEnabled(level),
      with: fields => wrap(logger.child(tidy('', fields).data)),
    };
  }
  return wrap(root);
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
