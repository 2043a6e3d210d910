import { ADOBE } from './adobe.ts';
import type { Vendor } from './case.ts';
import { TAILRACE } from './tailrace.ts';

/** A directory in `files/peers/` and a table here for each. */
export const VENDORS: readonly Vendor[] = [TAILRACE, ADOBE];
