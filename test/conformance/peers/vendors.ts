import { ADOBE } from './adobe.ts';
import { AIVEN } from './aiven.ts';
import type { Vendor } from './case.ts';
import { CONFLUENT } from './confluent.ts';
import { CONFLUENT_V2 } from './confluent-v2.ts';
import { LENSES } from './lenses.ts';
import { TAILRACE } from './tailrace.ts';
import { THOMASKWSCOTT } from './thomaskwscott.ts';

/** A directory in `files/peers/` and a table here for each. */
export const VENDORS: readonly Vendor[] = [ADOBE, AIVEN, CONFLUENT, CONFLUENT_V2, LENSES, TAILRACE, THOMASKWSCOTT];
