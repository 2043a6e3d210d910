/** How much of a body is looked at; pages announce themselves at the top. */
const HEAD_BYTES = 1_024;
const XML_DECLARATION = /^<\?xml[^>]*>\s*/;
const PAGE = /^<(?:!doctype\s+html|html|head|body)[\s>/]/;

/**
 * Whether a body is a web page: what a captive portal or a log-in page answers, with status 200, in an endpoint's
 * place. Pages only, not XML, begin with a comment.
 */
export function looksLikeHtml(body: Buffer): boolean {
  const text = body
    .toString('utf8', 0, HEAD_BYTES)
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase();
  return text.startsWith('<!--') || PAGE.test(`${text.replace(XML_DECLARATION, '')} `);
}

/**
 * The status of each record from a per-record answer, in the order sent: a JSON array, or an object with one in
 * `responses`, `results` or `items`, of exactly `records` entries that all have an integer `status` or `statusCode`.
 * Null for anything else.
 */
export function recordStatuses(body: Buffer, records: number): readonly number[] | null {
  const entries = entriesOf(parse(body));
  if (entries === null || entries.length !== records) return null;
  const statuses: number[] = [];
  for (const entry of entries) {
    if (!isObject(entry)) return null;
    const status = own(entry, 'status') ?? own(entry, 'statusCode');
    if (typeof status !== 'number' || !Number.isInteger(status)) return null;
    statuses.push(status);
  }
  return statuses;
}

function entriesOf(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  if (!isObject(answer)) return null;
  for (const name of ['responses', 'results', 'items']) {
    const found = own(answer, name);
    if (Array.isArray(found)) return found;
  }
  return null;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** An own property only: an answer can not reach into a prototype. */
function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
