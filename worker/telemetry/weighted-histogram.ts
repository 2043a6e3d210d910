type Labels = Readonly<Record<string, string | number>>;

export interface HistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of the buckets, ascending. */
  readonly buckets: readonly number[];
}

interface Series {
  readonly labels: Labels;
  /** By bucket; one more for what is above all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A histogram that takes many equal values at once, which prom-client's own does one by one. A registry of prom-client's renders it. */
export class WeightedHistogram {
  readonly name: string;
  readonly #help: string;
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor({ name, help, buckets }: HistogramOptions) {
    this.name = name;
    this.#help = help;
    this.#buckets = buckets;
  }

  labels(labels: Labels): { observe(value: number, weight: number): void } {
    const key = keyOf(labels);
    const series = this.#series.get(key) ?? { labels, counts: new Float64Array(this.#buckets.length + 1), sum: 0 };
    this.#series.set(key, series);
    return {
      observe: (value, weight) => {
        let at = 0;
        while (at < this.#buckets.length && value > this.#buckets[at]!) at++;
        series.counts[at]! += weight;
        series.sum += value * weight;
      },
    };
  }

  remove(labels: Labels): void {
    this.#series.delete(keyOf(labels));
  }

  reset(): void {
    this.#series.clear();
  }

  /** As prom-client's registry asks for it. */
  async get(): Promise<object> {
    const values = [...this.#series.values()].flatMap(series => this.#samplesOf(series));
    return { name: this.name, help: this.#help, type: 'histogram', values, aggregator: 'sum' };
  }

  #samplesOf({ labels, counts, sum }: Series): readonly Sample[] {
    let count = 0;
    const buckets = [...counts].map((one, at) => {
      count += one;
      const le = this.#buckets[at] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}
