import type { Answer, Arrived } from './endpoint.ts';

export interface TokenIssuerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What `expires_in` says; 3600 by default. */
  readonly lifetimeSeconds?: number;
}

/** The authorization server's side of OAuth 2.0 client credentials (RFC 6749 §4.4). */
export class TokenIssuer {
  /** Token requests as they arrived. */
  readonly requests: Arrived[] = [];
  /** Answers for the next token requests, in the place of a token. */
  readonly answers: Answer[] = [];
  readonly #options: TokenIssuerOptions;
  readonly #valid = new Set<string>();
  #issued = 0;

  constructor(options: TokenIssuerOptions) {
    this.#options = options;
  }

  /** Tokens given out so far. */
  get issued(): number {
    return this.#issued;
  }

  accepts(authorization: string | undefined): boolean {
    return authorization?.startsWith('Bearer ') === true && this.#valid.has(authorization.slice(7));
  }

  /** From now on no token that was given out is good. */
  revoke(): void {
    this.#valid.clear();
  }

  issue(request: Arrived): Answer {
    this.requests.push(request);
    const scripted = this.answers.shift();
    if (scripted !== undefined) return scripted;
    const form = new URLSearchParams(request.body.toString());
    if (form.get('grant_type') !== 'client_credentials') return refusal(400, 'unsupported_grant_type');
    if (!this.#knows(request, form)) return refusal(401, 'invalid_client');
    const token = `token-${++this.#issued}`;
    this.#valid.add(token);
    const expires = this.#options.lifetimeSeconds ?? 3600;
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: expires });
  }

  #knows({ headers }: Arrived, form: URLSearchParams): boolean {
    const { clientId, clientSecret } = this.#options;
    const [scheme, credentials] = headers.authorization?.split(' ') ?? [];
    if (scheme !== 'Basic') return form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    const [id, secret] = Buffer.from(credentials ?? '', 'base64')
      .toString()
      .split(':')
      .map(formDecode);
    return id === clientId && secret === clientSecret;
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function refusal(status: number, error: string): Answer {
  return json(status, { error });
}

function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}
