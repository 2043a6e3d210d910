import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import type { Message } from '../../../worker/kafka/library.ts';
import type { Expected, ExpectedMessage, ExpectedRequest, ExpectedRequests, PeerCase, Seen } from './case.ts';
import type { Outcome } from './run.ts';

/**
 * Both sides are written as lines of text, in which all that is not compared is left out and a pattern stands for a text that it
 * fits. So a failure shows, line by line, what was expected and what came.
 */
export function assertOutcome(peerCase: PeerCase, outcome: Outcome): void {
  const lines: string[] = [];
  let same = true;
  const section = (title: string, [expected, actual]: Sides): void => {
    same &&= expected.join('\n') === actual.join('\n');
    lines.push(`    == ${title}`, ...differences(expected, actual));
  };
  section('requests', requestSides(peerCase.requests, outcome.requests));
  section('token requests', requestSides(peerCase.tokenRequests ?? [], outcome.tokenRequests));
  section('asked of the proxy', [[...(peerCase.proxied ?? [])].sort(), outcome.proxied]);
  for (const [topic, messages] of Object.entries(peerCase.left ?? {})) {
    section(`left in ${topic}`, sidesOf(messages, outcome.left[topic]!, messageSides));
  }
  section('the task', taskSides(peerCase, outcome));
  section('committed', committedSides(peerCase, outcome));
  assert.ok(same, `- expected, + came:\n${lines.join('\n')}\n\nthe log:\n${outcome.log}`);
}

type Sides = readonly [expected: readonly string[], actual: readonly string[]];

/** Lines of both, those that differ marked; what is the same is kept to tell where they are. */
function differences(expected: readonly string[], actual: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0, j = 0; i < expected.length || j < actual.length; ) {
    if (expected[i] === actual[j]) {
      lines.push(`    ${expected[i++]}`);
      j++;
      continue;
    }
    const [missing, more] = nextSame(expected.slice(i), actual.slice(j));
    lines.push(...expected.slice(i, i + missing).map(line => `  - ${line}`));
    lines.push(...actual.slice(j, j + more).map(line => `  + ${line}`));
    i += missing;
    j += more;
  }
  return lines;
}

/** How many lines of each stand before the nearest line that both have. */
function nextSame(one: readonly string[], other: readonly string[]): [number, number] {
  for (let sum = 1; sum < one.length + other.length; sum++) {
    for (let i = Math.max(0, sum - other.length); i <= sum && i < one.length; i++) {
      if (one[i] === other[sum - i]) return [i, sum - i];
    }
  }
  return [one.length, other.length];
}

/** Pairs what was expected with what came, one by one; what has no partner stands alone. */
function sidesOf<E, A>(
  expected: readonly E[],
  actual: readonly A[],
  sides: (expected: E | null, actual: A | null) => Sides,
): Sides {
  const all = Array.from({ length: Math.max(expected.length, actual.length) }, (_, i) =>
    sides(expected[i] ?? null, actual[i] ?? null),
  );
  const numbered = (side: 0 | 1) =>
    all.flatMap((each, i) => (each[side].length > 0 ? [`#${i + 1}`, ...each[side]] : []));
  return [numbered(0), numbered(1)];
}

function requestSides(expected: ExpectedRequests, actual: readonly Seen[]): Sides {
  if (!('each' in expected)) {
    if (!('inAnyOrder' in expected)) return sidesOf(expected, actual, oneRequest);
    const sorted = [...expected.inAnyOrder].sort((one, other) => compareTexts(sortKey(one), sortKey(other)));
    const came = [...actual].sort((one, other) => compareTexts(sortKey(one), sortKey(other)));
    return sidesOf(sorted, came, oneRequest);
  }
  const { each, split, records, mostRecords } = expected;
  const parts = actual.map(({ body }) => split(body.toString()));
  const large = parts.filter(part => part.length > mostRecords).map(part => `${part.length} records in a request`);
  const heads = sidesOf(
    actual.map(({ body }) => ({ ...each, body })),
    actual,
    oneRequest,
  );
  return [
    [...heads[0], ...records],
    [...heads[1], ...parts.flat(), ...large],
  ];
}

function sortKey({ method = 'POST', path, body }: ExpectedRequest | Seen): string {
  return `${method} ${path} ${body}`;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function oneRequest(expected: ExpectedRequest | null, actual: Seen | null): Sides {
  const named = Object.entries(expected?.headers ?? {});
  const wanted =
    expected === null
      ? []
      : [
          `${expected.method ?? 'POST'} ${expected.path}`,
          ...named.map(([name, text]) => headerLine(name, text)),
          `client certificate: ${expected.client ?? 'none'}`,
          ...bodyLines(expected.body),
        ];
  if (actual === null) return [wanted, []];
  // One that nobody expected is shown with all its headers.
  const shown = expected === null ? Object.keys(actual.headers).map(name => [name, null] as const) : named;
  const came = [
    `${actual.method} ${actual.path}`,
    ...shown.map(([name, text]) => headerLine(name, fitting(text, actual.headers[name.toLowerCase()] ?? null))),
    `client certificate: ${actual.client ?? 'none'}`,
    ...bodyLines(fittingBody(expected?.body, actual.body)),
  ];
  return [wanted, came];
}

function messageSides(expected: ExpectedMessage | null, actual: Message | null): Sides {
  const wanted: string[] = [];
  const came: string[] = [];
  const add = (name: string, text: Expected | undefined, found: string | null): void => {
    if (expected !== null && text === undefined) return;
    if (expected !== null) wanted.push(headerLine(name, text!));
    if (actual !== null) came.push(headerLine(name, fitting(text ?? null, found)));
  };
  add('key', expected?.key, textOf(actual?.key));
  add('value', expected?.value, textOf(actual?.value));
  const headers = Object.fromEntries((actual?.headers ?? []).flatMap(header => Object.entries(header)));
  for (const name of Object.keys(expected?.headers ?? headers)) {
    add(name, expected?.headers?.[name], name in headers ? String(headers[name]) : null);
  }
  if (expected !== null && wanted.length === 0) wanted.push('any');
  if (expected !== null && actual !== null && wanted[0] === 'any') came.push('any');
  return [wanted, came];
}

function taskSides({ failed }: PeerCase, { task: { state, trace } }: Outcome): Sides {
  const wanted = failed === undefined ? 'RUNNING' : `FAILED: ${failed}`;
  if (state !== 'FAILED') return [[wanted], [state]];
  return [[wanted], [failed?.test(trace) === true ? wanted : `FAILED: ${trace}`]];
}

function committedSides({ committed = {} }: PeerCase, outcome: Outcome): Sides {
  const line = (topic: string, offset: number | null | undefined): string => `${topic}: ${offset ?? 'nothing'}`;
  const topics = Object.keys(outcome.ends);
  return [
    topics.map(topic => line(topic, topic in committed ? committed[topic] : outcome.ends[topic])),
    topics.map(topic => line(topic, outcome.committed[topic])),
  ];
}

function headerLine(name: string, text: Expected): string {
  return `${name}: ${text === null ? '(none)' : String(text)}`;
}

/** What came, or the pattern that it fits. */
function fitting(expected: Expected, text: string | null): Expected {
  return expected instanceof RegExp && text !== null && expected.test(text) ? expected : text;
}

function fittingBody(expected: ExpectedRequest['body'] | undefined, body: Buffer): Buffer | RegExp {
  return expected instanceof RegExp && expected.test(body.toString()) ? expected : body;
}

function textOf(bytes: Buffer | string | null | undefined): string | null {
  if (bytes === null || bytes === undefined) return null;
  return isUtf8(Buffer.from(bytes as string))
    ? bytes.toString()
    : `base64 ${Buffer.from(bytes as string).toString('base64')}`;
}

/** A line of text each, with what does not show written as JSON has it; what is no text, in base64. */
function bodyLines(body: ExpectedRequest['body']): string[] {
  if (body instanceof RegExp) return [`| ${body}`];
  const bytes = Buffer.from(body as string);
  if (!isUtf8(bytes)) return [`base64 ${bytes.toString('base64')}`];
  return bytes
    .toString()
    .split(/(?<=\n)/)
    .map(line => `| ${JSON.stringify(line).slice(1, -1).replaceAll('\\"', '"')} |`);
}
