import type { TopicCounts } from '../task/facts.ts';
import type { DemoEndpoint } from './endpoint.ts';
import type { DemoEvent } from './events.ts';

export interface DemoRun {
  readonly produced: readonly DemoEvent[];
  /** What the worker says. */
  readonly counts: Readonly<Record<string, TopicCounts>>;
  /** What the other side says. */
  readonly endpoint: Pick<DemoEndpoint, 'received' | 'duplicates'>;
}

export interface AuditLine extends TopicCounts {
  readonly topic: string;
  readonly received: number;
  readonly correct: boolean;
}

export interface Audit {
  readonly lines: readonly AuditLine[];
  readonly correct: boolean;
}

const NONE: TopicCounts = { consumed: 0, delivered: 0, deadLettered: 0, skipped: 0 };

/** Compares three accounts of one run: what was produced, what the worker counted, what the endpoint received. */
export function auditDemo({ produced, counts, endpoint }: DemoRun): Audit {
  const topics = [...new Set(produced.map(event => event.topic))];
  const lines = topics.map(topic => {
    const events = produced.filter(event => event.topic === topic);
    const broken = events.filter(event => event.fate !== 'deliverable').length;
    const said = counts[topic] ?? NONE;
    const received = endpoint.received(topic);
    const correct =
      said.consumed === events.length &&
      said.consumed === said.delivered + said.deadLettered + said.skipped &&
      said.deadLettered === broken &&
      said.delivered === events.length - broken &&
      received === said.delivered;
    return { topic, ...said, received, correct };
  });
  return { lines, correct: endpoint.duplicates === 0 && lines.every(line => line.correct) };
}

export function renderAudit(
  audit: Audit,
  endpoint: Pick<DemoEndpoint, 'requests' | 'refused' | 'refusals' | 'tokens' | 'duplicates'>,
): string {
  const cells = audit.lines.map(line => [
    line.topic,
    number(line.consumed),
    number(line.delivered),
    number(line.deadLettered),
    number(line.skipped),
    number(line.received),
    line.correct ? 'yes' : 'NO',
  ]);
  const head = ['topic', 'consumed', 'delivered', 'dead-lettered', 'skipped', 'endpoint received', 'correct'];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map(row => row[i]!.length)));
  const marks = ['', ' = ', ' + ', ' + ', '    ', '  '];
  const blank = ['', '   ', '   ', '   ', '    ', '  '];
  const line = (row: readonly string[], between: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]! + 2) : between[i - 1]! + cell.padStart(widths[i]!)))
      .join('');
  const delivered = audit.lines.reduce((sum, each) => sum + each.delivered, 0);
  const perRequest = endpoint.requests === 0 ? 0 : Math.round(delivered / endpoint.requests);
  return `${line(head, blank)}
${cells.map(row => line(row, marks)).join('\n')}

${number(delivered)} records in ${number(endpoint.requests)} requests (${number(perRequest)} a request): \
${number(Math.max(delivered - endpoint.requests, 0))} requests saved by batching
${endpoint.refusals}: ${number(endpoint.refused)}; records that arrived twice: \
${number(endpoint.duplicates)}; access tokens fetched: ${number(endpoint.tokens)}
`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
