type Vector = readonly number[];

interface Vertex {
  readonly at: Vector;
  readonly value: number;
}

const REFLECT = 1;
const EXPAND = 2;
const CONTRACT = 0.5;
const SHRINK = 0.5;
const CLOSE = 1e-10;

/**
 * The place of a minimum near `start`, by the downhill simplex of Nelder and Mead.
 * @param step how far the other corners of the first simplex are
 * @param rounds most steps
 */
export function minimize(f: (at: Vector) => number, start: Vector, step: number, rounds: number): Vertex {
  const vertex = (at: Vector): Vertex => ({ at, value: f(at) });
  const between = (a: Vector, b: Vector, part: number): Vector => a.map((x, i) => x + part * (b[i]! - x));
  let simplex = [start, ...start.map((_, i) => start.map((x, k) => (k === i ? x + step : x)))].map(vertex);
  for (let round = 0; round < rounds; round++) {
    simplex = simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex.at(-1)!;
    const second = simplex.at(-2)!;
    if (worst.value - best.value <= CLOSE * (Math.abs(best.value) + CLOSE)) break;
    const others = simplex.slice(0, -1);
    const center = start.map((_, i) => others.reduce((sum, { at }) => sum + at[i]!, 0) / others.length);
    const reflected = vertex(between(center, worst.at, -REFLECT));
    let next = reflected;
    if (reflected.value < best.value) {
      const expanded = vertex(between(center, worst.at, -EXPAND));
      if (expanded.value < reflected.value) next = expanded;
    } else if (reflected.value >= second.value) {
      const outside = reflected.value < worst.value;
      next = vertex(between(center, outside ? reflected.at : worst.at, CONTRACT));
      if (next.value >= Math.min(reflected.value, worst.value)) {
        simplex = [best, ...simplex.slice(1).map(({ at }) => vertex(between(best.at, at, SHRINK)))];
        continue;
      }
    }
    simplex = [...others, next];
  }
  return simplex.reduce((best, each) => (each.value < best.value ? each : best));
}
