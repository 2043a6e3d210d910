import type { CredentialsState } from '../../batch.ts';
import type { Announce, Clock, HttpRequest, HttpTransport, SmallFiles } from '../../ports.ts';
import type { Signal } from '../../scope.ts';

/** What one request is authorized with. The same object as long as the same token, key or password serves. */
export interface Authorization {
  /**
   * The request with the credentials on it: in a header, in the URL, or as a signature over all of it. Asked for last, since a
   * signature is of the request as it goes over the wire, its body included.
   */
  apply(request: HttpRequest): HttpRequest | Promise<HttpRequest>;
}

/** Gives each request its authorization. */
export interface Credentials {
  /**
   * What the next request is to be sent with. Waits at most until the signal fires.
   * @throws CredentialsError
   */
  authorize(signal: Signal): Promise<Authorization>;
  /**
   * The endpoint refused a request with this authorization. Drops it, unless a newer one has taken its place already.
   * @param answeredAt the time of the answer by the endpoint's own clock (its `Date`), epoch milliseconds; null when it told none
   * @returns whether `authorize` may give another one
   */
  invalidate(authorization: Authorization, answeredAt: number | null): boolean;
  /** Null for those that are never renewed. */
  readonly state: CredentialsState | null;
  close(): void | Promise<void>;
}

export interface CredentialsParts {
  /** For token requests. */
  readonly transport: HttpTransport;
  readonly files: SmallFiles;
  readonly clock: Clock;
  readonly announce: Announce;
  /** One token request, from connect to the last byte of the answer. */
  readonly timeoutMs: number;
}
