import type { JsonPiece } from '../route/types.ts';
import { FormatError } from './formats.ts';
import { type Found, macrosIn } from './templates.ts';

const BLANKS = ' \t\r\n';

/** What stands for a macro while the text is checked. */
const VALUE = '0';

/**
 * JSON whose values, and texts within strings, may be macros. `"${value:/a}"` and `${value:/a}` are both the value itself, with
 * its type; within a longer string it is text (how FIWARE Orion's `json` payloads are typed). Several JSON texts stand behind each
 * other, a line end between them. Blanks between tokens are left out.
 * @throws FormatError that names the place
 */
export function readJsonTemplate(text: string): { readonly pieces: readonly JsonPiece[]; readonly texts: number } {
  const reader = new JsonTemplateReader(text);
  reader.read();
  return { pieces: reader.pieces, texts: reader.texts };
}

class JsonTemplateReader {
  readonly pieces: JsonPiece[] = [];
  texts = 0;
  readonly #text: string;
  readonly #found: readonly Found[];
  #next = 0;
  #at = 0;
  #depth = 0;
  /** What will be written, up to the next macro. */
  #literal = '';
  /** The JSON text that is being read, with something in the place of its macros. */
  #sample = '';
  #begin = 0;
  #begun = false;

  constructor(text: string) {
    this.#text = text;
    this.#found = macrosIn(text);
  }

  read(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const found = this.#found[this.#next];
      const char = text[this.#at]!;
      if (!BLANKS.includes(char)) this.#beginText();
      if (found?.start === this.#at) this.#bareMacro(found);
      else if (char === '"') this.#string();
      else if (BLANKS.includes(char)) this.#blank(char);
      else this.#token(char);
    }
    this.#endText();
    if (this.texts === 0) throw new FormatError('must hold a JSON text');
    this.#endLiteral();
  }

  /** A line end stands between two texts. */
  #beginText(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.texts > 0) this.#literal += '\n';
    this.#begin = this.#at;
  }

  #token(char: string): void {
    if (char === '{' || char === '[') this.#depth++;
    if (char === '}' || char === ']') this.#depth--;
    this.#put(char);
  }

  #blank(char: string): void {
    this.#at++;
    if (char === '\n' && this.#depth === 0) this.#endText();
    // Else two tokens would become one.
    else this.#sample += ' ';
  }

  #put(char: string): void {
    this.#literal += char;
    this.#sample += char;
    this.#at++;
  }

  #bareMacro({ macro, end }: Found): void {
    if (macro === null) throw this.#fault(this.#at, 'holds $$ outside a string');
    this.#endLiteral();
    this.pieces.push({ macro, place: 'value' });
    this.#sample += VALUE;
    this.#take(end);
  }

  #string(): void {
    const text = this.#text;
    const start = this.#at;
    const only = this.#found[this.#next];
    if (only?.start === start + 1 && only.macro !== null && text[only.end] === '"' && !this.#isName(only.end + 1)) {
      this.#at++;
      this.#bareMacro(only);
      this.#at++;
      return;
    }
    const firstPiece = this.pieces.length;
    this.#put('"');
    for (;;) {
      if (this.#at >= text.length) throw this.#fault(start, 'holds a string that is not closed');
      const found = this.#found[this.#next];
      if (found?.start === this.#at) this.#macroInString(found);
      else if (text[this.#at] === '\\') {
        this.#put('\\');
        if (this.#at < text.length) this.#put(text[this.#at]!);
      } else if (text[this.#at] === '"') break;
      else this.#put(text[this.#at]!);
    }
    this.#put('"');
    if (this.pieces.length > firstPiece && this.#isName(this.#at)) {
      throw this.#fault(start, 'holds a macro in the name of a member: names are fixed');
    }
  }

  #macroInString({ macro, end, literal }: Found): void {
    if (macro === null) {
      this.#literal += literal;
      this.#sample += literal;
    } else {
      this.#endLiteral();
      this.pieces.push({ macro, place: 'string' });
    }
    this.#take(end);
  }

  /** Whether a colon follows. */
  #isName(at: number): boolean {
    let next = at;
    while (next < this.#text.length && BLANKS.includes(this.#text[next]!)) next++;
    return this.#text[next] === ':';
  }

  #take(end: number): void {
    this.#at = end;
    this.#next++;
  }

  #endLiteral(): void {
    if (this.#literal !== '') this.pieces.push(this.#literal);
    this.#literal = '';
  }

  #endText(): void {
    const sample = this.#sample;
    this.#sample = '';
    if (!this.#begun) return;
    this.#begun = false;
    try {
      JSON.parse(sample);
    } catch {
      const nth = this.texts === 0 ? '' : ` (text ${this.texts + 1}, from character ${this.#begin + 1})`;
      throw new FormatError(
        `must be JSON, with macros as values or within strings${nth}; is a quote or a comma missing?`,
      );
    }
    this.texts++;
  }

  #fault(at: number, what: string): FormatError {
    return new FormatError(`${what} (character ${at + 1})`);
  }
}
