/** One login module of a `sasl.jaas.config`. Option values may be secret. */
export interface JaasEntry {
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

const ENTRY = /^\s*([\w.$]+)\s+(?:required|requisite|sufficient|optional)\b([\s\S]*);\s*$/i;
const OPTION = /\s+([\w.-]+)\s*=\s*(?:"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|([^\s;"']+))/y;

/** Reads `module flag option="value" …;` as Kafka's `JaasConfig` does. Null when it isn't of that form. */
export function parseJaas(text: string): JaasEntry | null {
  const entry = ENTRY.exec(text);
  if (entry === null) return null;
  const options = new Map<string, string>();
  const rest = entry[2]!;
  for (OPTION.lastIndex = 0; OPTION.lastIndex < rest.length; ) {
    if (rest.slice(OPTION.lastIndex).trim() === '') break;
    const option = OPTION.exec(rest);
    if (option === null) return null;
    const quoted = option[2] ?? option[3];
    options.set(option[1]!, quoted === undefined ? option[4]! : quoted.replaceAll(/\\([\s\S])/g, '$1'));
  }
  return { module: entry[1]!, options };
}
