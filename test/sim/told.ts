import type { SeededRandom } from './random.ts';

/** How often records tell what, where a connector has a route. */
export interface Tells {
  /** How many different ones `to` is drawn from. */
  readonly destinations: number;
  /** How often a record goes where the one before it went. */
  readonly sticky: number;
  /** How often a record does not tell `a`. */
  readonly missing: number;
  /** Such a record goes nowhere, since its address is made of `a`, and nothing stands in for it. */
  readonly strays: boolean;
  /** Records without a value go where the others go. */
  readonly nullsGo: boolean;
  /** Only records of so many partitions, from the first one on, go to the first destination. */
  readonly apart: number;
}

/** What a record tells a route beside its place: two texts, in its key, its headers and its value, each time others. */
export interface Told {
  /** Which pair of texts, as a number; -1: it does not tell `a`. */
  readonly to: number;
  readonly key: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Members of its value. */
  readonly members: string;
}

/** Put together without their lengths, pairs of them read alike; some are not spelled as they are in an address or a header. */
const TEXTS = ['1', '11', 'é !', 'a:b'] as const;
export const MOST_DESTINATIONS = TEXTS.length ** 2;

/** @param shift so that the texts differ from place to place */
function pair(to: number, shift: number): readonly [a: string, b: string] {
  return [TEXTS[((to >> 2) + shift) % TEXTS.length]!, TEXTS[(to + shift) % TEXTS.length]!];
}

/** @param before where the record before went; -1: there is none @param index of the partition */
export function drawTold(random: SeededRandom, tells: Tells, key: string, before: number, index: number): Told {
  const stays = random.chance(tells.sticky) && before >= 0;
  const drawn = stays ? before : random.int(0, tells.destinations - 1);
  const to = index >= tells.apart && drawn === 0 ? 1 : drawn;
  const missing = random.chance(tells.missing);
  const inKey = pair(to, 0);
  const inHeaders = pair(to, 1);
  const inValue = pair(to, 2);
  return {
    to: missing ? -1 : to,
    key: `{"k":"${key}"${members(inKey, missing)}}`,
    headers: headersOf(key, to, inHeaders, missing),
    members: members(inValue, missing),
  };
}

function members([a, b]: readonly [string, string], missing: boolean): string {
  return missing ? `,"b":"${b}"` : `,"a":"${a}","b":"${b}"`;
}

/** The last one of a name counts, and a third of the records have one less. */
function headersOf(key: string, to: number, [a, b]: readonly [string, string], missing: boolean): Told['headers'] {
  const headers: (readonly [string, string])[] = [
    ['b', 'stale'],
    ['B', b],
    ['trace', key],
    ['to-c', 'theirs'],
  ];
  if (!missing) headers.push(['a', a]);
  if (to % 3 !== 0) headers.push(['to-b', 'stale'], ['To-B', b]);
  return headers;
}
