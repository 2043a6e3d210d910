import type { OwnedSpan } from './otlp.ts';

/** Spans that wait, as in OpenTelemetry's own batch processor (OTEL_BSP_MAX_QUEUE_SIZE). */
export const MOST_SPANS = 2_048;
/** What they may take in memory, links included. */
export const MOST_BYTES = 8 * 1_048_576;
/** What one export has (OTEL_BSP_MAX_EXPORT_BATCH_SIZE); collectors take 20 MiB by default. */
export const SPANS_AT_ONCE = 512;
const BYTES_AT_ONCE = 1_048_576;

/** About what a span takes, in memory and as JSON; a link is an object of its own there. */
const BYTES_OF_SPAN = 2_048;
const BYTES_OF_LINK = 128;

/** Spans in the order in which they ended, within bounds: what there is no room for is not taken. */
export class SpanQueue<Entry extends OwnedSpan> {
  #entries: Entry[] = [];
  #bytes = 0;

  get length(): number {
    return this.#entries.length;
  }

  /** Whether there is as much as one export has. */
  get isDue(): boolean {
    return this.#entries.length >= SPANS_AT_ONCE || this.#bytes >= BYTES_AT_ONCE;
  }

  /** @returns whether there was room */
  push(entry: Entry): boolean {
    const bytes = bytesOf(entry);
    if (this.#entries.length >= MOST_SPANS || this.#bytes + bytes > MOST_BYTES) return false;
    this.#entries.push(entry);
    this.#bytes += bytes;
    return true;
  }

  /** What the next export has; at least one, where there is one. */
  take(): readonly Entry[] {
    let [count, bytes] = [0, 0];
    for (const entry of this.#entries) {
      if (count === SPANS_AT_ONCE || (count > 0 && bytes + bytesOf(entry) > BYTES_AT_ONCE)) break;
      count += 1;
      bytes += bytesOf(entry);
    }
    this.#bytes -= bytes;
    return this.#entries.splice(0, count);
  }

  /** All that waits, in no export any more. */
  clear(): readonly Entry[] {
    this.#bytes = 0;
    return this.#entries.splice(0);
  }
}

function bytesOf({ span }: OwnedSpan): number {
  return BYTES_OF_SPAN + span.links.length * BYTES_OF_LINK;
}
