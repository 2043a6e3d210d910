import type { RecordError } from './record-error.ts';

/** What a stage has to tell, as plain data. Nothing here holds a record's content or a secret. */
export type Fact = Told & {
  /** The alias of the endpoint that it is about, where there are several. */
  readonly endpoint?: string;
};

type Told =
  | {
      readonly kind: 'request-succeeded';
      readonly status: number;
      readonly records: number;
      readonly bytes: number;
      readonly ms: number;
      readonly attempt: number;
    }
  | {
      readonly kind: 'request-failed';
      /** The class that `classify` gave. */
      readonly class: string;
      readonly status: number | null;
      /** errno, UND_ERR_… or TLS code, where there was no answer. */
      readonly code: string | null;
      /** One readable line that says what to do. */
      readonly reason: string;
      readonly records: number;
      readonly ms: number;
      readonly attempt: number;
      readonly retryInMs: number | null;
      /** Some bytes of the request may have reached the endpoint. */
      readonly ambiguous: boolean;
    }
  /** It was sent as often as it may be while the endpoint is out of order; `error`: its records can not be delivered. */
  | {
      readonly kind: 'request-given-up';
      readonly reason: string;
      readonly records: number;
      readonly attempts: number;
      readonly outcome: 'fail' | 'error';
    }
  | { readonly kind: 'batch-split'; readonly records: number; readonly status: number }
  | { readonly kind: 'endpoint-parked'; readonly reason: string; readonly retryInMs: number }
  | { readonly kind: 'endpoint-recovered'; readonly afterMs: number }
  /** Of keys and tokens in a file, too; nobody tells when those expire. */
  | { readonly kind: 'token-refreshed'; readonly expiresInMs: number | null; readonly ms: number }
  | { readonly kind: 'token-failed'; readonly reason: string }
  /** The newest refresh token is in memory alone, and is tried to be written again. */
  | { readonly kind: 'refresh-token-not-kept'; readonly reason: string }
  /** Signatures are dated by the endpoint's clock from now on. */
  | { readonly kind: 'clock-skewed'; readonly skewMs: number }
  | {
      readonly kind: 'record-rejected';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly timestamp: number;
      readonly error: RecordError;
      readonly outcome: 'dead-lettered' | 'skipped' | 'failed-task';
    };
