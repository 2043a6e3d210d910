import { ConnectError } from '../data/errors.ts';
import type { RecordError, Stage } from '../record-error.ts';

const RUNTIME_EXCEPTION = 'java.lang.RuntimeException';

/** What a converter or a transform threw, for a dead letter or the log. */
export function toRecordError(stage: Stage, className: string, thrown: unknown): RecordError {
  const { exceptionClassName, message } = describe(thrown);
  const causes: string[] = [];
  for (let cause = causeOf(thrown); cause !== undefined; cause = causeOf(cause)) {
    const behind = describe(cause);
    causes.push(`${behind.exceptionClassName}: ${behind.message}`);
  }
  const error: RecordError = { stage, className, exceptionClassName, message };
  return causes.length === 0 ? error : { ...error, causes };
}

function describe(thrown: unknown): { exceptionClassName: string; message: string } {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { exceptionClassName: thrown instanceof ConnectError ? thrown.javaClassName : RUNTIME_EXCEPTION, message };
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}
