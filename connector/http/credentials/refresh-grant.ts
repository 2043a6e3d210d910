import type { GrantConfig } from '../../../config/types.ts';
import { CredentialsError } from '../../errors.ts';
import type { CredentialsParts } from './credentials.ts';
import type { Field, Grant } from './grant.ts';
import { KeptToken } from './kept-token.ts';

type Config = Extract<GrantConfig, { readonly type: 'refresh_token' | 'authorization_code' }>;

/** What can be asked with: a refresh token, or an authorization code. */
interface Offer {
  readonly kind: 'token' | 'code';
  readonly value: string;
}

/** Refresh tokens (RFC 6749 §6), beginning with one that was given to us or with an authorization code (§4.1.3, RFC 7636 §4.5). */
export function createRefreshGrant(config: Config, parts: Omit<CredentialsParts, 'transport' | 'timeoutMs'>): Grant {
  return new RefreshGrant(config, config.file === null ? null : new KeptToken(config.file, parts));
}

class RefreshGrant implements Grant {
  readonly advice: string;
  readonly #config: Config;
  readonly #kept: KeptToken | null;
  /** The one that the authorization server gave last, or that somebody put into the file since. */
  #newest: string | null = null;
  #codeIsUsed = false;
  #asked: Offer | null = null;
  /** What was refused since something was taken. */
  readonly #refused = new Set<string>();

  constructor(config: Config, kept: KeptToken | null) {
    this.#config = config;
    this.#kept = kept;
    this.advice =
      config.type === 'refresh_token'
        ? 'oauth2.token.url, client id and secret, or give another oauth2.refresh.token'
        : 'oauth2.token.url, client id, secret and oauth2.redirect.uri, or give another oauth2.authorization.code';
  }

  async ask(): ReturnType<Grant['ask']> {
    const fault = await this.#lookIntoFile();
    const offers = this.#offers();
    const [first] = offers;
    if (first === undefined) {
      const missing =
        this.#config.type === 'refresh_token' || fault !== null
          ? `no refresh token${fault === null ? '' : ` in oauth2.refresh.token.file: ${fault}`}`
          : 'the authorization code is used up, and no refresh token came with the access token: give another oauth2.authorization.code';
      throw new CredentialsError(missing, 'TOKEN_UNUSABLE', false);
    }
    let next = offers.find(({ value }) => !this.#refused.has(value));
    if (next === undefined) {
      // All were refused, which the authorization server may see otherwise later.
      this.#refused.clear();
      next = first;
    }
    this.#asked = next;
    return this.#form(next);
  }

  accept(refreshToken: string | null): void {
    this.#refused.clear();
    if (this.#asked?.kind === 'code') this.#codeIsUsed = true;
    if (this.#asked?.kind === 'token') this.#newest = this.#asked.value;
    if (refreshToken === null || refreshToken === this.#newest || this.#isPermanent) return;
    this.#newest = refreshToken;
    this.#kept?.keep(refreshToken);
  }

  refuse(): boolean {
    if (this.#asked !== null) this.#refused.add(this.#asked.value);
    return this.#offers().some(({ value }) => !this.#refused.has(value));
  }

  close(): void | Promise<void> {
    return this.#kept?.close();
  }

  get #isPermanent(): boolean {
    return this.#config.type === 'authorization_code' && this.#config.permanent;
  }

  /** @returns why nothing can be read there, or null */
  async #lookIntoFile(): Promise<string | null> {
    if (this.#kept === null) return null;
    const { token, fault } = await this.#kept.look();
    if (token !== null) {
      this.#newest = token;
      this.#refused.clear();
    }
    return fault;
  }

  /** What goes first is the newest. */
  #offers(): readonly Offer[] {
    const config = this.#config;
    const offers: Offer[] = [];
    if (this.#newest !== null) offers.push({ kind: 'token', value: this.#newest });
    if (config.type === 'authorization_code') {
      if (config.permanent) offers.length = 0;
      if (!this.#codeIsUsed || config.permanent) offers.push({ kind: 'code', value: config.code.reveal() });
    } else if (config.refreshToken !== null) {
      const value = config.refreshToken.reveal();
      if (value !== this.#newest) offers.push({ kind: 'token', value });
    }
    return offers;
  }

  #form({ kind, value }: Offer): Awaited<ReturnType<Grant['ask']>> {
    if (kind === 'token') return { type: 'refresh_token', fields: [['refresh_token', value]] };
    const fields: Field[] = [['code', value]];
    if (this.#config.type === 'authorization_code') {
      const { redirectUri, codeVerifier } = this.#config;
      if (redirectUri !== null) fields.push(['redirect_uri', redirectUri]);
      if (codeVerifier !== null) fields.push(['code_verifier', codeVerifier.reveal()]);
    }
    return { type: 'authorization_code', fields };
  }
}
