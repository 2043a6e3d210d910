import type { Place } from '../cli/command-spec.ts';
import type { Inquiry } from '../kafka/inquiry.ts';
import type { Position } from './positions.ts';

/** Where a partition is to be read from. */
export interface Target {
  readonly position: Position;
  readonly to: number;
}

/**
 * Where each partition is to be read from: at the end of its log where no record is as young as the time.
 * @returns one sentence for each partition that has no such place, where there is any; null: the client can't look for a time
 * @throws KafkaError where the brokers do not answer
 */
export async function targetsOf(
  inquiry: Inquiry,
  positions: readonly Position[],
  place: Place,
): Promise<{ readonly targets: readonly Target[] } | { readonly refusals: readonly string[] } | null> {
  const refusals: string[] = [];
  const found = await placesOf(inquiry, positions, place);
  if (found === null) return null;
  const targets = positions.flatMap((position, i): readonly Target[] => {
    const to = found[i]!;
    const name = `${position.topic}-${position.partition}`;
    if (typeof to === 'string') refusals.push(`${name}: ${to}`);
    else return [{ position, to }];
    return [];
  });
  return refusals.length > 0 ? { refusals } : { targets };
}

async function placesOf(
  inquiry: Inquiry,
  positions: readonly Position[],
  place: Place,
): Promise<readonly (number | string)[] | null> {
  if (typeof place === 'object' && 'time' in place) {
    if (place.time < 0) return positions.map(({ ends }) => ends!.low);
    const offsets = await inquiry.offsetsAt(positions, place.time);
    if (offsets === null) return null;
    return offsets.map((offset, i) => {
      if (offset === null) return positions[i]!.ends!.high;
      return typeof offset === 'number' ? offset : offset.message;
    });
  }
  return positions.map(({ ends }) => {
    const { low, high } = ends!;
    if (place === 'earliest') return low;
    if (place === 'latest') return high;
    const { offset } = place;
    return offset >= low && offset <= high
      ? offset
      : `${offset} is outside its log, which reaches from ${low} to ${high}`;
  });
}
