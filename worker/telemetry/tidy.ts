import { MASK, type Masking } from './masking.ts';
import { cut } from './text.ts';

/** What becomes of one line's text and fields. */
export type Tidier = (text: string, fields: object) => { readonly message: string; readonly data: object };

const CREDENTIAL_FIELD = /^(authorization|proxy-authorization|cookie|set-cookie|password|secret|token|api-?key)$/i;

/** Bytes in the line of the text, and of each text among the fields. */
const MOST_TEXT = 16 * 1024;
/** Of all texts among the fields together, their names included; the message comes beside it. */
const MOST_FIELDS = 48 * 1024;
const MOST_NAME = 256;
const MOST_ENTRIES = 100;
const MOST_LEVELS = 5;
/** Of an error's message where its frames follow: they tell more. */
const MOST_HEADLINE = 2 * 1024;

const LEFT_OUT = '(left out)';

/** What is left for the fields of a line, bytes. */
interface Budget {
  left: number;
}

/**
 * Takes the text and the fields of a line apart into plain data that can be written: without credentials, each text cut at
 * 16 KiB with the number of characters left out, everything together below 64 KiB and a half, whatever was handed over.
 */
export function createTidier(masking: Masking): Tidier {
  const { mask } = masking;

  /** A text is masked before it is cut: of a secret that was cut in two, nobody would know the half. */
  function bounded(text: string, bytes: number): string {
    const { longest } = masking;
    const most = bytes + 2 * longest;
    if (text.length <= most) return cut(mask(text), bytes);
    const masked = mask(text.slice(0, most));
    const sure = masked.slice(0, Math.max(0, masked.length - longest));
    return cut(sure, bytes, text.length - most + masked.length - sure.length);
  }

  function spend(text: string, most: number, budget: Budget): string {
    if (budget.left <= 0) return LEFT_OUT;
    const kept = bounded(text, Math.min(most, budget.left));
    budget.left -= Buffer.byteLength(JSON.stringify(kept));
    return kept;
  }

  function value(of: unknown, budget: Budget, levels: number): unknown {
    if (typeof of === 'string') return spend(of, MOST_TEXT, budget);
    if (typeof of === 'bigint') return String(of);
    if (typeof of !== 'object' || of === null) return typeof of === 'function' ? undefined : of;
    if (levels === 0) return LEFT_OUT;
    if (of instanceof Error) return members(plainError(of), budget, levels);
    if (Array.isArray(of)) return items(of, budget, levels);
    const { toJSON } = of as { toJSON?: unknown };
    if (typeof toJSON === 'function') return value(toJSON.call(of, ''), budget, levels - 1);
    return members(of, budget, levels);
  }

  function items(list: readonly unknown[], budget: Budget, levels: number): unknown[] {
    const some = list.slice(0, MOST_ENTRIES).map(item => value(item, budget, levels - 1));
    return list.length > MOST_ENTRIES ? [...some, `… (${list.length - MOST_ENTRIES} left out)`] : some;
  }

  function members(of: object, budget: Budget, levels: number): object {
    const names = Object.keys(of);
    const entries = names.slice(0, MOST_ENTRIES).map(name => {
      const shown = spend(name, MOST_NAME, budget);
      return [shown, CREDENTIAL_FIELD.test(name) ? MASK : member(of, name, budget, levels)] as const;
    });
    if (names.length > MOST_ENTRIES) entries.push(['…', `${names.length - MOST_ENTRIES} left out`]);
    return Object.fromEntries(entries);
  }

  function member(of: object, name: string, budget: Budget, levels: number): unknown {
    try {
      return value((of as Record<string, unknown>)[name], budget, levels - 1);
    } catch {
      return '(unreadable)';
    }
  }

  /** V8 puts the message before the frames: its beginning is enough there. */
  function plainError({ name, message, stack = '' }: Error): object {
    const frames = stack.search(/^ {4}at /m);
    if (frames === -1) return { name, message };
    return { name, message, stack: `${bounded(`${name}: ${message}`, MOST_HEADLINE)}\n${stack.slice(frames)}` };
  }

  return (text, fields) => ({
    message: bounded(text, MOST_TEXT),
    data: members(fields, { left: MOST_FIELDS }, MOST_LEVELS),
  });
}
