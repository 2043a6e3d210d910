/** The sum of a metric's series that carry these labels, of Prometheus' text; null where there is none. */
export function metric(text: string, name: string, labels: Readonly<Record<string, string>>): number | null {
  let sum: number | null = null;
  for (const [, found, list = '', value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    if (found !== name) continue;
    const own = new Map([...list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key, of]));
    if (Object.entries(labels).every(([key, of]) => own.get(key) === of)) sum = (sum ?? 0) + Number(value);
  }
  return sum;
}
