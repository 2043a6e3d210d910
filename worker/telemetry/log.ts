import { pino } from 'pino';
import type { Secret } from '../../config/secret.ts';
import type { LineWriter } from './line-writer.ts';

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
  /** Masked wherever they appear in a line. */
  readonly secrets: readonly Secret[];
}

const MASK = '[hidden]';
const CREDENTIAL_FIELD = /^(authorization|proxy-authorization|cookie|set-cookie|password|secret|token|api-?key)$/i;
const CREDENTIAL_TEXT = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi;
const USER_INFO = /(\w+:\/\/)[^\s/@"']+@/g;
/** Shorter secrets are not searched for: they would mask ordinary words. They are never handed to the log anyway. */
const SHORTEST_SEARCHED = 6;

/** Structured lines, JSON or readable, that never hold a secret: by type, by field name and by text. */
export function createLog(options: LogOptions): Log {
  const secrets = searched(options.secrets);
  const destination = {
    write(line: string) {
      const clean = mask(line, secrets);
      options.writer.write(options.readable ? mask(readable(clean), secrets) : clean);
    },
  };
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }), log: withoutCredentials },
    },
    destination,
  );

  function wrap(logger: typeof root): Log {
    return {
      write: (level, text, fields = {}) => logger[level](fields, text),
      writes: level => logger.isLevelEnabled(level),
      with: fields => wrap(logger.child(withoutCredentials(fields))),
    };
  }
  return wrap(root);
}

/** Secrets as they can appear in a line: plain, inside JSON and JSON in JSON, base64, URL-encoded; longest first. */
function searched(values: readonly Secret[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of values) {
    const value = secret.reveal();
    if (value.length < SHORTEST_SEARCHED) continue;
    const escaped = jsonText(value);
    for (const form of [value, escaped, jsonText(escaped), encodeURIComponent(value), base64(value)]) forms.add(form);
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

function mask(line: string, secrets: readonly string[]): string {
  let clean = line.replace(CREDENTIAL_TEXT, `$1 ${MASK}`).replace(USER_INFO, `$1${MASK}@`);
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, MASK);
  return clean;
}

function withoutCredentials(fields: object): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (CREDENTIAL_FIELD.test(name)) clean[name] = MASK;
    else if (value instanceof Error) clean[name] = { name: value.name, message: value.message, stack: value.stack };
    else if (isPlain(value)) clean[name] = withoutCredentials(value);
    else clean[name] = value;
  }
  return clean;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
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

/** A terminal must not be steered by what a broker or an endpoint wrote. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, character =>
    character === '\n' || character === '\t' ? ' ' : '',
  );
}
