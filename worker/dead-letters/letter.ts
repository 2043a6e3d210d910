import { isUtf8 } from 'node:buffer';
import type { ExactHeader, SinkRecord } from '../../connector/block.ts';
import { CONTEXT_PREFIX, HTTP_STATUS_HEADER, RESPONSE_PREFIX } from '../task/delivery/dead-letter-queue.ts';
import type { TopicPartitionOffset } from '../task/ports.ts';

/** What Kafka Connect's DeadLetterQueueReporter writes (KIP-298), on the JVM as here; sinks that report for themselves (KIP-610) too. */
const CONTEXT_NAMES = [
  'topic',
  'partition',
  'offset',
  'connector.name',
  'task.id',
  'stage',
  'class.name',
  'exception.class.name',
  'exception.message',
  'exception.stacktrace',
] as const;
const PLACE_NAMES = ['topic', 'partition', 'offset'] as const;
type ContextName = (typeof CONTEXT_NAMES)[number];

/** What stands behind the context where Tailrace wrote it. */
const ANSWER_NAMES = ['status', 'reason', 'body', 'record.status', 'record.body'] as const;

/** Added to a record that is written to its origin again, once each time: `<topic>-<partition>-<offset>` of its dead letter. */
export const REPLAYED = 'tailrace.replayed';

/** Kafka's own limits of a topic's name. */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
const LARGEST_PARTITION = 2 ** 31 - 1;

/** What the endpoint answered, where the letter keeps it (`errors.deadletterqueue.response.headers.enable`). */
export interface LetterAnswer {
  readonly status: string | null;
  readonly reason: string | null;
  readonly body: string | null;
  readonly recordStatus: string | null;
  readonly recordBody: string | null;
}

/** One record of a dead letter topic, and what its headers tell. Texts are as they were written, of foreign origin; null: not told. */
export interface Letter {
  /** As it lies in the dead letter topic. */
  readonly record: SinkRecord;
  /** Where the record was read that it holds; null where the headers do not say, or say what no place can be. */
  readonly origin: TopicPartitionOffset | null;
  /** No header says anything of where it came from: `errors.deadletterqueue.context.headers.enable` is off by default. */
  readonly isSilent: boolean;
  readonly connector: string | null;
  readonly taskId: string | null;
  /** As `Stage` where Kafka Connect or Tailrace wrote it; others may have written anything. */
  readonly stage: string | null;
  readonly className: string | null;
  readonly exceptionClassName: string | null;
  readonly message: string | null;
  readonly trace: string | null;
  readonly httpStatus: string | null;
  readonly answer: LetterAnswer | null;
  /** The headers that the record had at its origin. */
  readonly headers: readonly ExactHeader[];
  /** What of the context is not as it should be, one line each: it names headers, and repeats none. */
  readonly faults: readonly string[];
}

/**
 * Reads a record as a dead letter. Whatever it holds is taken for what it is: nothing throws, and what can't be read is a fault of the letter.
 * The context stands behind the record's own headers, which may hold an older one: the last header of each name counts, and is taken off.
 */
export function readLetter(record: SinkRecord): Letter {
  const taken = new Set<number>();
  const faults: string[] = [];
  const context = new Map<ContextName, string>();
  for (const name of CONTEXT_NAMES) {
    const at = lastOf(record.headers, CONTEXT_PREFIX + name, 0);
    if (at < 0) continue;
    taken.add(at);
    const text = textOf(record.headers[at]!, faults);
    if (text !== null) context.set(name, text);
  }
  const behind = lastOf(record.headers, `${CONTEXT_PREFIX}topic`, 0);
  const ours = new Map<string, string>();
  for (const name of [HTTP_STATUS_HEADER, ...ANSWER_NAMES.map(part => RESPONSE_PREFIX + part)]) {
    // A letter without a context may hold them, but then nothing tells whether they are the record's own: they stay.
    const at = lastOf(record.headers, name, behind + 1);
    if (at < 0) continue;
    if (behind >= 0) taken.add(at);
    const text = textOf(record.headers[at]!, faults);
    if (text !== null) ours.set(name, text);
  }
  const of = (name: ContextName): string | null => context.get(name) ?? null;
  return {
    record,
    origin: originOf(of('topic'), of('partition'), of('offset'), faults),
    isSilent: PLACE_NAMES.every(name => lastOf(record.headers, CONTEXT_PREFIX + name, 0) < 0),
    connector: of('connector.name'),
    taskId: of('task.id'),
    stage: of('stage'),
    className: of('class.name'),
    exceptionClassName: of('exception.class.name'),
    message: of('exception.message'),
    trace: of('exception.stacktrace'),
    httpStatus: ours.get(HTTP_STATUS_HEADER) ?? null,
    answer: answerOf(ours),
    headers: record.headers.filter((_, at) => !taken.has(at)),
    faults,
  };
}

/** `orders-dlq-0-17`. */
export function placeOf({ record: { topic, partition, offset } }: Letter): string {
  return `${topic}-${partition}-${offset}`;
}

/** As the record was at its origin, and one header more that says where it was meanwhile. */
export function replayedHeaders(letter: Letter): readonly ExactHeader[] {
  return [...letter.headers, [REPLAYED, Buffer.from(placeOf(letter))]];
}

function lastOf(headers: readonly ExactHeader[], name: string, from: number): number {
  for (let at = headers.length - 1; at >= from; at--) if (headers[at]![0] === name) return at;
  return -1;
}

/** Null for a null. What is no UTF-8 is read all the same, with signs in the place of what can't be. */
function textOf([name, value]: ExactHeader, faults: string[]): string | null {
  if (value === null) return null;
  if (!isUtf8(value)) faults.push(`the header ${name} is no UTF-8`);
  return value.toString();
}

function originOf(
  topic: string | null,
  partition: string | null,
  offset: string | null,
  faults: string[],
): TopicPartitionOffset | null {
  if (topic === null && partition === null && offset === null) {
    faults.push('no header says where it came from');
    return null;
  }
  const wrong = [
    topic !== null && TOPIC.test(topic) ? null : 'topic',
    numberIn(partition, LARGEST_PARTITION) === null ? 'partition' : null,
    numberIn(offset, Number.MAX_SAFE_INTEGER) === null ? 'offset' : null,
  ].filter(name => name !== null);
  const values = { topic, partition, offset };
  for (const name of wrong) {
    const problem = values[name as keyof typeof values] === null ? 'is missing' : `can be no ${name}`;
    faults.push(`the header ${CONTEXT_PREFIX}${name} ${problem}`);
  }
  return wrong.length > 0 ? null : { topic: topic!, partition: Number(partition), offset: Number(offset) };
}

/** Digits alone, as Java's String.valueOf writes a number that is not negative. */
function numberIn(text: string | null, largest: number): number | null {
  if (text === null || !/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return value <= largest ? value : null;
}

function answerOf(texts: ReadonlyMap<string, string>): LetterAnswer | null {
  const [status, reason, body, recordStatus, recordBody] = ANSWER_NAMES.map(
    name => texts.get(RESPONSE_PREFIX + name) ?? null,
  );
  const answer = { status, reason, body, recordStatus, recordBody } as LetterAnswer;
  return Object.values(answer).every(text => text === null) ? null : answer;
}
