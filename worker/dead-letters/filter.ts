import type { Letter } from './letter.ts';

/** Which letters of a topic are meant. What is null, or empty, leaves nothing out. */
export interface LetterFilter {
  /** A part of the message or of the trace, whatever its case. */
  readonly cause: string | null;
  readonly stage: string | null;
  /** The exception's class, in full or by its simple name. */
  readonly className: string | null;
  /** The connector that wrote the letter; one that names none is not left out. */
  readonly connector: string | null;
  /** Partitions of the dead letter topic. */
  readonly partitions: readonly number[];
  /** Offsets of the dead letter topic: from the first on, up to and without the second. */
  readonly from: number | null;
  readonly to: number | null;
  /** Epoch milliseconds of the record, which keeps its own time as a dead letter: from the first on, up to and without the second. */
  readonly since: number | null;
  readonly until: number | null;
}

/** What a filter asks of a letter by itself: partitions and offsets are a matter of what is read. */
export function createMatch(filter: LetterFilter): (letter: Letter) => boolean {
  const { stage, className, connector, since, until } = filter;
  const cause = filter.cause?.toLowerCase() ?? null;
  const names = ({ message, trace, answer }: Letter): boolean =>
    [message, trace, answer?.reason].some(text => text?.toLowerCase().includes(cause!));
  return letter => {
    const { timestamp } = letter.record;
    if (stage !== null && letter.stage?.toUpperCase() !== stage.toUpperCase()) return false;
    if (className !== null && !isClass(letter.exceptionClassName, className)) return false;
    if (connector !== null && letter.connector !== null && letter.connector !== connector) return false;
    if (since !== null && timestamp < since) return false;
    if (until !== null && timestamp >= until) return false;
    return cause === null || names(letter);
  };
}

/** A nested class is found by its own name, too. */
function isClass(found: string | null, wanted: string): boolean {
  return found !== null && (found === wanted || found.endsWith(`.${wanted}`) || found.endsWith(`$${wanted}`));
}
