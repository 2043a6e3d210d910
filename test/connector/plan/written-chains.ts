const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };

/** As values are written in a properties file. */
export function escaped(config: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      value.replaceAll(/[\\\n\r\t\f]/g, char => ESCAPES[char]!).replace(/^ /, '\\ '),
    ]),
  );
}
