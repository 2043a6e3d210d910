import { wrap } from '../cli/layout.ts';
import { type Column, renderTable } from '../cli/table.ts';
import { pad, type Styles, widthOf } from '../cli/terminal.ts';
import type { Advice } from './advice.ts';
import type { Point } from './point.ts';
import {
  type Account,
  caveats,
  codecText,
  costsText,
  deviationText,
  duplicatesText,
  kneeText,
  loadText,
  objectionText,
  outcomeText,
  sampleText,
  usedText,
} from './summary.ts';
import { count, percent, rate, time } from './words.ts';

export interface TextParts {
  readonly styles: Styles;
  /** Columns of the terminal; null: there is none. */
  readonly width: number | null;
}

const COLUMNS: readonly Column[] = [
  { title: 'batch', align: 'right' },
  { title: 'in flight', align: 'right' },
  { title: 'records/s', align: 'right' },
  { title: '±', align: 'right' },
  { title: 'requests/s', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'p99', align: 'right' },
  { title: '', flexible: true },
];
/** Narrower terminals have these alone. */
const FEW = [0, 1, 2, 6, 7];
const NARROW = 72;
const SENTENCE_WIDTH = 100;

/** The account for people: points, costs, what to set and what it gives. */
export function renderAccount(account: Account, parts: TextParts): string {
  const { styles, width } = parts;
  const { result, advice } = account;
  const { choice } = result;
  const lines: string[] = [];
  for (const { codec, points, fitted } of result.results) {
    if (points.length === 0) continue;
    if (result.results.length > 1) lines.push(styles.bold(`Compression: ${codecText(codec)}`), '');
    lines.push(...pointsTable(points, parts), '');
    if (fitted !== null) lines.push(...wrapped(costsText(fitted.model, fitted.error), width), '');
  }
  for (const caveat of caveats(account)) lines.push(...wrapped(caveat, width).map(styles.yellow));
  lines.push(...wrapped(`Sample: ${sampleText(account)}.`, width), ...wrapped(`Used: ${usedText(result)}.`, width), '');
  if (choice === null || advice === null) {
    lines.push(styles.bold('There is nothing to recommend.'));
    if (result.refused === null) lines.push(...wrapped(nothingText(account), width));
    return `${lines.join('\n')}\n`;
  }
  const points = result.results.find(({ codec }) => codec === choice.codec)!.points;
  lines.push(...wrapped(kneeText(advice, points), width), '', styles.bold('Recommended'), '');
  lines.push(...settings(advice, parts));
  lines.push('');
  const { recordsPerSecond } = choice.prediction;
  lines.push(...wrapped(`It gives ${outcomeText(advice.outcome)}: ${deviationText(advice, recordsPerSecond)}.`, width));
  const share = percent(advice.outcome.recordsPerSecond / choice.best.recordsPerSecond);
  lines.push(
    ...wrapped(
      `The fastest point (${loadText(choice.best)}) gave ${rate(choice.best.recordsPerSecond)} records/s: this is ${share} of it.`,
      width,
    ),
  );
  lines.push(
    ...wrapped(`As configured (${loadText(advice.configured)}): ${outcomeText(advice.configured)}, predicted.`, width),
  );
  lines.push(...wrapped(duplicatesText(advice), width));
  return `${lines.join('\n')}\n`;
}

/** To be pasted: why stands behind each, or above it where there is no room for all. */
function settings({ lines }: Advice, { styles, width }: TextParts): readonly string[] {
  const longest = Math.max(...lines.map(({ key, value }) => key.length + value.length + 1));
  const reasons = lines.map(({ value, before, why }) => `# ${before === value ? '' : `in place of ${before}: `}${why}`);
  const beside = reasons.every(reason => width === null || longest + 2 + widthOf(reason) <= width);
  return lines.flatMap(({ key, value }, index) => {
    const line = `${key}=${value}`;
    const reason = reasons[index]!;
    if (beside) return [`${styles.green(pad(line, longest))}  ${styles.dim(reason)}`];
    const above = wrap(reason.slice(2), width! - 2).map(part => styles.dim(`# ${part}`));
    return [...above, styles.green(line)];
  });
}

/** Why there is none. */
function nothingText({ result }: Account): string {
  const [first] = result.results.flatMap(({ points }) => points);
  if (first === undefined) return 'Not one point could be measured within the bounds.';
  return `Even ${loadText(first)} was too much: ${objectionText(first)}.`;
}

function pointsTable(points: readonly Point[], { styles, width }: TextParts): readonly string[] {
  const chosen = width !== null && width < NARROW ? FEW : COLUMNS.map((_, at) => at);
  const rows = inOrder(points).map(point => {
    const cells = cellsOf(point);
    return chosen.map(at => cells[at]!);
  });
  return renderTable(
    chosen.map(at => COLUMNS[at]!),
    rows,
    width,
    styles.bold,
  );
}

/** By batch size, then by requests in flight. */
export function inOrder(points: readonly Point[]): readonly Point[] {
  return [...points].sort((a, b) => a.batch - b.batch || a.inFlight - b.inFlight);
}

function cellsOf(point: Point): readonly string[] {
  const { batch, inFlight, requests, recordsPerSecond, requestsPerSecond, relativeError, p50Ms, p99Ms } = point;
  const figures =
    requests === 0
      ? ['', '', '', '', '']
      : [rate(recordsPerSecond), errorText(relativeError), rate(requestsPerSecond), time(p50Ms), time(p99Ms)];
  return [count(batch), count(inFlight), ...figures, objectionText(point)];
}

export function errorText(relativeError: number): string {
  return Number.isFinite(relativeError) ? percent(relativeError) : '?';
}

/** At blanks, for a terminal; whole for anything else. */
function wrapped(text: string, width: number | null): readonly string[] {
  if (width === null) return [text];
  return wrap(text, Math.min(width, SENTENCE_WIDTH));
}
