import { AIVEN } from './aiven.ts';
import type { Vendor } from './case.ts';
import { CONFLUENT } from './confluent.ts';
import { LENSES } from './lenses.ts';
import { TAILRACE } from './tailrace.ts';
import { THOMASKWSCOTT } from './thomaskwscott.ts';

/** A directory in `files/peers/` and a table here for each. */
export const VENDORS: readonly Vendor[] = [AIVEN, CONFLUENT, LENSES, TAILRACE, THOMASKWSCOTT];
