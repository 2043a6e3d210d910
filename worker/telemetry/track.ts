/** What is kept of each step. */
export const SERIES = [
  'lag',
  'records',
  'bytes',
  'requests',
  'retries',
  'rejected',
  'batch',
  'requestP50',
  'requestP99',
  'recordP50',
  'recordP99',
  'buffered',
  'uncommitted',
] as const;

export type SeriesName = (typeof SERIES)[number];
export type Step = Readonly<Record<SeriesName, number | null>>;

/** Fifteen minutes. */
export const STEPS = 180;
export const STEP_MS = 5_000;

/** The last steps of one task, or connector: a ring of columns, filled with what is not known. Seven decimals are kept of each number. */
export class Track {
  readonly #columns = new Float32Array(SERIES.length * STEPS).fill(Number.NaN);

  /** @param step its number, counted from 0; each takes the place of the one that was as many steps before */
  put(step: number, values: Step): void {
    const at = step % STEPS;
    for (const [index, name] of SERIES.entries()) this.#columns[index * STEPS + at] = values[name] ?? Number.NaN;
  }

  /** Of the steps from one to another, that one included. */
  read(name: SeriesName, from: number, to: number): readonly (number | null)[] {
    const column = SERIES.indexOf(name) * STEPS;
    return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => {
      const value = this.#columns[column + ((from + index) % STEPS)]!;
      return Number.isNaN(value) ? null : value;
    });
  }
}
