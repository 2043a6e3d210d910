/** Why the program ended, as a number. Kafka Connect's own codes (1, 2, 3) keep their meaning. */
export const EXIT = {
  CLEAN: 0,
  USAGE: 1,
  WORKER_START: 2,
  CONNECTOR_START: 3,
  UNFINISHED: 4,
  /** A check failed. */
  CHECK_FAILED: 5,
  /** Nothing was changed: a condition is not met, or nobody agreed. */
  REFUSED: 6,
  DIFFERS: 10,
  IGNORED: 11,
  INTERNAL: 70,
} as const;

/** Added to the signal's number when a second signal ended the program (the shell's convention). */
export const SIGNAL_BASE = 128;

/** Of files that are refused. @param inConnectorsOnly whether the worker's own are well */
export function refusedExit(inConnectorsOnly: boolean): number {
  return inConnectorsOnly ? EXIT.CONNECTOR_START : EXIT.WORKER_START;
}

/** What each means of `run`; the others say what they mean where it is something else. */
const MEANINGS = {
  [EXIT.CLEAN]: 'stopped cleanly: every record in flight was confirmed and its offset committed',
  [EXIT.USAGE]: 'wrong command, option or argument',
  [EXIT.WORKER_START]: "the worker could not start: its file, its listener's port",
  [EXIT.CONNECTOR_START]: 'a connector could not be created: its file, a certificate it names',
  [EXIT.UNFINISHED]: 'stopped, but a task had failed or the deadline passed first; the rest is sent again',
  [EXIT.CHECK_FAILED]: 'a check failed',
  [EXIT.REFUSED]: 'nothing was changed: a condition is not met, or nobody agreed',
  [EXIT.INTERNAL]: 'a defect in Tailrace; nothing unconfirmed was committed',
} as const satisfies Readonly<Record<number, string>>;

type ToldCode = keyof typeof MEANINGS;

export type ExitCodeRow = readonly [code: string, meaning: string];

/** Rows of a command's table of codes. */
export function exitRows(...codes: readonly ToldCode[]): readonly ExitCodeRow[] {
  return codes.map(code => [String(code), MEANINGS[code]]);
}

export const SIGNAL_ROW: ExitCodeRow = [
  `${SIGNAL_BASE}+n`,
  'a second signal n ended it at once; nothing unconfirmed was committed',
];
