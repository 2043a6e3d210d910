import type { ResponseHeader } from '../../../config/rest-types.ts';
import { writeHttpDate } from '../../../connector/java/http-date.ts';
import type { Clock } from '../../../connector/ports.ts';

type Values = Readonly<Record<string, string | string[]>>;

/** The headers of `response.http.headers.config`, as of now: `set` takes the place of what is there, `add` comes beside it. */
export function headersAsConfigured(
  items: readonly ResponseHeader[],
  present: (name: string) => string | readonly string[] | number | undefined,
  clock: Clock,
): Values {
  const values = new Map<string, string | string[]>();
  for (const { action, name, value } of items) {
    const key = name.toLowerCase();
    const text = /Date$/.test(action) ? writeHttpDate(clock.wall() + Number(value)) : value;
    const before = action.startsWith('set') ? undefined : (values.get(key) ?? present(key));
    values.set(key, before === undefined ? text : [...[before].flat().map(String), text]);
  }
  return Object.fromEntries(values);
}
