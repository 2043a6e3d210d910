import type { Host } from './host.ts';

/** Of what is printed at once: the writer holds only so much for a slow reader, and leaves out what is more. */
const PIECE = 100_000;
/** What a reader may take its time for, milliseconds; one that leaves is not waited for. */
const PATIENCE_MS = 3_600_000;

/** Prints a text of any length, as fast as its reader takes it. */
export async function print(text: string, { out }: Pick<Host, 'out'>): Promise<void> {
  for (const piece of piecesOf(text)) {
    out.write(piece);
    await out.flush(PATIENCE_MS);
  }
}

/** No character is taken apart. */
function* piecesOf(text: string): Generator<string> {
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = from + PIECE;
    if (/[\ud800-\udbff]/.test(text[to - 1] ?? '')) to -= 1;
    yield text.slice(from, to);
  }
}

/** Writes bytes as they are, as fast as their reader takes them. */
export async function printBytes(bytes: Buffer, { out }: Pick<Host, 'out'>): Promise<void> {
  for (let from = 0; from < bytes.length; from += PIECE) {
    out.writeBytes(bytes.subarray(from, from + PIECE));
    await out.flush(PATIENCE_MS);
  }
}
