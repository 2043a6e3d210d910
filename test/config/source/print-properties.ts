/** Writes entries so that `java.util.Properties.load` reads the same ones back. */
export function printProperties(entries: readonly (readonly [key: string, value: string])[]): string {
  return entries.map(([key, value]) => `${escapeText(key, true)}=${escapeText(value, false)}\n`).join('');
}

const NAMED: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' };

function escapeText(text: string, isKey: boolean): string {
  let printed = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const code = char.charCodeAt(0);
    if (NAMED[char] !== undefined) printed += NAMED[char];
    else if (code < 0x20 || code > 0x7e) printed += `\\u${code.toString(16).padStart(4, '0')}`;
    else if ('\\=:#!'.includes(char) || (char === ' ' && (isKey || at === 0))) printed += `\\${char}`;
    else printed += char;
  }
  return printed;
}
