/** Values shorter than this are not searched for in any text: they would mask ordinary words. */
const SHORTEST_SEARCHED = 4;

/** What separates the items of a list, the options of a login module and their like. */
const SEPARATORS = /[\s,;="']+/;

/** Pieces of one value that are remembered. */
const MOST_PIECES = 1000;

/** In lower case, ASCII alone: everything else could have another length, and nothing would be where it was. */
function folded(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

interface Value {
  readonly text: string;
  readonly placeholder: string;
}

/** Values that config providers gave, and the placeholders that are printed in their place. Comparison ignores the case of ASCII. */
export class Concealed {
  readonly #placeholders = new Map<string, string>();
  readonly #pieces = new Map<string, string>();
  /** Values by their first characters: a text is searched for all of them in one pass. */
  readonly #byStart = new Map<string, Value[]>();
  #values: string[] = [];

  add(value: string, placeholder: string): void {
    const text = folded(value);
    if (value === '' || this.#placeholders.has(text)) return;
    this.#values.push(value);
    this.#placeholders.set(text, placeholder);
    for (const piece of text.split(SEPARATORS, MOST_PIECES)) if (piece !== '') this.#pieces.set(piece, placeholder);
    if (text.length < SHORTEST_SEARCHED) return;
    const start = text.slice(0, SHORTEST_SEARCHED);
    const known = this.#byStart.get(start);
    if (known === undefined) this.#byStart.set(start, [{ text, placeholder }]);
    else known.push({ text, placeholder });
  }

  get values(): readonly string[] {
    return this.#values;
  }

  /** @param own values of the key that the text is about: these are found whatever their length, as words */
  mask(text: string, own: Iterable<string> = []): string {
    const whole = this.#placeholders.get(folded(text));
    if (whole !== undefined) return whole;
    const lower = folded(text);
    const found = this.#find(lower);
    for (const value of own) found.push(...this.#findWords(lower, folded(value)));
    return found.length === 0 ? text : replaced(text, found);
  }

  /** The same of one value of a configuration, which may be an item of what was given. */
  maskValue(text: string): string {
    return this.#pieces.get(folded(text.trim())) ?? this.mask(text);
  }

  #find(text: string): Place[] {
    const found: Place[] = [];
    if (this.#byStart.size === 0) return found;
    for (let from = 0; from + SHORTEST_SEARCHED <= text.length; from++) {
      for (const value of this.#byStart.get(text.slice(from, from + SHORTEST_SEARCHED)) ?? []) {
        if (!text.startsWith(value.text, from)) continue;
        found.push({ from, to: from + value.text.length, placeholder: value.placeholder });
      }
    }
    return found;
  }

  #findWords(text: string, value: string): Place[] {
    const placeholder = this.#placeholders.get(value);
    const found: Place[] = [];
    if (placeholder === undefined || value.length >= SHORTEST_SEARCHED) return found;
    for (let from = text.indexOf(value); from >= 0; from = text.indexOf(value, from + 1)) {
      const to = from + value.length;
      if (!isWord(text[from - 1]) && !isWord(text[to])) found.push({ from, to, placeholder });
    }
    return found;
  }
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly placeholder: string;
}

function isWord(sign: string | undefined): boolean {
  return sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
}

/** Places that overlap are hidden together: no end of one may stay. */
function replaced(text: string, found: readonly Place[]): string {
  const places = [...found].sort((a, b) => a.from - b.from || b.to - a.to);
  let result = '';
  let at = 0;
  for (const { from, to, placeholder } of places) {
    if (from >= at) result += text.slice(at, from) + placeholder;
    at = Math.max(at, to);
  }
  return result + text.slice(at);
}
