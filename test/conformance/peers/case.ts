import type { NewRecord } from '../../kafka/producing.ts';
import type { Answer, Arrived } from '../../support/endpoint.ts';

/** A text is compared as a whole; null: there must be none. */
export type Expected = string | RegExp | null;

/** A request as it arrived, told in the addresses and tokens of the files. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** By name, in small letters; `host` has the file's address. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Buffer;
  /** The common name of the certificate that it came with. */
  readonly client: string | null;
}

/** One request, exactly; of headers those that are named. */
export interface ExpectedRequest {
  /** POST by default. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, Expected>>;
  /** A pattern where chance or time has a part in it, as in an assertion. */
  readonly body: string | Buffer | RegExp;
  /** The common name of the certificate that it must come with; none by default. */
  readonly client?: string;
}

/**
 * What a case's endpoint must have been sent, and nothing else: requests one by one in their order; in any order, where
 * partitions or APIs take turns; or, where time decides what a batch holds, alike but for their bodies, which together hold
 * these records.
 */
export type ExpectedRequests =
  | readonly ExpectedRequest[]
  | { readonly inAnyOrder: readonly ExpectedRequest[] }
  | {
      readonly each: Omit<ExpectedRequest, 'body'>;
      /** Takes a body apart. */
      readonly split: (body: string) => readonly string[];
      readonly records: readonly string[];
      readonly mostRecords: number;
    };

/** A record that must lie in a topic afterwards; what is not named may be anything. */
export interface ExpectedMessage {
  readonly key?: Expected;
  readonly value?: Expected;
  readonly headers?: Readonly<Record<string, Expected>>;
}

/** Who gives out tokens. */
export type TokenServer =
  /** A real one (oidc-provider) with the client `tailrace`, whose secret is `token-secret`, at `/token`. */
  | { readonly by: 'provider'; readonly clientAuth: 'client_secret_basic' | 'client_secret_post' }
  /** Adobe's: `/ims/token/v1`, `/ims/exchange/jwt/`, `/ims/token/v3`. */
  | { readonly by: 'ims' }
  /** By default the n-th request is given `token-n`, for an hour. */
  | { readonly by: 'script'; readonly answer?: (request: Arrived, number: number) => Answer };

/** One of a vendor's whole files, what it is run on, and what must come of it. */
export interface PeerCase {
  /** Written before the worker starts, each topic's in this order; partition 0 by default. */
  readonly records: Readonly<Record<string, readonly NewRecord[]>>;
  /** Partitions of the topics; 1 by default. */
  readonly partitions?: number;
  /** What the endpoint does with its n-th request; an empty 200 by default. */
  readonly answer?: (request: Arrived, number: number) => Answer;
  readonly tokens?: TokenServer;
  /** `user:password`, without which the proxy lets nothing pass. */
  readonly proxyUser?: string;
  /** Addresses of places.ts that can be reached through the proxy alone. */
  readonly behindProxy?: readonly string[];
  readonly requests: ExpectedRequests;
  /** To the token server, in their order; none by default. */
  readonly tokenRequests?: readonly ExpectedRequest[];
  /** What the proxy was asked for, each once: `CONNECT host:port`, or a method and an address; nothing by default. */
  readonly proxied?: readonly string[];
  /** What lies in topics of dead letters and reports, in its order. They are there before. */
  readonly left?: Readonly<Record<string, readonly ExpectedMessage[]>>;
  /** Some letters wait for an answer and others need none, so any may land first: they are compared in the order of their records. */
  readonly lettersRace?: true;
  /** The task ends FAILED with a trace that this fits; RUNNING by default. */
  readonly failed?: RegExp;
  /** The offset that is committed of each partition 0; the end of its log by default, null for none. */
  readonly committed?: Readonly<Record<string, number | null>>;
}

/** The cases of a vendor, by the names of their directories in `test/conformance/files/peers/<vendor>/`. */
export interface Vendor {
  readonly name: string;
  /** Keys of ours for all cases, as on the command line. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly cases: Readonly<Record<string, PeerCase>>;
}
