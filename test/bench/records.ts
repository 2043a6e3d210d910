/** A small seeded generator (mulberry32): the same records in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As many destinations there are where a record's shop decides. */
export const SHOPS = 1_000;

const TYPES = ['view', 'like', 'cart', 'sale'];

/** A price from 100.01 to 999.99 whose last digit is no zero. */
function price(next: () => number): number {
  return (10_001 + Math.floor(next() * 9_000) * 10 + Math.floor(next() * 9)) / 100;
}

/**
 * `count` distinct JSON events of `size` bytes each, all ASCII, without newlines. Each member is as long in all of them, so
 * that they stay of one size where a transform drops some, moves them or writes them anew.
 */
export function* events(size: number, count: number, seed = 7): Generator<string> {
  const next = random(seed);
  for (let i = 0; i < count; i++) {
    const event = {
      id: String(i).padStart(12, '0'),
      type: TYPES[Math.floor(next() * TYPES.length)],
      shop: 1_000 + (i % SHOPS),
      ts: 1_700_000_000_000 + i * 7,
      user: { id: 100_000_000 + Math.floor(next() * 9e8), level: Math.floor(next() * 10) },
      amount: price(next),
      pad: '',
    };
    const pad = Math.max(0, size - JSON.stringify(event).length);
    while (event.pad.length < pad) event.pad += `${Math.floor(next() * 2 ** 28).toString(16)} `;
    event.pad = event.pad.slice(0, pad);
    yield JSON.stringify(event);
  }
}

function field(name: string, type: string, more: object = {}): object {
  return { type, optional: false, field: name, ...more };
}

/** The schema of an event, as JsonConverter writes it in front of each. */
const SCHEMA = JSON.stringify({
  type: 'struct',
  fields: [
    field('id', 'string'),
    field('type', 'string'),
    field('shop', 'int32'),
    field('ts', 'int64'),
    field('user', 'struct', { fields: [field('id', 'int32'), field('level', 'int32')] }),
    field('amount', 'double'),
    field('pad', 'string'),
  ],
  optional: false,
  name: 'event',
});

/** Events of `size` bytes, each with its schema: what JsonConverter reads with `schemas.enable=true`. */
export function* envelopes(size: number, count: number): Generator<string> {
  for (const event of events(size, count)) yield `{"schema":${SCHEMA},"payload":${event}}`;
}
