/** One answer of a worker, with what the comparison looks at. Null for a header that is not there. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  readonly allow: string | null;
  /** As it came. */
  readonly body: string;
}

/** A request that is sent to both workers. */
export interface Request {
  readonly method: string;
  /** As it stands on the request line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** It is repeated until an answer fits, at each worker by itself. */
  readonly until: ((answer: Answer) => boolean) | null;
  /** Where the answers differ on purpose: Tailrace's as one line, and why. */
  readonly differs: Difference | null;
}

export interface Difference {
  readonly why: string;
  /** Status, content type and body of Tailrace's answer, normalised, separated by blanks; of a long one what it has and Kafka Connect's has not. */
  readonly ours: string | readonly string[];
}

/** What happens around the workers, to each of the two worlds by itself. */
export interface World {
  /** Writes so many records to the topic, partitions taking turns. */
  produce(topic: string, count: number): Promise<void>;
  /** What the endpoint answers from here on. */
  answer(status: number): void;
}

export type Step = Request | ((world: World) => void | Promise<void>);

/** Steps that follow one another. What a scenario makes it also removes. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What a request may have besides method, path and body. */
export type Extra = Partial<Pick<Request, 'headers' | 'until'>>;

/** Says of a request that Tailrace answers it otherwise on purpose. */
export function unlike(request: Request, why: string, ours: Difference['ours']): Request {
  return { ...request, differs: { why, ours } };
}

/** One of Tailrace's errors, as `unlike` shows it. */
export function errorLine(code: number, message: string): string {
  return `${code} application/json ${JSON.stringify({ error_code: code, message })}`;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** @param body an object becomes JSON; a text is sent as it is */
export function request(method: string, path: string, body: unknown, extra: Extra): Request {
  const text = body === null || typeof body === 'string' ? body : JSON.stringify(body);
  const headers = extra.headers ?? (text === null ? {} : JSON_TYPE);
  return { method, path, headers, body: text, until: extra.until ?? null, differs: null };
}

export const get = (path: string, extra: Extra = {}): Request => request('GET', path, null, extra);
export const post = (path: string, body: unknown = null, extra: Extra = {}): Request =>
  request('POST', path, body, extra);
export const put = (path: string, body: unknown = null, extra: Extra = {}): Request =>
  request('PUT', path, body, extra);
export const patch = (path: string, body: unknown = null, extra: Extra = {}): Request =>
  request('PATCH', path, body, extra);
export const remove = (path: string, extra: Extra = {}): Request => request('DELETE', path, null, extra);

/** Where a worker's endpoint is: in its place each world has its own. */
export const ENDPOINT = 'http://endpoint.invalid/in';

/** A connector's configuration that works on both sides. */
export function sink(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { 'connector.class': 'tailrace.HttpSink', topics: 'rest', 'http.url': ENDPOINT, ...more };
}

/** Until the connector has its state and so many tasks in theirs. */
export function settled(name: string, connector: string, task: string, count: number): Request {
  return get(`/connectors/${encodeURIComponent(name)}/status`, {
    until: ({ status, body }) => {
      if (status !== 200) return false;
      const shown = JSON.parse(body) as Shown;
      const fits = shown.tasks.filter(({ state }) => state === task).length === count;
      return shown.connector.state === connector && fits && shown.tasks.length === count;
    },
  });
}

interface Shown {
  readonly connector: { readonly state: string };
  readonly tasks: readonly { readonly state: string }[];
}
