import type { Fact } from './facts.ts';
import type { Signal } from './scope.ts';

/** Monotonic time in milliseconds, and everything that waits. The core never touches a timer or a date itself. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. */
  now(): number;
  /** Wall-clock epoch milliseconds: for stamps and for HTTP dates only, never for a duration. */
  wall(): number;
  /**
   * Calls back once after `ms`; `ms` is clamped below the timer overflow (2^31 - 1).
   * @returns a function that cancels it.
   */
  timer(ms: number, callback: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names, those that are looked at; a repeated header is an array. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** As sent, still encoded where the endpoint encoded it; at most `maxResponseBytes`. */
  readonly body: Buffer;
  /** False: the body went on beyond `maxResponseBytes`. */
  readonly complete: boolean;
  /** Nothing of the request's body waits to be written any more: its memory may be used again. */
  readonly bodySent: boolean;
  /** The proxy (its host) that the request was written to, and that may have answered in its own name; absent: none. */
  readonly forwardedBy?: string;
}

/**
 * One attempt over the network. `send` gives the answer, its body read up to `maxResponseBytes`, or throws a
 * TransportError; it never retries, redirects or decompresses. `signal` aborts it at any point (the attempt's deadline is the
 * caller's). A success to a request that the endpoint did not take whole is a TransportError.
 */
export interface HttpTransport {
  send(request: HttpRequest, options: { signal: Signal; maxResponseBytes: number }): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * Small texts in files that others write, and replace while the worker runs: tokens and keys. Whatever goes wrong is an Error whose
 * message completes "can't be read: " or "can't be written: ".
 */
export interface SmallFiles {
  /** Another one for each content: which file the path leads to, its size, and when it was written. */
  stamp(path: string): Promise<string>;
  /** The whole text, UTF-8, of a regular file of at most 64 KiB. */
  read(path: string): Promise<string>;
  /** Puts a text in the place of the file's at once, so that no reader finds half of it; only the owner may read it. */
  replace(path: string, text: string): Promise<void>;
}

/** Stages announce facts; one table (worker/telemetry/telemetry.ts) turns them into metrics and log lines. */
export type Announce = (fact: Fact) => void;
