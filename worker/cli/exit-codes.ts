/** Why the program ended, as a number. Kafka Connect's own codes (1, 2, 3) keep their meaning. */
export const EXIT = {
  CLEAN: 0,
  USAGE: 1,
  WORKER_START: 2,
  CONNECTOR_START: 3,
  UNFINISHED: 4,
  DIFFERS: 10,
  IGNORED: 11,
  INTERNAL: 70,
} as const;

/** Added to the signal's number when a second signal ended the program (the shell's convention). */
export const SIGNAL_BASE = 128;

/** The one table that `--help` prints. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  [String(EXIT.CLEAN), 'stopped cleanly: every record in flight was confirmed and its offset committed'],
  [String(EXIT.USAGE), 'wrong command, option or argument'],
  [String(EXIT.WORKER_START), "the worker could not start: its file, its listener's port"],
  [String(EXIT.CONNECTOR_START), 'a connector could not be created: its file, a certificate it names'],
  [String(EXIT.UNFINISHED), 'stopped, but a task had failed or the deadline passed first; the rest is sent again'],
  [String(EXIT.INTERNAL), 'a defect in Tailrace; nothing unconfirmed was committed'],
  [`${SIGNAL_BASE}+n`, 'a second signal n ended it at once; nothing unconfirmed was committed'],
];
