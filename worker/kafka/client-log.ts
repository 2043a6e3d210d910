import type { KafkaFault } from '../task/ports.ts';
import { CONNECTION_CODES, codeOf, faultOf } from './faults.ts';
import kafka from './library.ts';
import { tlsFault, tokenFailureIn, tokenFault } from './security-faults.ts';

const CODES = kafka.CODES.ERRORS;
/** An unchanged fault is told again after so many milliseconds. */
const REPEAT_MS = 30_000;
/** A failure in the log explains what goes wrong within so many milliseconds. */
const RECENT_MS = 60_000;

/** How long the line of a fatal error may come after the error, and how often it is looked for, milliseconds. */
const FATAL_LINE_MS = 500;
const FATAL_LOOK_MS = 20;

/** A line that librdkafka logged. It names brokers, groups and topics, never a password. */
export interface ClientLogLine {
  /** syslog's: 0 emergency … 3 error, 4 warning, 6 info, 7 debug. */
  readonly severity: number;
  /** librdkafka's tag of what happened, e.g. FAIL, FATAL, CONFWARN. */
  readonly facility: string;
  readonly message: string;
}

/** Error events carry a code at best; librdkafka's log, which comes first, says which broker, and why. */
export class FailureLog {
  #last: { readonly fault: KafkaFault; readonly at: number } | null = null;

  note(line: ClientLogLine): void {
    const fault = failureIn(line);
    if (fault !== null) this.#last = { fault, at: performance.now() };
  }

  /** The last failure of a connection, unless it was long ago. */
  recent(): KafkaFault | null {
    return this.#last !== null && performance.now() - this.#last.at < RECENT_MS ? this.#last.fault : null;
  }

  /** What the log says about a fatal error. Its line takes another way than the error, and may come a moment later. */
  async fatal(): Promise<KafkaFault | null> {
    for (let waited = 0; waited < FATAL_LINE_MS; waited += FATAL_LOOK_MS) {
      const fault = this.recent();
      if (fault?.fatal === true) return fault;
      await new Promise(resolve => setTimeout(resolve, FATAL_LOOK_MS));
    }
    return null;
  }

  forget(): void {
    this.#last = null;
  }

  /**
   * Whether an error event tells of something that is over: every failed connection is logged first, so one without a
   * recent line comes from before the client was connected, when nobody fetched its events.
   */
  isOver({ code }: KafkaFault): boolean {
    return CONNECTION_CODES.has(code) && code !== CODES.ERR__AUTHENTICATION && this.recent() === null;
  }
}

/** What a log line tells about a failed connection, a token that can't be had or a fatal error; null for every other line. */
export function failureIn(line: ClientLogLine): KafkaFault | null {
  if (line.facility === 'OIDC') return tokenFault(tokenFailureIn(reason(line.message)));
  if (line.facility === 'FATAL') return fatalIn(reason(line.message).replace(/^Fatal error: /, ''));
  if (line.facility !== 'FAIL') return null;
  const code = failureCode(line.message);
  return code === CODES.ERR__SSL ? tlsFault(reason(line.message)) : faultOf(code, reason(line.message));
}

/** The line as it may be told on: not the whole of what a token endpoint was asked and answered. */
export function tellable(line: ClientLogLine): ClientLogLine {
  const failure = line.facility === 'OIDC' ? tokenFailureIn(reason(line.message)) : null;
  if (failure === null) return line;
  const { endpoint, reason: cause } = failure;
  return { ...line, message: `Failed to retrieve OIDC token from "${endpoint}": ${cause ?? 'no usable answer'}` };
}

/** The client says why it can not go on in the log only; the event that follows has no more than a code of its own. */
function fatalIn(text: string): KafkaFault {
  return { ...faultOf(codeOf(text) ?? CODES.ERR__FATAL, text), fatal: true };
}

function failureCode(message: string): number {
  const text = message.replace(/\b\w+:\/\/\S+/g, '');
  if (/security\.protocol/.test(text)) return CODES.ERR__TRANSPORT;
  if (/failed to resolve/i.test(text)) return CODES.ERR__RESOLVE;
  // What was up has shaken hands: the broker restarts, or closes what is idle.
  if (text.includes('Disconnected') && text.includes('in state UP')) return CODES.ERR__TRANSPORT;
  if (endedBehindTls(message)) return CODES.ERR__SSL;
  if (/in state SSL_HANDSHAKE|\bssl\b|certificate/i.test(text)) return CODES.ERR__SSL;
  if (/sasl handshake not supported|unsupported sasl mechanism/i.test(text))
    return CODES.ERR_UNSUPPORTED_SASL_MECHANISM;
  if (/\bsasl\b|authentication/i.test(text)) return CODES.ERR__AUTHENTICATION;
  return CODES.ERR__TRANSPORT;
}

/** TLS 1.3 looks at the client's certificate when the client has gone on already, and a reset may overtake the alert. */
function endedBehindTls(message: string): boolean {
  return ['ssl://', 'Disconnected', 'in state APIVERSION_QUERY'].every(part => message.includes(part));
}

/** The line without librdkafka's thread, timing and repetition. */
function reason(message: string): string {
  return message
    .replace(/^\[thrd:[^\]]*\]: /, '')
    .replace(/ \(after \d+ms in state [\s\S]*$/, '')
    .replace(/^(\S+?): \1: /, '$1: ');
}

/** Lets a fault pass once, and again when half a minute has gone by: a broker that is away fails many times a second. */
export function toldOnce(tell: (fault: KafkaFault) => void): (fault: KafkaFault) => void {
  const told = new Map<string, number>();
  return fault => {
    const now = performance.now();
    for (const [message, at] of told) if (now - at >= REPEAT_MS) told.delete(message);
    if (told.has(fault.message) && !fault.fatal) return;
    told.set(fault.message, now);
    tell(fault);
  };
}
