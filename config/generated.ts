import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/**
 * What a program that renders documents does: writes them, or with `--check` says which are not what would be written, and ends with 1.
 * @param files by path from the project's root
 */
export function writeGenerated(files: Readonly<Record<string, string>>): void {
  const isCheck = process.argv.includes('--check');
  for (const [name, text] of Object.entries(files)) {
    const file = new URL(name, ROOT);
    if (isCheck) {
      if (textOf(file) === text) continue;
      process.stderr.write(`${name} is out of date: run "make docs" and commit it\n`);
      process.exitCode = 1;
    } else {
      mkdirSync(new URL('.', file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

/** A table in Markdown: columns are padded as the formatter would pad them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map(row => row[column]!.length)));
  const line = (row: readonly string[], pad: string) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, pad)).join(' | ')} |`;
  const rule = line(Array<string>(head.length).fill(''), '-');
  return `${[line(cells[0]!, ' '), rule, ...cells.slice(1).map(row => line(row, ' '))].join('\n')}\n`;
}

function textOf(file: URL): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
