import fc from 'fast-check';

const ATOMS = [
  ...[
    'a',
    'b',
    'c1',
    '-',
    '\\.',
    '.',
    '\\d',
    '\\w',
    '\\D',
    '\\W',
    '[abc]',
    '[^a]',
    '[a-c.]',
    '[\\w.-]',
    '[\\d\\-]',
    '[]a]',
  ],
  ...[
    '\\Qa.b\\E',
    '\\Q.*',
    '\\p{Alpha}',
    '\\p{Lower}',
    '\\P{Digit}',
    '[\\p{Alnum}_]',
    '[\\P{Upper}]',
    '\\pL',
    '\\p{Lu}',
  ],
  ...[
    '\\x41',
    '\\u0061',
    '\\x{62}',
    '^',
    '$',
    '\\A',
    '\\b',
    '\\B',
    '\\z',
    '\\-',
    '\\_',
    '(?i)',
    '(?i:B)',
    '(?s)',
    '(?:ab|a)',
  ],
];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,}', '{1,2}?'];
const atom: fc.Arbitrary<string> = fc.constantFrom(...ATOMS);
const piece = fc
  .tuple(atom, fc.constantFrom(...QUANTIFIERS))
  .map(([a, q]) => (/^(?:\(\?[is]\)|\\Q\.\*)$/.test(a) ? a : a + q));
const group = fc
  .tuple(
    fc.constantFrom('(', '(', '(?:', '(?<n>'),
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...QUANTIFIERS),
  )
  .map(([open, inside, q]) => `${open}${inside.join('').replaceAll('\\Q.*', 'x')})${q}`);
/** Patterns of Java, most of which are taken. */
export const pattern = fc
  .array(fc.oneof(piece, piece, group, fc.constant('|')), { minLength: 1, maxLength: 5 })
  .map(pieces => pieces.join(''));
/** Replacements, most of which some pattern takes. */
export const replacement = fc
  .array(
    fc.constantFrom('x', '$0', '$1', '$2', '$12', '\u0024{n}', '\\$', '\\\\', '-', '\\a', '$', '${', '\u0024{m}', '\\'),
    {
      maxLength: 4,
    },
  )
  .map(pieces => pieces.join(''));
