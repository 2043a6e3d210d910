import type { Origin } from '../findings.ts';

/** A value as text, and where it was written. */
export interface Written {
  readonly text: string;
  readonly origin: Origin;
  /** As it was written, where a config provider gave the text: only this may be shown. */
  readonly placeholder: string | null;
}

/** Values by key. */
export type WrittenKeys = ReadonlyMap<string, Written>;
