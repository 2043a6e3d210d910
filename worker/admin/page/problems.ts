import type { ConnectorStatus, TaskSlot } from '../../status.ts';
import type { Figures, Problem } from './model.ts';
import { count, rate } from './numbers.ts';

/** How a task is judged, as for `/health`. */
export interface Judgement {
  /** It comes right by itself. */
  readonly starting: boolean;
  readonly text: string;
}

export interface ProblemParts {
  readonly judge: (task: TaskSlot) => readonly Judgement[];
  /** Hides secrets, and makes one short line. */
  readonly brief: (text: string) => string;
}

/** What one place shows of them. */
const MOST = 12;

/** The worst first. */
export function problemsOfTask(slot: TaskSlot, { judge, brief }: ProblemParts): readonly Problem[] {
  const { id, status, config } = slot;
  const problem = (severity: Problem['severity'], text: string): Problem => ({ severity, task: id, text: brief(text) });
  const judged = judge(slot).map(({ starting, text }) => problem(starting ? 'warning' : 'error', capital(text)));
  const { sink } = status;
  const token = sink.credentials?.lastFailure ?? null;
  const isOpen = config.http.tls.verification !== 'full';
  const all = [
    ...judged,
    ...(sink.state === 'retrying' ? [problem('warning', `Requests are being repeated: ${sink.reason}`)] : []),
    ...(token === null || status.state === 'FAILED' ? [] : [problem('warning', `No new access token: ${token}`)]),
    ...(isOpen && id === 0 ? [problem('warning', 'The endpoint’s certificate is not verified in full')] : []),
  ];
  return ordered(all);
}

/** Of the connector and its tasks. */
export function problemsOf(
  { state, trace, target }: ConnectorStatus,
  ofTasks: readonly (readonly Problem[])[],
  figures: Figures,
  { brief }: Pick<ProblemParts, 'brief'>,
): readonly Problem[] {
  const own: Problem[] = [];
  if (state === 'FAILED')
    own.push({ severity: 'error', task: null, text: brief(`FAILED: ${trace ?? 'no reason known'}`) });
  const growing = target === 'RUNNING' ? growth(figures) : null;
  if (growing !== null) own.push({ severity: 'warning', task: null, text: growing });
  return ordered([...own, ...ofTasks.flat()]);
}

/** Seconds of work that wait before a growing lag is worth a word. */
const WORTH_SECONDS = 30;
const WORTH_RECORDS = 1_000;

function growth({ lag, lagPerSecond, recordsPerSecond }: Figures): string | null {
  if (lag === null || lagPerSecond === null || lag < WORTH_RECORDS) return null;
  // In two minutes it has grown by more than a tenth.
  if (lagPerSecond * 120 < lag / 10 || lag < (recordsPerSecond ?? 0) * WORTH_SECONDS) return null;
  return `Lag grows by ${rate(lagPerSecond)} records/s: ${count(lag)} records wait`;
}

function ordered(problems: readonly Problem[]): readonly Problem[] {
  const worst = problems.filter(({ severity }) => severity === 'error');
  const all = [...worst, ...problems.filter(({ severity }) => severity !== 'error')];
  if (all.length <= MOST) return all;
  const more = { severity: all[MOST]!.severity, task: null, text: `… and ${all.length - MOST} more` };
  return [...all.slice(0, MOST), more];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
