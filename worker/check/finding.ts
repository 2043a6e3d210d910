/** What is looked at, in the order in which one thing needs another. */
export const AREAS = [
  'configuration',
  'dns',
  'tcp',
  'proxy',
  'tls',
  'token',
  'endpoint',
  'brokers',
  'topics',
  'acl',
  'group',
  'lag',
  'dead letters',
] as const;
export type Area = (typeof AREAS)[number];

/** `skipped`: not looked at; the text says why. */
export type Outcome = 'ok' | 'warning' | 'failed' | 'skipped';

export type FactValue =
  | string
  | number
  | boolean
  | null
  | readonly FactValue[]
  | { readonly [name: string]: FactValue };
export type Facts = Readonly<Record<string, FactValue>>;

/** One thing that was looked at. Nothing in it is a secret. */
export interface Finding {
  readonly area: Area;
  /** Null: it is the worker's. */
  readonly connector: string | null;
  /** What it is about: a host and its port, a topic, a group, a file. */
  readonly subject: string;
  readonly outcome: Outcome;
  /** How it is, one sentence without a full stop. */
  readonly text: string;
  /** What to do about it; null where there is nothing to do, or nothing is known. */
  readonly advice: string | null;
  /** For machines. */
  readonly facts: Facts;
}

/** What a look at one thing brought. */
export interface Found {
  readonly outcome: Outcome;
  readonly text: string;
  readonly advice?: string | null;
  readonly facts?: Facts;
}

export function ok(text: string, facts: Facts = {}): Found {
  return { outcome: 'ok', text, facts };
}

export function warning(text: string, advice: string | null, facts: Facts = {}): Found {
  return { outcome: 'warning', text, advice, facts };
}

export function failed(text: string, advice: string | null, facts: Facts = {}): Found {
  return { outcome: 'failed', text, advice, facts };
}

export function skipped(text: string, advice: string | null = null): Found {
  return { outcome: 'skipped', text, advice };
}

/** `1 record`, `2 records`. */
export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** An error's own sentence says how it is, and behind a colon what to do about it. */
export function failedBy(message: string, facts: Facts = {}): Found {
  const at = message.indexOf(': ');
  return at === -1 ? failed(message, null, facts) : failed(message.slice(0, at), message.slice(at + 2), facts);
}
