import type { Findings } from './findings.ts';
import { writtenByCredentials } from './http-auth.ts';
import { isMacro, type Template } from './route/types.ts';
import { FormatError, isHeaderName, isHeaderValue, trim } from './schema/formats.ts';
import { RESERVED } from './schema/reserved-headers.ts';
import type { ConnectorSection } from './schema/section.ts';
import { readTemplate } from './schema/templates.ts';
import { Secret } from './secret.ts';

/** What only an upgrade from HTTP/1.1 has; HTTP/2 takes it for a broken request (RFC 9113 §8.2.2). */
const RESERVED_IN_2 = new Set(['http2-settings']);

/** `http.headers.<Name>`, by lower-case names. */
export interface Headers {
  readonly fixed: Readonly<Record<string, Secret>>;
  /** Those that depend on the record. */
  readonly templates: Readonly<Record<string, Template<Secret>>>;
}

export function readHeaders(section: ConnectorSection, findings: Findings): Headers {
  const fixed: Record<string, Secret> = {};
  const templates: Record<string, Template<Secret>> = {};
  const credentials = writtenByCredentials(section);
  for (const [written, { text, origin }] of section.family('http.headers.')) {
    const name = written.toLowerCase();
    if (!isHeaderName(name)) findings.fault('invalid', origin, 'is not a name that an HTTP header can have');
    else if (RESERVED.has(name) || (section.values.httpVersion === '2' && RESERVED_IN_2.has(name))) {
      findings.fault('forbidden', origin, 'is set by the HTTP client itself: take it out');
    } else if (credentials.has(name)) {
      findings.fault('conflict', origin, `contradicts ${credentials.get(name)}: take one of them out`);
    } else {
      const value = readValue(trim(text));
      if (typeof value === 'string') findings.fault('invalid', origin, value);
      else if (value.every(part => part instanceof Secret)) fixed[name] = value[0] ?? new Secret('');
      else templates[name] = value;
    }
  }
  return { fixed, templates };
}

/** @returns what is wrong, if something is */
function readValue(text: string): Template<Secret> | string {
  let template: Template;
  try {
    template = readTemplate(text, 'keep');
  } catch (error) {
    if (error instanceof FormatError) return error.discreet;
    throw error;
  }
  if (template.every(part => isMacro(part) || isHeaderValue(part))) {
    return template.map(part => (isMacro(part) ? part : new Secret(part)));
  }
  return 'has a value that an HTTP header can not have: no line ends, no characters beyond Latin-1';
}
