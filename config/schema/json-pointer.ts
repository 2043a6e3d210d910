import type { PointerTokens } from '../answer-types.ts';
import { type Format, FormatError } from './formats.ts';

/** Deeper than any answer that is read. */
const MOST_TOKENS = 64;

/**
 * Takes a JSON pointer apart (RFC 6901 §3 and §4, without the form of a URI fragment).
 *
 * @returns what is wrong with it, completing "the pointer …", or its tokens
 */
export function parsePointer(text: string): PointerTokens | { readonly problem: string } {
  if (text === '') return [];
  if (!text.startsWith('/')) return { problem: 'must begin with /' };
  if (/~(?![01])/.test(text)) return { problem: 'must write ~ as ~0' };
  const tokens = text.slice(1).split('/');
  if (tokens.length > MOST_TOKENS) return { problem: `must have at most ${MOST_TOKENS} parts` };
  return tokens.map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The other way round. */
export function renderPointer(tokens: PointerTokens): string {
  return tokens.map(token => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export const jsonPointer: Format<PointerTokens> = {
  type: 'string',
  expects: 'a JSON pointer (RFC 6901), e.g. /result/items',
  verbatim: false,
  quotable: true,
  read: text => {
    const tokens = parsePointer(text);
    if ('problem' in tokens) throw new FormatError(`must be a JSON pointer (RFC 6901): it ${tokens.problem}`);
    return tokens;
  },
};
