import { isMacro, type Macro, type ReplaceConfig, type ReplacementPart } from '../../config/route/types.ts';
import { compileJavaRegex, type JavaRegex, type Replacement } from '../../config/schema/java-regex.ts';
import { putError, type RecordError } from '../record-error.ts';
import type { Field, RecordView } from './record-view.ts';

/** Replaces in what stands for a record in a body; `kinds` of what it looks up. */
export interface Replacer {
  readonly kinds: ReadonlySet<Macro['kind']>;
  /** @param text of the record that the view stands at. @returns the error where it becomes too long, or takes too long */
  replace(text: string): string | RecordError;
}

export interface ReplacerLimits {
  /** Characters that a text may have between two steps, and in the end. */
  readonly maxLength: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Step {
  readonly regex: JavaRegex;
  /** Of the record that the view stands at. */
  readonly replacement: () => Replacement;
}

export function createReplacer(
  { steps, timeoutMs }: ReplaceConfig,
  view: RecordView,
  { maxLength, now }: ReplacerLimits,
): Replacer {
  const compiled = steps.map(
    ({ pattern, replacement }): Step => ({
      regex: compileJavaRegex(pattern),
      replacement: replacementOf(replacement, view),
    }),
  );
  const macros = steps.flatMap(({ replacement }) => replacement.filter(isMacro));
  return {
    kinds: new Set(macros.map(({ kind }) => kind)),
    replace(text) {
      const deadline = now() + timeoutMs;
      const goOn = (length: number): boolean => length <= maxLength && now() < deadline;
      let current = text;
      for (const { regex, replacement } of compiled) {
        const next = regex.replaceAll(current, replacement(), goOn);
        if (next === null) return now() < deadline ? tooLong(maxLength) : tooSlow(timeoutMs);
        if (next.length > maxLength) return tooLong(maxLength);
        current = next;
      }
      return current;
    },
  };
}

/** Macros are looked up once a record, and put in as they are. */
function replacementOf(parts: readonly ReplacementPart[], view: RecordView): () => Replacement {
  const compiled = parts.map(part => (isMacro(part) ? { field: view.field(part) } : part));
  if (!parts.some(isMacro)) return () => parts as Replacement;
  return () => compiled.map(part => (typeof part === 'object' && 'field' in part ? textOf(view, part.field) : part));
}

function textOf(view: RecordView, field: Field): string {
  return view.text(field) ?? field.macro.fallback ?? '';
}

function tooLong(maxLength: number): RecordError {
  return putError(
    `http.body.replace.replacements make more than ${maxLength} characters of it, and batch.max.bytes leaves no room for more`,
  );
}

function tooSlow(timeoutMs: number): RecordError {
  return putError(
    `http.body.replace.patterns take more than http.body.replace.timeout.ms=${timeoutMs} for it: an expression that ` +
      'looks far ahead for each match does',
  );
}
