import { headerValues } from '../../header-values.ts';
import type { HttpResponse } from '../../ports.ts';
import { codingsOf } from '../coding/coding.ts';
import { parseJson } from './bounded-json.ts';

/** How much behind the first blanks is looked at; pages announce themselves at the top. */
const HEAD_BYTES = 4_096;
const HTML_TYPE = /^(?:text\/html|application\/xhtml\+xml)(?:[;\s]|$)/i;
const XML_TYPE = /^(?:text|application)\/(?:[^;\s]{1,127}\+)?xml(?:[;\s]|$)/i;
const ROOT = /^<(?:!doctype\s+html|html)(?:[\s>/]|$)/;
const WITHIN = /<(?:!doctype\s+html|html)[\s>]/;
/** HTML's elements, without those that name the root of many an XML answer (data, object, output, result, source …). */
const ELEMENT =
  /^<\/?(?:a|abbr|address|article|aside|b|base|big|blockquote|body|br|button|canvas|center|div|dl|em|embed|fieldset|font|footer|form|frame|frameset|h[1-6]|head|header|hr|i|iframe|img|input|label|li|link|main|meta|nav|noscript|ol|p|pre|script|section|small|span|strong|style|svg|table|tbody|td|template|th|title|tr|tt|ul|video)(?:[\s>/]|$)/;
/** In JSON that comes as HTML. */
const VALUES_MAX = 10_000;

/** Why an answer with the status of a success confirms nothing. */
export type Doubt = 'page' | 'encoding';

/**
 * What speaks against a success: a web page, which is what a log-in page, a captive portal or a proxy's error answers in an
 * endpoint's place, or a body that could not be decoded and may hide one. Null when nothing does.
 */
export function doubtOf({
  headers,
  body,
  complete,
}: Pick<HttpResponse, 'headers' | 'body' | 'complete'>): Doubt | null {
  const start = firstByte(body);
  if (start === body.length) return null;
  if (codingsOf({ headers, body }).length > 0) return 'encoding';
  const types = headerValues(headers, 'content-type');
  const text = headOf(body, start);
  if (types.some(type => HTML_TYPE.test(type)))
    return complete && parseJson(body, VALUES_MAX) !== undefined ? null : 'page';
  const looks = types.some(type => XML_TYPE.test(type)) ? looksLikeXhtml : looksLikePage;
  return looks(text) ? 'page' : null;
}

/** The index behind blanks, byte order marks and the zero bytes of UTF-16. */
function firstByte(body: Buffer): number {
  let at = 0;
  while (at < body.length && isBlank(body[at]!)) at++;
  return at;
}

/** ASCII's controls and blank, and the bytes of the three byte order marks; none of the latter begins a JSON text. */
function isBlank(byte: number): boolean {
  return byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte >= 0xfe;
}

/** Lower case; UTF-16 is ASCII with zero bytes, as far as markup goes. */
function headOf(body: Buffer, start: number): string {
  const head = body.subarray(start, start + HEAD_BYTES).filter(byte => byte !== 0);
  return Buffer.from(head).toString('utf8').trimStart().toLowerCase();
}

function looksLikePage(text: string): boolean {
  if (text.startsWith('<!--')) return true;
  const inner = withoutProlog(text);
  if (ROOT.test(inner) || (inner === text && ELEMENT.test(inner))) return true;
  return !/^[[{"]/.test(text) && !text.startsWith('<?xml') && WITHIN.test(text);
}

function looksLikeXhtml(text: string): boolean {
  return ROOT.test(withoutProlog(text));
}

/** Without the processing instructions and comments of XML. */
function withoutProlog(text: string): string {
  let rest = text;
  for (const [open, close] of [
    ['<?', '?>'],
    ['<!--', '-->'],
    ['<?', '?>'],
    ['<!--', '-->'],
  ] as const) {
    if (!rest.startsWith(open)) continue;
    const end = rest.indexOf(close);
    if (end === -1) return rest;
    rest = rest.slice(end + close.length).trimStart();
  }
  return rest;
}
