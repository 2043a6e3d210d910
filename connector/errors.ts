/** The root of everything that Tailrace throws on purpose. */
export class TailraceError extends Error {
  override readonly name: string = 'TailraceError';
  /** Stable, for programs; the message is for people. */
  readonly code: string;
  /** Trying again may help without anybody changing anything. */
  readonly retriable: boolean;

  constructor(message: string, code: string, retriable: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retriable = retriable;
  }
}

/**
 * An attempt that brought no answer. `code` is the errno, the TLS library's or undici's code. Not retriable: what
 * only a change of the configuration, of a certificate or of the endpoint mends; it is tried again, but slowly.
 */
export class TransportError extends TailraceError {
  override readonly name = 'TransportError';
  /** Bytes of the request may have reached the endpoint, so that it may hold the records already. */
  readonly ambiguous: boolean;

  constructor(message: string, code: string, retriable: boolean, ambiguous: boolean, cause?: unknown) {
    super(message, code, retriable, cause);
    this.ambiguous = ambiguous;
  }
}

/** No usable credentials: nothing of the request was sent. Not retriable: the authorization server refused them. */
export class CredentialsError extends TailraceError {
  override readonly name = 'CredentialsError';
  /** How long the authorization server asks to wait, milliseconds. */
  readonly hintMs: number | null;

  constructor(message: string, code: string, retriable: boolean, hintMs: number | null = null, cause?: unknown) {
    super(message, code, retriable, cause);
    this.hintMs = hintMs;
  }
}

/** A request was sent as often as it may be (delivery.max.attempts), and the user asked to fail on that. */
export class AttemptsExhaustedError extends TailraceError {
  override readonly name = 'AttemptsExhaustedError';

  constructor(message: string) {
    super(message, 'ATTEMPTS_EXHAUSTED', true);
  }
}

/** The endpoint refuses the credentials for good, and the user asked to fail on that (http.auth.fail.fast). */
export class AuthorizationRefusedError extends TailraceError {
  override readonly name = 'AuthorizationRefusedError';

  constructor(reason: string, cause?: unknown) {
    super(reason, 'AUTHORIZATION_REFUSED', false, cause);
  }
}
