import type { ReporterConfig, ReportTopicConfig } from '../../../config/types.ts';
import type { Answer } from '../../../connector/answer.ts';
import type { Header } from '../../../connector/block.ts';
import { type RecordError, reasonOf } from '../../../connector/record-error.ts';

/** What an outcome rests on: the answer to the request, if there was one, and for all but `delivered` the error. */
export interface Grounds {
  readonly answer: Answer | null;
  readonly error: RecordError | null;
}

/** Where the record of a report stands. */
export interface Place {
  readonly offset: number;
  readonly timestamp: number | null;
}

/** What all reports of a slice have in common. */
interface Common {
  readonly outcome: string;
  readonly topic: string;
  readonly partition: number;
}

interface Cut {
  readonly text: string;
  readonly cut: boolean;
}

export function statusOf({ answer, error }: Grounds): number | null {
  return answer?.status ?? error?.httpStatus ?? null;
}

/** The value of reports that say the same of each record: all but the object of JSON. */
export function constantOf({ value, format }: ReportTopicConfig, grounds: Grounds, maxBytes: number): Buffer {
  if (value === 'response') {
    const { body } = grounds.answer ?? {};
    if (body === undefined) return Buffer.from(format === 'json' ? 'null' : '');
    return Buffer.from(format === 'json' ? quoted(body.text, maxBytes).text : body.text);
  }
  const status = statusOf(grounds);
  const reason = value === 'status' || grounds.error === null ? null : reasonOf(grounds.error);
  if (format === 'text') return Buffer.from(reason ?? `${status ?? ''}`);
  return Buffer.from(JSON.stringify(reason ?? status));
}

/** Prepares the headers of a slice's reports, which have all but the place in common. */
export function headersAround(
  { headers, success, error, responseMaxBytes }: ReporterConfig,
  common: Common,
  grounds: Grounds,
): (place: Place) => Header[] {
  const { value, format } = (grounds.error === null ? success : error)!;
  const { stage, exceptionClassName: exception = null } = grounds.error ?? { stage: null };
  const body = grounds.answer?.body;
  const inHeader = grounds.error !== null && headers.some(([field]) => field === 'response');
  const isCut =
    body !== undefined &&
    (value === 'response' || inHeader) &&
    (body.cut || (value === 'response' && format === 'json' && quoted(body.text, responseMaxBytes).cut));
  const texts = {
    ...common,
    status: statusOf(grounds),
    stage,
    exception,
    reason: grounds.error === null ? null : reasonOf(grounds.error),
    response: inHeader ? (body?.text ?? null) : null,
    truncated: isCut || null,
  };
  const fixed = headers.map(([field, name]): Header | null => {
    const text = field === 'offset' || field === 'timestamp' ? null : texts[field];
    return text === null ? null : [name, Buffer.from(`${text}`)];
  });
  const own = (place: Place, index: number): Header | null => {
    const [field, name] = headers[index]!;
    const text = field === 'offset' || field === 'timestamp' ? place[field] : null;
    return text === null ? null : [name, Buffer.from(`${text}`)];
  };
  return place => fixed.map((header, index) => header ?? own(place, index)).filter(header => header !== null);
}

/** The text as JSON, of at most so many bytes: what has to be escaped takes up to six times its own. */
function quoted(text: string, maxBytes: number): Cut {
  let json = JSON.stringify(text);
  let kept = text.length;
  for (let bytes = Buffer.byteLength(json); bytes > maxBytes && kept > 0; bytes = Buffer.byteLength(json)) {
    kept = Math.max(0, Math.min(kept - 1, Math.floor((kept * maxBytes) / bytes)));
    json = JSON.stringify(text.slice(0, kept).replace(/[\ud800-\udbff]$/, ''));
  }
  return { text: json, cut: kept < text.length };
}
