import type { WrittenKeys } from '../schema/written-keys.ts';
import { adobe } from './adobe.ts';
import { aiven } from './aiven.ts';
import { confluent } from './confluent.ts';
import { confluentV2 } from './confluent-v2.ts';
import type { Dialect } from './dialect.ts';
import { lenses } from './lenses.ts';
import { thomaskwscott } from './thomaskwscott.ts';

/** The vendors whose files are understood. One that is added here is known everywhere. */
export const DIALECTS: readonly Dialect[] = [adobe, aiven, thomaskwscott, confluent, confluentV2, lenses];

/** Full name, simple name, and the latter without `Connector`: as Kafka Connect's `Plugins` answers to them. */
export function namesOf(className: string): readonly string[] {
  const simple = className.slice(className.lastIndexOf('.') + 1);
  return [className, simple, simple.replace(/Connector$/, '')];
}

/** Ours, in the forms in which several vendors have it too. */
const SHARED = namesOf('HttpSinkConnector');

/**
 * Whose connector a class is; null for ours and for those that nobody knows. Several vendors' classes are called `HttpSinkConnector`:
 * by that name alone the keys that only one of them has tell them apart, and without any it is ours.
 */
export function dialectOf(className: string, written: Pick<WrittenKeys, 'has'>): Dialect | null {
  const named = className.trim();
  const inFull = DIALECTS.find(({ classes }) => classes.includes(named));
  if (inFull !== undefined) return inFull;
  const bySimpleName = DIALECTS.filter(({ classes }) => classes.some(known => namesOf(known).includes(named)));
  const marked = bySimpleName.find(({ markers }) => markers.some(key => written.has(key)));
  return marked ?? (bySimpleName.length === 1 && !SHARED.includes(named) ? bySimpleName[0]! : null);
}
