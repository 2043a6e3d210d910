import { ConnectError } from '../data/errors.ts';
import { excerpt } from '../data/excerpt.ts';
import type { RecordError, Stage } from '../record-error.ts';

const RUNTIME_EXCEPTION = 'java.lang.RuntimeException';
/** Code points of a message: Connect's own, with the short excerpts of the record that it has, are far shorter. */
const LONGEST_MESSAGE = 1_000;
/** Errors behind each other that are told. */
const MOST_CAUSES = 10;

/** What a converter or a transform threw, for a dead letter or the log. */
export function toRecordError(stage: Stage, className: string, thrown: unknown): RecordError {
  const { exceptionClassName, message } = describe(thrown);
  const causes: string[] = [];
  for (let cause = causeOf(thrown); cause !== undefined && causes.length < MOST_CAUSES; cause = causeOf(cause)) {
    const behind = describe(cause);
    causes.push(`${behind.exceptionClassName}: ${behind.message}`);
  }
  const error: RecordError = { stage, className, exceptionClassName, message };
  return causes.length === 0 ? error : { ...error, causes };
}

/** What others than Connect's classes say (the JavaScript engine does) may quote the record: an excerpt as of its values. */
function describe(thrown: unknown): { exceptionClassName: string; message: string } {
  if (thrown instanceof ConnectError) {
    return { exceptionClassName: thrown.javaClassName, message: excerpt(thrown.message, LONGEST_MESSAGE) };
  }
  const message = excerpt(thrown instanceof Error ? thrown.message : String(thrown));
  return { exceptionClassName: RUNTIME_EXCEPTION, message };
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}
