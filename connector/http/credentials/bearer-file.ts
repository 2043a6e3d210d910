import type { CredentialsState } from '../../batch.ts';
import type { Signal } from '../../scope.ts';
import type { Authorization, Credentials } from './credentials.ts';
import { HeaderAuthorization } from './fixed.ts';
import { isHeaderSafe } from './header-safety.ts';
import { WatchedFile, type WatchedFileParts } from './watched-file.ts';

/** A bearer token in a file that others replace, as Kubernetes does with projected ones. */
export class BearerFile implements Credentials {
  readonly #file: WatchedFile<Authorization>;

  constructor(path: string, parts: WatchedFileParts) {
    this.#file = new WatchedFile<Authorization>(path, authorizationOf, parts);
  }

  authorize(signal: Signal): Promise<Authorization> {
    return this.#file.current(signal);
  }

  invalidate(authorization: Authorization): boolean {
    this.#file.drop(authorization);
    return true;
  }

  get state(): CredentialsState {
    return this.#file.state;
  }

  close(): void {}
}

/** @throws Error */
function authorizationOf(text: string): Authorization {
  const token = text.replace(/^\uFEFF/, '').trim();
  if (token === '') throw new Error('it is empty');
  if (!isHeaderSafe(token))
    throw new Error('it holds no token: blanks, line breaks or special characters, or it is too long');
  return new HeaderAuthorization('authorization', `Bearer ${token}`);
}
