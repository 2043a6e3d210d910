import type { Sample } from './sample.ts';

/** One line of the table of targets. */
export interface Verdict {
  readonly what: string;
  /** null: not measured in this run. */
  readonly value: number | null;
  readonly bound: 'at least' | 'at most';
  readonly target: number;
  readonly unit: '×' | 'MB' | 's' | 'ms' | '%' | '';
}

export function isMet({ value, bound, target }: Verdict): boolean | null {
  if (value === null) return null;
  return bound === 'at least' ? value >= target : value <= target;
}

/** What the targets are judged by. */
export interface Measured {
  /** The medians of a case; null when it was not measured. */
  find(id: string): Sample | null;
  /** Peak memory with the endpoint down, MB; null when it was not measured. */
  readonly outageMB: number | null;
}

type Figure = 'recordsPerSecond' | 'cpuSecondsPerMillion';

/** Our reader with the JSON check, batch 500: what the targets are about. */
const OURS = 'native-json-500';
const ADOBE = 'requests/native-adobe-500';
const SIZES = ['220B', '1KB'] as const;
const SPEED_BESIDE_BENTO = { '220B': 1.1, '1KB': 1.2 } as const;

export function judge({ find, outageMB }: Measured): Verdict[] {
  const ratio = (figure: Figure, ours: string, other: string): number | null => {
    const [a, b] = [find(ours), find(other)];
    return a === null || b === null ? null : a[figure] / b[figure];
  };
  const atLeast = (what: string, value: number | null, target: number): Verdict => {
    return { what, value, bound: 'at least', target, unit: '×' };
  };
  const atMost = (what: string, value: number | null, target: number, unit: Verdict['unit']): Verdict => {
    return { what, value, bound: 'at most', target, unit };
  };
  return [
    ...SIZES.flatMap(size => {
      const raw = (figure: Figure) => ratio(figure, `${size}/native-raw-500`, `${size}/bento-500`);
      return [
        atLeast(`${size}, raw texts: records/s, of Bento's`, raw('recordsPerSecond'), 1.2),
        atMost(`${size}, raw texts: CPU per record, of Bento's`, raw('cpuSecondsPerMillion'), 0.7, '×'),
      ];
    }),
    ...SIZES.flatMap(size => {
      const files = ratio('recordsPerSecond', `${size}/native-aiven-500`, `${size}/bento-500`);
      return files === null ? [] : [atLeast(`${size}, a file of Aiven's sink: records/s, of Bento's`, files, 1.2)];
    }),
    ...SIZES.flatMap(size => {
      const beside = (figure: Figure, other: string) => ratio(figure, `${size}/${OURS}`, `${size}/${other}`);
      return [
        atLeast(`${size}: records/s, of Bento's`, beside('recordsPerSecond', 'bento-500'), SPEED_BESIDE_BENTO[size]),
        atLeast(`${size}: records/s, of the limit's`, beside('recordsPerSecond', 'limit-block-check'), 0.8),
        atMost(`${size}: CPU per record, of Bento's`, beside('cpuSecondsPerMillion', 'bento-500'), 0.8, '×'),
      ];
    }),
    atLeast(
      "slow endpoint: records/s, of Bento's in order",
      ratio('recordsPerSecond', `slow/${OURS}`, 'slow/bento-500-ordered'),
      6,
    ),
    atLeast(
      'one hot partition: records/s, of one request after another',
      ratio('recordsPerSecond', `hot/${OURS}`, 'hot/limit-requests'),
      0.95,
    ),
    atLeast(
      "a file of Adobe's connector: records/s, of our own envelope's",
      ratio('recordsPerSecond', ADOBE, 'requests/native-envelope-500'),
      0.95,
    ),
    atMost('peak memory in these runs', greatestPeak(find), 200, 'MB'),
    atMost('peak memory, endpoint down', outageMB, 220, 'MB'),
    atMost('start to first request, beyond the join', startBeyondJoin(find), 1, 's'),
  ];
}

function greatestPeak(find: Measured['find']): number | null {
  const ids = [...SIZES, 'slow', 'hot', 'requests'].map(scene => `${scene}/${OURS}`);
  const others = [...SIZES.map(size => `${size}/native-raw-500`), ADOBE];
  const found = [...ids, ...others].map(find).filter(each => each !== null);
  return found.length === 0 ? null : Math.max(...found.map(each => each.peakMB));
}

/** The join is what a bare consumer of the same group settings takes from connecting to holding its partitions. */
function startBeyondJoin(find: Measured['find']): number | null {
  const beyond = SIZES.map(size => {
    const join = find(`${size}/limit-consume`)?.joinSeconds ?? null;
    const ours = find(`${size}/${OURS}`);
    return ours === null || join === null ? null : ours.startSeconds - join;
  }).filter(each => each !== null);
  return beyond.length === 0 ? null : Math.max(...beyond);
}
