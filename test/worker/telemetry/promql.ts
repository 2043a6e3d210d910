/** What an expression of PromQL asks for: just enough of the language to hold it against the metrics that there are. */
export interface Asked {
  /** Each metric with the labels that its selector matches, and their values where these are plain. */
  readonly selectors: readonly { readonly metric: string; readonly matches: ReadonlyMap<string, string> }[];
  /** Labels by which is grouped or joined. */
  readonly grouping: readonly string[];
}

const FUNCTIONS = new Set(
  'sum max min avg count rate increase delta histogram_quantile label_values and or unless by without on ignoring'.split(
    ' ',
  ),
);
const GROUPING = new Set(['by', 'without', 'on', 'ignoring']);
const TOKEN =
  /\s+|"(?:[^"\\]|\\.)*"|\[(?:\$__rate_interval|\d+[smhd])\]|[a-zA-Z_:][\w:]*|\d+(?:\.\d+)?|[<>=!~]+|[-+*/(){},]/y;

/** @throws Error for what is no expression, or uses more of the language than this reads */
export function parse(expression: string): Asked {
  const tokens = tokensOf(expression);
  const selectors: { metric: string; matches: Map<string, string> }[] = [];
  const grouping: string[] = [];
  const open: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (GROUPING.has(token)) {
      const end = tokens.indexOf(')', i);
      grouping.push(...tokens.slice(i + 2, end).filter(each => each !== ','));
      i = end;
    } else if (token === 'label_values') {
      // The label is behind the last comma.
      const end = tokens.lastIndexOf(',');
      grouping.push(tokens[end + 1]!);
      tokens.splice(end, 2);
    } else if (token === '(') open.push(token);
    else if (token === ')') {
      if (open.pop() === undefined) throw new Error(`a parenthesis too many: ${expression}`);
    } else if (/^[a-zA-Z_:]/.test(token) && !FUNCTIONS.has(token)) {
      const matches = new Map<string, string>();
      if (tokens[i + 1] === '{') i = readMatches(tokens, i + 2, matches);
      selectors.push({ metric: token, matches });
    }
  }
  if (open.length > 0 || selectors.length === 0) throw new Error(`no expression: ${expression}`);
  return { selectors, grouping };
}

/** @returns where the brace is that ends them */
function readMatches(tokens: readonly string[], from: number, matches: Map<string, string>): number {
  let at = from;
  while (tokens[at] !== '}') {
    const [label, operator, value] = tokens.slice(at, at + 3);
    if (label === undefined || !/^(=|!=|=~|!~)$/.test(operator ?? '') || !value?.startsWith('"')) {
      throw new Error(`no matcher: ${tokens.slice(at, at + 3).join(' ')}`);
    }
    matches.set(label, JSON.parse(value) as string);
    at += tokens[at + 3] === ',' ? 4 : 3;
  }
  return at;
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(expression)?.[0];
    if (token === undefined) throw new Error(`not read: ${expression.slice(at, at + 40)}`);
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}
