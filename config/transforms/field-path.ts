/** Where a path of KIP-821 is not closed; Kafka Connect's text. */
export class FieldPathError extends Error {}

/**
 * The steps of `field.syntax.version=V2`: dots part them, backticks hold a name that has dots together, and a backslash
 * before a backtick that a dot follows makes it part of the name (KIP-821).
 *
 * @throws FieldPathError
 */
export function parseFieldPath(path: string): readonly string[] {
  const steps: string[] = [];
  let at = 0;
  while (at < path.length) {
    if (path[at] === '`') {
      const quoted = readQuoted(path, at);
      steps.push(quoted.name);
      at = quoted.end;
    } else {
      const dot = path.indexOf('.', at);
      const end = dot < 0 ? path.length : dot;
      steps.push(path.slice(at, end));
      at = end + 1;
    }
  }
  if (path.endsWith('.')) steps.push('');
  return steps;
}

/** From a backtick to behind the dot that follows its end. */
function readQuoted(path: string, start: number): { name: string; end: number } {
  let name = '';
  let from = start + 1;
  for (let at = path.indexOf('`', from); at >= 0; at = path.indexOf('`', at + 1)) {
    const escaped = path[at - 1] === '\\';
    const last = at === path.length - 1;
    if (!last && path[at + 1] !== '.') continue;
    if (!escaped) return { name: name + path.slice(from, at), end: at + 2 };
    if (last) break;
    name += `${path.slice(from, at - 1)}\``;
    from = at + 1;
  }
  throw new FieldPathError(
    `Incomplete backtick pair in path: [${path}], consider adding a backslash before backtick at position ${start} ` +
      'to escape it',
  );
}
