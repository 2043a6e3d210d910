import type { Random } from '../../connector/ports.ts';
import type { Answerer } from './model-endpoint.ts';

/** What is kept of a request: nothing of a record. */
export interface Figures {
  readonly inFlight: number;
  readonly records: number;
  readonly bytes: number;
  /** How long the attempt took, milliseconds. */
  readonly ms: number;
  /** Null: there was no answer. */
  readonly status: number | null;
}

/** A recording that can't be used; the message is one line for the user. */
export class RecordingError extends Error {}

const KIND = 'tailrace-tune-recording';
const VERSION = 1;

/** Lines of a recording: a head, and one for each request. */
export const RECORDING_HEAD = `${JSON.stringify({ kind: KIND, version: VERSION })}\n`;

export function figuresLine({ inFlight, records, bytes, ms, status }: Figures): string {
  return `${JSON.stringify({ inFlight, records, bytes, ms: Number(ms.toFixed(3)), status })}\n`;
}

/**
 * Reads what `figuresLine` wrote. A last line that was not written to its end is left out.
 * @throws RecordingError
 */
export function parseRecording(text: string): readonly Figures[] {
  const lines = text.split('\n');
  const head = parse(lines[0] ?? '') as { kind?: unknown; version?: unknown } | null;
  if (head?.kind !== KIND) throw new RecordingError('it is no recording of "tailrace tune"');
  if (head.version !== VERSION) throw new RecordingError('another version of Tailrace has written it');
  const figures: Figures[] = [];
  for (let i = 1; i < lines.length - 1; i++) {
    const line = parse(lines[i]!);
    if (!isFigures(line)) throw new RecordingError(`its line ${i + 1} holds no figures`);
    figures.push(line);
  }
  if (figures.length === 0) throw new RecordingError('it holds no request');
  return figures;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isFigures(value: unknown): value is Figures {
  if (typeof value !== 'object' || value === null) return false;
  const { inFlight, records, bytes, ms, status } = value as Record<string, unknown>;
  const isCount = (each: unknown): boolean => Number.isSafeInteger(each) && (each as number) > 0;
  const isStatus = status === null || (isCount(status) && (status as number) >= 200 && (status as number) <= 599);
  const isTime = typeof ms === 'number' && ms >= 0 && ms < 86_400_000;
  return isCount(inFlight) && isCount(records) && Number.isSafeInteger(bytes) && isTime && isStatus;
}

interface Cell {
  readonly records: number;
  readonly inFlight: number;
  readonly figures: Figures[];
}

/** Batches that differ by less than one of so many steps between a size and its double are taken for one. */
const STEPS = 8;

/** Answers as the recorded requests did whose batch and company are most like it, any of these. */
export function createReplay(figures: readonly Figures[], random: Random): Answerer {
  const cells = new Map<string, Cell>();
  for (const each of figures) {
    const key = `${Math.round(STEPS * Math.log2(each.records))} ${each.inFlight}`;
    const cell = cells.get(key) ?? { records: each.records, inFlight: each.inFlight, figures: [] };
    cells.set(key, cell);
    cell.figures.push(each);
  }
  const all = [...cells.values()];
  return ({ now, records, others }) => {
    const far = (cell: Cell): number =>
      Math.log(cell.records / records) ** 2 + Math.log(cell.inFlight / (others + 1)) ** 2;
    const nearest = all.reduce((best, cell) => (far(cell) < far(best) ? cell : best));
    const { ms, status } = nearest.figures[Math.floor(random() * nearest.figures.length)]!;
    return { at: now + ms, status: status ?? 503 };
  };
}
