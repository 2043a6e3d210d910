import type { Secret } from './secret.ts';
import type { TlsConfig } from './tls-types.ts';

export type AuthConfig =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly type: 'bearer'; readonly token: Secret }
  /** A bearer token in a file that others replace while the worker runs. */
  | { readonly type: 'bearer-file'; readonly path: string }
  | ApiKeyConfig
  | OAuth2Config
  | SigV4Config;

export interface ApiKeyConfig {
  readonly type: 'apikey';
  readonly in: 'header' | 'query';
  /** Of a header in lower case. */
  readonly name: string;
  readonly value: Secret;
}

export interface OAuth2Config {
  readonly type: 'oauth2';
  readonly tokenUrl: URL;
  /** Null where nothing asks for it: an assertion can say who we are. */
  readonly clientId: string | null;
  readonly clientAuth: ClientAuthConfig;
  readonly grant: GrantConfig;
  readonly scope: string | null;
  readonly audience: string | null;
  /** RFC 8707. */
  readonly resources: readonly string[];
  /** Further parameters of the form, which win over ours. Values may be secret. */
  readonly parameters: Readonly<Record<string, Secret>>;
  /** Further headers, lower-case names. Values may be secret. */
  readonly headers: Readonly<Record<string, Secret>>;
  /** What the parameters are called that the standard calls grant_type, client_id and client_secret. */
  readonly names: { readonly grantType: string; readonly clientId: string; readonly clientSecret: string };
  readonly answer: TokenAnswerConfig;
  /** Of the token endpoint alone; null: that of the endpoint serves both. */
  readonly tls: TlsConfig | null;
}

/** How the client shows who it is: RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705 §2. */
export type ClientAuthConfig =
  /** `header_plain`: not form-encoded, against RFC 6749 §2.3.1. */
  | { readonly mode: 'header' | 'header_plain' | 'body' | 'url'; readonly secret: Secret }
  | { readonly mode: 'none' | 'tls' }
  | { readonly mode: 'client_secret_jwt' | 'private_key_jwt'; readonly assertion: AssertionConfig };

/** What a token is asked for with. */
export type GrantConfig =
  | { readonly type: 'client_credentials' }
  /** At least one of the two is there; the file's token goes first, and newer ones are kept in it. */
  | { readonly type: 'refresh_token'; readonly refreshToken: Secret | null; readonly file: string | null }
  | {
      readonly type: 'authorization_code';
      readonly code: Secret;
      /** IMS gives codes that serve again and again; the standard's serve once. */
      readonly permanent: boolean;
      readonly redirectUri: string | null;
      /** RFC 7636. */
      readonly codeVerifier: Secret | null;
      /** Where the refresh tokens that come with it are kept. */
      readonly file: string | null;
    }
  /** RFC 7523 §2.1; or the exchange that IMS had, whose form has no grant_type. */
  | {
      readonly type: 'jwt_bearer' | 'ims_exchange';
      readonly assertion: AssertionConfig;
      /** What the form calls the assertion. */
      readonly parameter: string;
    };

/** A JWT that is signed anew for each token request. */
export interface AssertionConfig {
  /** The bytes of a shared secret for HS…, else a private key: PKCS #8 in PEM, not encrypted. */
  readonly key: Secret;
  readonly algorithm: string;
  /** Members of its header beside `alg` and `typ`: kid, x5t, x5t#S256. */
  readonly header: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly lifetimeMs: number;
  /** Further claims, which win over ours: an object of JSON. */
  readonly claims: Secret | null;
}

export interface TokenAnswerConfig {
  /** A member of the answer, or a JSON pointer to it. */
  readonly tokenField: string;
  readonly expiresField: string;
  /** The scheme in the `Authorization` header; empty: the token alone; null: what the answer calls the token. */
  readonly prefix: string | null;
  /** IMS: more than a day in seconds is told in milliseconds. */
  readonly mayBeMilliseconds: boolean;
}

/** AWS Signature Version 4. */
export interface SigV4Config {
  readonly type: 'sigv4';
  readonly region: string;
  readonly service: string;
  readonly keys: AwsKeys | AwsKeysFile;
}

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | null;
}

/** A profile of a file as the AWS tools write it, which may be replaced while the worker runs. */
export interface AwsKeysFile {
  readonly file: string;
  readonly profile: string;
}
