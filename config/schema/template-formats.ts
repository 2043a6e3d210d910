import type { HeaderPattern } from '../route/types.ts';
import { type Format, FormatError, readAddress, readFilledList } from './formats.ts';
import { readJsonTemplate } from './json-template.ts';
import { readHeaderPattern, readTemplate, readUrlTemplate, type TemplatedUrl } from './templates.ts';

/** The text of an address may hold macros behind its host. @throws FormatError */
export function readTemplatedUrl(text: string): TemplatedUrl | null {
  return readUrlTemplate(text, plain => {
    if (/[{}\s]/.test(plain)) {
      throw new FormatError('must not hold blanks, or braces other than of macros: write %20, %7B and %7D');
    }
    return readAddress(plain, 'http.auth.type=basic with its keys');
  });
}

/** Gives the address with `-` in the place of macros: what they stand for is `readTemplatedUrl`'s to tell. */
export const templatedUrl: Format<URL> = {
  type: 'url',
  expects: 'an absolute http:// or https:// address',
  verbatim: false,
  quotable: false,
  read: text => readTemplatedUrl(text)?.url,
};

const template = { type: 'string', verbatim: true, quotable: false } as const;

export const textTemplate: Format<ReturnType<typeof readTemplate>> = {
  ...template,
  expects: 'a text with macros',
  read: text => readTemplate(text),
};

export const jsonTemplate: Format<ReturnType<typeof readJsonTemplate>> = {
  ...template,
  expects: 'JSON with macros',
  read: readJsonTemplate,
};

export const headerPatterns: Format<readonly HeaderPattern[]> = {
  type: 'list',
  expects: 'names of headers separated by commas, each with a * at its end or without',
  verbatim: false,
  quotable: true,
  read: text => readFilledList(text, readHeaderPattern),
};
