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

const TYPES = ['click', 'view', 'cart', 'buy'];

/** `count` distinct JSON events of `size` bytes each, all ASCII, without newlines. */
export function* events(size: number, count: number, seed = 7): Generator<string> {
  const next = random(seed);
  for (let i = 0; i < count; i++) {
    const event = {
      id: String(i).padStart(12, '0'),
      type: TYPES[Math.floor(next() * TYPES.length)],
      shop: i % SHOPS,
      ts: 1_700_000_000_000 + i * 7,
      user: { id: Math.floor(next() * 1e9), vip: next() < 0.1 },
      amount: Math.round(next() * 100_000) / 100,
      pad: '',
    };
    const pad = Math.max(0, size - JSON.stringify(event).length);
    while (event.pad.length < pad) event.pad += `${Math.floor(next() * 2 ** 28).toString(16)} `;
    event.pad = event.pad.slice(0, pad);
    yield JSON.stringify(event);
  }
}

/** Bytes of such an event as a JSON string: all of them hold the same number of quotes, and nothing else to escape. */
export function quotedBytes(size: number): number {
  const [event] = events(size, 1);
  return JSON.stringify(event).length;
}
