import type { HttpRequest } from '../../ports.ts';
import type { Authorization } from './credentials.ts';

/** An address with more in its query; what stands there already stays as it is written. */
export function withQuery(url: URL, fields: readonly (readonly [name: string, value: string])[]): URL {
  if (fields.length === 0) return url;
  const more = fields.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  const result = new URL(url);
  result.search = url.search.length > 1 ? `${url.search}&${more}` : `?${more}`;
  return result;
}

/** As the log looks for secrets; half of a surrogate pair, which has no such form, is U+FFFD to it as well. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** A key in the query. Most requests go to the same address: theirs with the key is one object. */
export class QueryAuthorization implements Authorization {
  readonly #name: string;
  readonly #value: string;
  #before: URL | null = null;
  #after: URL | null = null;

  constructor(name: string, value: string) {
    this.#name = name;
    this.#value = value;
  }

  apply(request: HttpRequest): HttpRequest {
    if (this.#after === null || request.url !== this.#before) {
      this.#before = request.url;
      this.#after = withQuery(request.url, [[this.#name, this.#value]]);
    }
    return { ...request, url: this.#after };
  }
}
