/** `${provider:path:key}` or `${provider:key}` in a value. */
export interface Placeholder {
  /** As it was written. */
  readonly text: string;
  readonly provider: string;
  /** Empty where none was written. */
  readonly path: string;
  readonly key: string;
}

/**
 * A value as texts and placeholders, in their order. Kafka Connect's own rule, `\$\{([^}]*?):(([^}]*?):)?([^}]*?)\}`, in one pass:
 * no recursion, no brace inside.
 */
export function placeholdersIn(value: string): readonly (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let done = 0;
  for (let start = value.indexOf('${'); start >= 0; ) {
    const end = value.indexOf('}', start);
    if (end < 0) break;
    const inside = value.slice(start + 2, end);
    const first = inside.indexOf(':');
    if (first >= 0) {
      const second = inside.indexOf(':', first + 1);
      parts.push(value.slice(done, start), {
        text: value.slice(start, end + 1),
        provider: inside.slice(0, first),
        path: second < 0 ? '' : inside.slice(first + 1, second),
        key: inside.slice((second < 0 ? first : second) + 1),
      });
      done = end + 1;
    }
    start = value.indexOf('${', end + 1);
  }
  parts.push(value.slice(done));
  return parts;
}
