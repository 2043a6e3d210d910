import { stripVTControlCharacters, styleText } from 'node:util';
import type { Host } from './host.ts';

type Format = Parameters<typeof styleText>[0];

/** Marks a text for the eye; what it says stands in the text alone. */
export type Style = (text: string) => string;

export interface Styles {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly inverse: Style;
}

/**
 * Colours of the standard output: only where that is a terminal and nobody said NO_COLOR (no-color.org: any value that is not
 * empty), nor that the terminal has none.
 */
export function stylesOf({ terminal, env }: Pick<Host, 'terminal' | 'env'>): Styles {
  const coloured = terminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const style = (format: Format): Style =>
    coloured ? text => styleText(format, text, { validateStream: false }) : text => text;
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    inverse: style('inverse'),
  };
}

/** How wide the terminal is; null: the standard output is none, or does not say. */
export function columnsOf(host: Pick<Host, 'terminal' | 'size'>): number | null {
  return host.terminal ? (host.size()?.columns ?? null) : null;
}

const ESCAPE = '\u001b';
const RESET = `${ESCAPE}[0m`;

/** What a terminal shows in two columns: East Asian wide and full-width characters, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mark}/u;

/** How many columns a printable text takes; its styles take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const sign of stripVTControlCharacters(text)) width += signWidth(sign);
  return width;
}

function signWidth(sign: string): number {
  if (sign < '\u0300') return 1;
  if (COMBINING.test(sign)) return 0;
  return WIDE.test(sign) ? 2 : 1;
}

/** A printable text in at most `width` columns, with `…` where something was cut. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let taken = 1;
  let isStyled = false;
  for (let at = 0; at < text.length; ) {
    if (text[at] === ESCAPE) {
      const end = text.indexOf('m', at) + 1;
      kept += text.slice(at, end);
      at = end;
      isStyled = true;
      continue;
    }
    const sign = String.fromCodePoint(text.codePointAt(at)!);
    taken += signWidth(sign);
    if (taken > width) break;
    kept += sign;
    at += sign.length;
  }
  return `${kept}…${isStyled ? RESET : ''}`;
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? `${text}${blanks}` : `${blanks}${text}`;
}
