import {
  isMacro,
  isOfRecord,
  type Macro,
  type RouteConfig,
  type Template,
  type UrlTemplate,
} from '../../config/route/types.ts';
import type { Secret } from '../../config/secret.ts';
import type { Destination } from '../block.ts';
import { percentEncoded } from '../percent.ts';
import { putError, type RecordError } from '../record-error.ts';
import { Destinations, type Found } from './destinations.ts';
import { forwarded, headerText } from './headers.ts';
import type { Field, RecordView } from './record-view.ts';

/** Characters of path and query: what servers take in a request line, as a rule. */
const LONGEST_URL = 8_000;
/** Characters of names and values of the headers that come from a record. */
const LONGEST_HEADERS = 8_000;
/** About what the object of a destination takes beside its texts. */
const DESTINATION_BYTES = 600;

/** A literal, or the number of a field. */
type Part<Literal> = Literal | number;

export interface RequestTemplateParts {
  readonly method: string;
  readonly bodiless: boolean;
  readonly removes: boolean;
  /** Where requests go; with a template only its origin counts. */
  readonly url: URL;
  readonly template: UrlTemplate | null;
  readonly headers: RouteConfig['headers'];
  readonly forward: RouteConfig['forward'];
  readonly configured: RouteConfig['configured'];
  /** Records that find different things for its macros have different destinations. */
  readonly batchKey: RouteConfig['batchKey'];
}

/** Makes destinations of what macros find, the same one of the same texts. */
export class RequestTemplate {
  readonly #parts: RequestTemplateParts;
  readonly #view: RecordView;
  readonly #fields: Field[] = [];
  readonly #path: readonly Part<string>[];
  readonly #query: readonly Part<string>[];
  readonly #headers: readonly (readonly [name: string, parts: readonly Part<Secret>[]])[];
  readonly #destinations = new Destinations();
  readonly #texts: (string | null)[] = [];
  readonly #ofRecord: boolean;

  constructor(parts: RequestTemplateParts, view: RecordView) {
    this.#parts = parts;
    this.#view = view;
    const { template, headers } = parts;
    this.#path = this.#compile(template?.path ?? []);
    this.#query = this.#compile(template?.query ?? []);
    this.#ofRecord = this.#fields.some(({ macro }) => isOfRecord(macro));
    this.#headers = Object.entries(headers).map(([name, value]) => [name, this.#compile(value)]);
    if (parts.batchKey !== null) this.#compile(parts.batchKey);
  }

  /** Kinds of what it looks up in records; `header` also where it passes headers on. */
  get kinds(): ReadonlySet<Macro['kind']> {
    const kinds = new Set(this.#fields.map(({ macro }) => macro.kind));
    return this.#parts.forward.length > 0 ? kinds.add('header') : kinds;
  }

  #compile<Literal>(template: Template<Literal>): readonly Part<Literal>[] {
    return template.map(part => (isMacro(part) ? this.#fields.push(this.#view.field(part)) - 1 : part));
  }

  /** Of the record that the view stands at. */
  find(): Found {
    const { forward, configured } = this.#parts;
    let key = '';
    for (const [i, field] of this.#fields.entries()) {
      const text = this.#view.text(field);
      this.#texts[i] = text;
      key += text === null ? '-' : `${text.length}:${text}`;
    }
    const passed = forward.length === 0 ? null : forwarded(this.#view.headers, forward, configured);
    for (const [name, value] of passed ?? []) key += `${name}:${value.length}:${value}`;
    const known = this.#destinations.get(key);
    if (known !== undefined) return known;
    const found = this.#make(passed);
    this.#destinations.set(key, found);
    return found;
  }

  #make(passed: ReadonlyMap<string, string> | null): Found {
    const target = this.#parts.template === null ? this.#parts.url : this.#target();
    if (!(target instanceof URL)) return target;
    const headers = this.#headersWith(passed);
    let bytes = DESTINATION_BYTES + 2 * target.href.length;
    let characters = 0;
    for (const [name, value] of Object.entries(headers)) characters += name.length + value.length;
    if (characters > LONGEST_HEADERS) {
      return putError(
        `its headers would have ${characters} characters, more than the ${LONGEST_HEADERS} that a request takes`,
      );
    }
    bytes += 2 * characters;
    const { method, bodiless } = this.#parts;
    const { removes } = this.#parts;
    return { method, url: target, headers, bodiless, removes, ofRecord: this.#ofRecord, bytes } satisfies Destination;
  }

  #target(): URL | RecordError {
    const path = this.#render(this.#path, true);
    if (typeof path !== 'string') return path;
    const query = this.#render(this.#query, false);
    if (typeof query !== 'string') return query;
    const target = path + query;
    if (target.length > LONGEST_URL) {
      return putError(
        `its address would have ${target.length} characters, more than the ${LONGEST_URL} that a request takes`,
      );
    }
    // `.` and `..` are steps, which a parser takes: a record would go to another path than the template's.
    if (/\/\.\.?(?=\/|$)/.test(path))
      return putError('a part of its address would be . or .., which is no name but a step');
    const url = new URL(this.#parts.url.origin + target);
    if (url.pathname + url.search !== target) return putError('its address is not what the template makes of it');
    return url;
  }

  #render(parts: readonly Part<string>[], mustBeSomething: boolean): string | RecordError {
    let rendered = '';
    for (const part of parts) {
      if (typeof part === 'string') {
        rendered += part;
        continue;
      }
      const { macro } = this.#fields[part]!;
      const own = this.#texts[part]!;
      const text = own === null || (own === '' && mustBeSomething) ? macro.fallback : own;
      if (text === null)
        return putError(
          `it has no ${macro.source}, which its address is made of; a default would serve: ${withDefault(macro)}`,
        );
      rendered += percentEncoded(text);
    }
    return rendered;
  }

  /** One whose record has nothing for it, or nothing but an empty text, is left out. */
  #headersWith(passed: ReadonlyMap<string, string> | null): Readonly<Record<string, string>> {
    const headers: Record<string, string> = Object.fromEntries(passed ?? []);
    for (const [name, parts] of this.#headers) {
      let value: string | null = '';
      for (const part of parts) {
        if (typeof part !== 'number') value += part.reveal();
        else {
          const text: string | null = this.#texts[part] ?? this.#fields[part]!.macro.fallback;
          value = text === null ? null : value + headerText(text);
        }
        if (value === null) break;
      }
      const whole = value?.replace(/^[ \t]+|[ \t]+$/g, '') ?? '';
      if (whole !== '') headers[name] = whole;
    }
    return headers;
  }
}

function withDefault({ source }: Macro): string {
  return `${source.slice(0, -1)}|…}`;
}
