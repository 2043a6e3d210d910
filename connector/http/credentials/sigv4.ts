import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { AwsKeys, SigV4Config } from '../../../config/types.ts';
import type { CredentialsState } from '../../batch.ts';
import { CredentialsError } from '../../errors.ts';
import { percentEncoded } from '../../percent.ts';
import type { HttpRequest } from '../../ports.ts';
import type { Signal } from '../../scope.ts';
import { readProfile } from './aws-profile.ts';
import type { Authorization, Credentials, CredentialsParts } from './credentials.ts';
import { WatchedFile } from './watched-file.ts';

/** AWS takes signatures that are up to five minutes old or early. */
const SKEW_TOLERATED_MS = 240_000;
/** A clock that differs by more is no clock to go by. */
const SKEW_MAX_MS = 86_400_000;

/** Signs each request with AWS Signature Version 4; keys in a file are read again when it changes. */
export class SignedCredentials implements Credentials {
  readonly #config: SigV4Config;
  readonly #parts: CredentialsParts;
  readonly #file: WatchedFile<AwsKeys> | null;
  #current: Signature | null = null;
  /** What is added to the wall clock. */
  #skewMs = 0;

  constructor(config: SigV4Config, parts: CredentialsParts) {
    const { keys } = config;
    this.#config = config;
    this.#parts = parts;
    this.#file = 'file' in keys ? new WatchedFile(keys.file, text => readProfile(text, keys.profile), parts) : null;
  }

  async authorize(signal: Signal): Promise<Authorization> {
    const keys = this.#file === null ? (this.#config.keys as AwsKeys) : await this.#file.current(signal);
    const skewMs = this.#skewMs;
    if (this.#current?.keys !== keys || this.#current.skewMs !== skewMs) {
      this.#current = new Signature(this.#config, keys, skewMs, () => this.#parts.clock.wall() + skewMs);
    }
    return this.#current;
  }

  invalidate(authorization: Authorization, answeredAt: number | null): boolean {
    if (authorization !== this.#current) return true;
    const isSkewed = answeredAt !== null && this.#followClock(answeredAt);
    this.#file?.drop(this.#current.keys);
    return isSkewed || this.#file !== null;
  }

  get state(): CredentialsState | null {
    return this.#file?.state ?? null;
  }

  close(): void {}

  /** @returns whether signatures are dated otherwise from now on */
  #followClock(answeredAt: number): boolean {
    const { clock, announce } = this.#parts;
    const skewMs = answeredAt - clock.wall();
    if (Math.abs(skewMs - this.#skewMs) < SKEW_TOLERATED_MS || Math.abs(skewMs) > SKEW_MAX_MS) return false;
    this.#skewMs = skewMs;
    announce({ kind: 'clock-skewed', skewMs });
    return true;
  }
}

class Signature implements Authorization {
  readonly keys: AwsKeys;
  readonly skewMs: number;
  readonly #config: SigV4Config;
  readonly #now: () => number;

  constructor(config: SigV4Config, keys: AwsKeys, skewMs: number, now: () => number) {
    this.#config = config;
    this.keys = keys;
    this.skewMs = skewMs;
    this.#now = now;
  }

  async apply(request: HttpRequest): Promise<HttpRequest> {
    try {
      return await sign(request, this.keys, { ...this.#config, at: this.#now(), withChecksum: true });
    } catch (error) {
      throw new CredentialsError('the request can not be signed', 'SIGNATURE_FAILED', true, null, error);
    }
  }
}

/** What proxies on the way may change, or add to. */
const UNSIGNED = new Set(['accept-encoding', 'traceparent', 'tracestate', 'via', 'forwarded', 'x-forwarded-for']);

export interface SigningOptions extends Pick<SigV4Config, 'region' | 'service'> {
  /** Wall-clock epoch milliseconds. */
  readonly at: number;
  /** Send the body's hash as well, which S3 and OpenSearch Serverless want, and the others take. */
  readonly withChecksum: boolean;
}

/**
 * A request with its signature. Path and query are spelled anew, each character that need not be itself as %XX: what is signed is then what
 * the service reads, whatever it makes of a plus sign or a bracket.
 */
export async function sign(
  request: HttpRequest,
  keys: AwsKeys,
  { region, service, at, withChecksum }: SigningOptions,
): Promise<HttpRequest> {
  // Only those who sign pay for it.
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const url = spelledAnew(request.url);
  const signer = new SignatureV4({
    credentials: {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey.reveal(),
      ...(keys.sessionToken !== null && { sessionToken: keys.sessionToken.reveal() }),
    },
    region,
    service,
    sha256: Sha256,
    // All but S3 encode a path twice.
    uriEscapePath: service !== 's3',
    applyChecksum: withChecksum,
  });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...unsigned(request.headers), host: url.host },
      body: request.body,
    },
    // A number counts as seconds there.
    { signingDate: Math.floor(at / 1000), unsignableHeaders: UNSIGNED },
  );
  const { host: _, ...headers } = signed.headers;
  return { ...request, url, headers };
}

/** What a signature is made of, and writes: a header that a record brings must not make it another one. */
const OWN_HEADERS = ['authorization', 'date', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];

function unsigned(headers: HttpRequest['headers']): Record<string, string> {
  const result = { ...headers };
  for (const name of OWN_HEADERS) delete result[name];
  return result;
}

/** Hashes by OpenSSL. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {}
}

function spelledAnew(url: URL): URL {
  const result = new URL(url);
  result.pathname = url.pathname.split('/').map(strictly).join('/');
  result.search = pairsOf(url)
    .map(([name, value]) => `${strictly(name)}=${strictly(value)}`)
    .join('&');
  return result;
}

function queryOf(url: URL): Record<string, string[]> {
  const query: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of pairsOf(url)) {
    const known = decoded(name);
    query[known] = [...(query[known] ?? []), decoded(value)];
  }
  return query;
}

function pairsOf({ search }: URL): [name: string, value: string][] {
  return search
    .slice(1)
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    });
}

/** However it was escaped before. */
function strictly(text: string): string {
  return percentEncoded(decoded(text));
}

/** A percent sign that begins nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
