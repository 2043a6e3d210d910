import { copyBytes } from './byte-sink.ts';

/** Numbers of a passage: where it comes among what was written; where it begins in the source, and where it ends. */
export const PASSAGE_SIZE = 3;

/**
 * Fills `out` with what was written and the passages of the source between it.
 * @param passages PASSAGE_SIZE numbers each, by ascending places
 * @throws RangeError where they do not fit into what is given, or do not fill it
 */
export type Splice = (written: Buffer, source: Buffer, passages: Uint32Array, out: Buffer) => void;

/** Where no reader has brought a faster one. */
export const splice: Splice = (written, source, passages, out) => {
  let from = 0;
  let to = 0;
  for (let i = 0; i < passages.length; i += PASSAGE_SIZE) {
    const at = passages[i]!;
    const start = passages[i + 1]!;
    const end = passages[i + 2]!;
    if (at < from || at > written.length || start > end || end > source.length) throw misfit();
    if (at - from + end - start > out.length - to) throw misfit();
    to = copyBytes(out, to, written, from, at);
    to = copyBytes(out, to, source, start, end);
    from = at;
  }
  if (written.length - from !== out.length - to) throw misfit();
  copyBytes(out, to, written, from, written.length);
};

function misfit(): RangeError {
  return new RangeError('passages do not fit');
}
