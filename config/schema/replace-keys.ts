import { type Format, integer, verbatimText } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { textTemplate } from './template-formats.ts';

const batch = keyGroup('Batches');
const routing = keyGroup('Routing and templates');

const separator: Format<string> = {
  ...verbatimText,
  expects: 'one sign or more',
  read: text => (text === '' ? undefined : text),
};

/** What is replaced in what stands for a record in a body. */
export const replaceKeys = {
  replacePatterns: routing.withDefault(
    'http.body.replace.patterns',
    verbatimText,
    '',
    'Java regular expressions, separated by `http.body.replace.separator`. What each of them matches in what stands for a record in the body ' +
      '(the value, or what its template makes of it) is replaced, one expression after the other, as `String.replaceAll` does; with `batch.format` `single` or `joined`. ' +
      '`^` alone puts something before each record, `$` behind it. `$` is the end of the text (in Java the place before a last line end too). ' +
      'An expression that can not be matched in linear time (look-around, back references, possessive quantifiers) is refused. Blanks count.',
  ),
  replaceReplacements: routing.withDefault(
    'http.body.replace.replacements',
    verbatimText,
    '',
    'What takes the place of the matches, for each pattern one: `$1` and `${name}` are groups of the match, `\\` makes the sign behind it one that stands for ' +
      'itself (`\\$`). All other macros (see Templates) are those of the record, e.g. `${topic}` and `${key}`, put in as they are; what a record has not is nothing. Blanks count.',
  ),
  replaceSeparator: routing.withDefault(
    'http.body.replace.separator',
    separator,
    '~',
    'What stands between patterns, and between replacements: itself, no regular expression.',
  ),
  replaceTimeoutMs: routing.withDefault(
    'http.body.replace.timeout.ms',
    integer(1, 60_000),
    '1000',
    'Milliseconds that the replacements of one record may take. Some expressions take a time that grows with the square of the text’s length, and ' +
      'nothing else happens meanwhile; a record that takes longer is an error of that record.',
  ),
};

/** Which records may share a request. */
export const batchKeys = {
  batchKey: batch.optional(
    'batch.key',
    textTemplate,
    'A text with macros (see Templates), e.g. `${topic}` or `${key}`: records for which its macros stand for different texts do not share a request. Without macros all may. ' +
      'The order of a partition holds: a request ends where the next record belongs to another one.',
  ),
};
