import { wrap } from '../cli/layout.ts';
import type { Styles } from '../cli/terminal.ts';
import { renderTime } from '../cli/times.ts';
import { bytesJson, bytesLines } from './bytes.ts';
import { type Cause, type CausesReport, messageOf, rootOf } from './causes.ts';
import { type Letter, placeOf } from './letter.ts';

/** How foreign text is shown, and how wide. */
export interface Look {
  /** Without secrets, on one line, steering no terminal. */
  readonly shown: (text: string) => string;
  readonly mask: (text: string) => string;
  readonly styles: Styles;
  /** Columns; Infinity where nothing is broken into lines. */
  readonly width: number;
}

/** What was looked at of a dead letter topic. */
export interface Looked {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly low: number; readonly high: number }[];
  /** Letters that were read. */
  readonly read: number;
  /** Those that the filter takes. */
  readonly matched: number;
}

const INDENT = '  ';

export function renderCauses(looked: Looked, report: CausesReport, look: Look): string {
  const { topic, partitions, read, matched } = looked;
  const of = partitions.length === 1 ? '1 partition' : `${partitions.length} partitions`;
  const meant = matched === read ? '' : `, ${count(matched)} of them meant`;
  const lines = [`${look.shown(topic)}: ${letters(read)} in ${of}${meant}`];
  for (const cause of report.causes) lines.push('', ...causeLines(cause, look));
  if (report.others > 0) lines.push('', `${letters(report.others)} of further causes are not told apart`);
  return `${lines.join('\n')}\n`;
}

function causeLines(cause: Cause, look: Look): string[] {
  const { shown, styles } = look;
  const { letters: amount, example, faults, first, last } = cause;
  const what = [
    cause.stage ?? 'no stage',
    cause.httpStatus === null ? null : `HTTP ${cause.httpStatus}`,
    cause.exceptionClassName,
  ];
  const head = `${styles.bold(count(amount))}  ${what
    .filter(text => text !== null)
    .map(shown)
    .join('  ')}`;
  const lines = [example.message ?? '(no message)', ...(example.root === null ? [] : [`caused by ${example.root}`])];
  const until = first === last ? '' : ` to ${time(last)}`;
  const times = first === null ? 'without a time' : `${renderTime(first)}${until}`;
  lines.push(`${tallied('from', cause.origins, 'an origin that is not told')}; ${times}`);
  if (cause.connectors.length > 1) lines.push(tallied('by', cause.connectors, 'a connector that is not told'));
  lines.push(...faults.map(fault => `not as it should be: ${fault}`), `for example ${example.place}`);
  return [head, ...indented(lines.map(shown), look.width)];
}

function tallied(word: string, counts: Cause['origins'], unknown: string): string {
  const names = counts.map(([name, amount]) => `${name ?? unknown}${counts.length > 1 ? ` (${count(amount)})` : ''}`);
  return `${word} ${names.join(', ')}`;
}

export function causesJson(looked: Looked, { causes, others }: CausesReport): object {
  const named = (counts: Cause['origins']) => counts.map(([name, amount]) => ({ name, letters: amount }));
  const told = causes.map(({ exceptionClassName, first, last, origins, connectors, ...cause }) => ({
    ...cause,
    exception: exceptionClassName,
    first: time(first),
    last: time(last),
    origins: named(origins),
    connectors: named(connectors),
  }));
  return { ...looked, causes: told, others };
}

/** @param letter shown as it is: what a record holds is asked for here */
export function renderLetter(letter: Letter, look: Look): string {
  const { record, origin, httpStatus, exceptionClassName, faults, answer, trace } = letter;
  const root = rootOf(letter);
  const { shown, styles, width } = look;
  const what = [letter.stage ?? 'no stage', httpStatus === null ? null : `HTTP ${httpStatus}`, exceptionClassName];
  const facts: readonly (readonly [string, string | null])[] = [
    ['origin', origin === null ? null : `${origin.topic}-${origin.partition} offset ${origin.offset}`],
    ['time', record.timestamp < 0 ? null : renderTime(record.timestamp)],
    ['connector', letter.connector === null ? null : `${letter.connector}, task ${letter.taskId ?? 'not told'}`],
    ['refused by', letter.className],
  ];
  const section = (title: string, lines: readonly string[]): string[] => [
    '',
    styles.bold(title),
    ...lines.map(line => `${INDENT}${line}`),
  ];
  const lines = [
    `${styles.bold(shown(placeOf(letter)))}  ${what
      .filter(text => text !== null)
      .map(shown)
      .join('  ')}`,
    ...indented([shown(messageOf(letter) ?? '(no message)')], width),
    '',
    ...facts.map(([name, text]) => `${name.padEnd(11)} ${text === null ? '(not told)' : shown(text)}`),
    ...(root === null ? [] : [`${'caused by'.padEnd(11)} ${shown(root)}`]),
    ...faults.map(fault => `${'fault'.padEnd(11)} ${shown(fault)}`),
  ];
  if (answer !== null) {
    const told = [
      ['status', answer.status],
      ['reason', answer.reason],
      ['body', answer.body],
      ['of the record', answer.recordStatus],
      ['its body', answer.recordBody],
    ].filter(([, text]) => text !== null);
    lines.push(
      ...section(
        'answer',
        told.map(([name, text]) => `${name!.padEnd(13)}  ${shown(text!)}`),
      ),
    );
  }
  if (trace !== null) lines.push(...section('trace', trace.trimEnd().split('\n').slice(0, 60).map(shown)));
  const raw = (part: string) => `--raw ${part} writes all of them`;
  lines.push(
    ...section(
      `headers (${letter.headers.length})`,
      letter.headers.flatMap(header => headerLines(header, look)),
    ),
  );
  for (const part of ['key', 'value'] as const) {
    const bytes = record[part];
    const title = bytes === null ? part : `${part} (${bytes.length} bytes)`;
    lines.push(...section(title, bytesLines(bytes, look.mask, raw(part))));
  }
  return `${lines.join('\n')}\n`;
}

function headerLines([name, value]: Letter['headers'][number], { shown, mask }: Look): readonly string[] {
  const [first, ...others] = bytesLines(value, mask, '--json has all of it');
  const shownName = typeof name === 'string' ? shown(name) : `0x${name.toString('hex').slice(0, 200)}`;
  return [`${shownName}  ${first}`, ...others.map(line => `${INDENT}${line}`)];
}

export function letterJson(letter: Letter): object {
  const { record, headers, exceptionClassName, className, isSilent: _, ...told } = letter;
  return {
    ...told,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    timestamp: time(record.timestamp < 0 ? null : record.timestamp),
    exception: exceptionClassName,
    class: className,
    key: bytesJson(record.key),
    value: bytesJson(record.value),
    headers: headers.map(([name, value]) => ({
      name: bytesJson(typeof name === 'string' ? Buffer.from(name) : name),
      value: bytesJson(value),
    })),
  };
}

function indented(texts: readonly string[], width: number): string[] {
  return texts.flatMap(text => wrap(text, width - INDENT.length)).map(line => `${INDENT}${line}`);
}

function time(epochMs: number | null): string | null {
  return epochMs === null ? null : renderTime(epochMs);
}

export function letters(amount: number): string {
  return `${count(amount)} dead letter${amount === 1 ? '' : 's'}`;
}

export function count(amount: number): string {
  return amount.toLocaleString('en-US');
}
