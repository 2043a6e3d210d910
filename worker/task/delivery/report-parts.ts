import type { ReportField, ReportTopicConfig } from '../../../config/types.ts';
import type { Answer } from '../../../connector/answer.ts';
import type { Header } from '../../../connector/block.ts';
import { type RecordError, reasonOf } from '../../../connector/record-error.ts';

/** What an outcome rests on: the answer to the request, if there was one, and for all but `delivered` the error. */
export interface Grounds {
  readonly answer: Answer | null;
  readonly error: RecordError | null;
}

/** What is a record's own. */
export interface Own {
  readonly offset: number;
  readonly timestamp: number | null;
  /** As Kafka holds it. */
  readonly value: Buffer | null;
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

/** The value of reports that say the same of each record. */
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

/** Prepares the headers of a slice's reports, which have all in common but what is the record's own. */
export function headersAround(
  topic: ReportTopicConfig,
  common: Common,
  grounds: Grounds,
  maxBytes: number,
): (own: Own) => Header[] {
  const { error, answer } = grounds;
  const { stage, exceptionClassName: exception = null } = error ?? { stage: null };
  const texts = {
    ...common,
    status: statusOf(grounds),
    stage,
    exception,
    reason: error === null ? null : reasonOf(error),
    response: answer?.body?.text ?? null,
    truncated: isCut(topic, grounds, maxBytes) || null,
  };
  const { headers } = topic;
  const fixed = headers.map(([field]) => (isOwn(field) ? null : bytesOf(texts[field])));
  return own =>
    headers.flatMap(([field, name], index): Header[] => {
      const value = isOwn(field) ? bytesOf(own[field]) : fixed[index]!;
      return value === null ? [] : [[name, value]];
    });
}

function isOwn(field: ReportField): field is keyof Own {
  return field === 'offset' || field === 'timestamp' || field === 'value';
}

function bytesOf(value: string | number | boolean | Buffer | null): Buffer | null {
  return value === null || Buffer.isBuffer(value) ? value : Buffer.from(`${value}`);
}

/** Whether a report has a body that is not all of it. */
function isCut({ value, format, headers }: ReportTopicConfig, { answer }: Grounds, maxBytes: number): boolean {
  const body = answer?.body;
  const isValue = value === 'response';
  if (body === undefined || !(isValue || headers.some(([field]) => field === 'response'))) return false;
  return body.cut || (isValue && format === 'json' && quoted(body.text, maxBytes).cut);
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
