export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

/** Asks for paths; a body that is no text is sent as JSON. */
export function asking(url: string): Ask {
  return async (method, path, body, headers = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}
