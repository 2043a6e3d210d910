import { widthOf } from './terminal.ts';

/** Between a term and its text. */
const GAP = 3;

/** Lines of at most `width` columns, broken between words; a word that is longer stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Terms and what they mean, indented by two: side by side, or one below the other where the terms leave no room. */
export function definitions(
  rows: readonly (readonly [term: string, text: string])[],
  width: number,
): readonly string[] {
  const column = Math.max(...rows.map(([term]) => term.length)) + 2 + GAP;
  if (column > width / 2) {
    return rows.flatMap(([term, text]) => [`  ${term}`, ...wrap(text, width - 6).map(line => `      ${line}`)]);
  }
  return rows.flatMap(([term, text]) =>
    wrap(text, width - column).map((line, at) => `${(at === 0 ? `  ${term}` : '').padEnd(column)}${line}`),
  );
}
