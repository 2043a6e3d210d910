import { CredentialsError } from '../../errors.ts';
import type { HttpRequest } from '../../ports.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { isHeaderSafe } from './header-safety.ts';

/** Nothing is put on a request. */
export const ANONYMOUS: Authorization = { apply: request => request };

/** One header. Many requests carry the same ones: their headers are one object. */
export class HeaderAuthorization implements Authorization {
  readonly #name: string;
  readonly #value: string;
  #before: HttpRequest['headers'] | null = null;
  #after: HttpRequest['headers'] = {};

  /** @param name in lower case */
  constructor(name: string, value: string) {
    this.#name = name;
    this.#value = value;
  }

  apply(request: HttpRequest): HttpRequest {
    if (request.headers !== this.#before) {
      this.#before = request.headers;
      this.#after = { ...request.headers, [this.#name]: this.#value };
    }
    return { ...request, headers: this.#after };
  }
}

/** Credentials that never change. */
export function fixed(authorization: Authorization): Credentials {
  return { authorize: async () => authorization, invalidate: () => false, state: null, close: () => {} };
}

/** RFC 7617, as UTF-8. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export function bearer(token: string): Credentials {
  if (isHeaderSafe(token)) return fixed(new HeaderAuthorization('authorization', `Bearer ${token}`));
  const reason = 'the bearer token can not be sent: it is empty, or holds a blank, a line break or a special character';
  return {
    authorize: () => Promise.reject(new CredentialsError(reason, 'TOKEN_UNUSABLE', false)),
    invalidate: () => false,
    state: null,
    close: () => {},
  };
}
