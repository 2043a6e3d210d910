import type { Secret } from './secret.ts';

/** PEM texts as OpenSSL writes them, read when the configuration was loaded. */
export interface TlsConfig {
  /** All authorities to trust, one behind the other: some hundred as a rule; null: those of Node's own list. */
  readonly ca: string | null;
  /** The client certificate before those of its authorities. */
  readonly certificate: string | null;
  readonly key: Secret | null;
  /** Null when the key is not encrypted. */
  readonly keyPassword: Secret | null;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Where TLS 1.3 is not to be spoken. */
  readonly maxVersion?: 'TLSv1.2';
  /** What is asked of the other side's certificate: authority and name, authority alone, nothing. */
  readonly verification: 'full' | 'certificate' | 'none';
}
