import type { ClientLogLine } from './client-log.ts';

/** librdkafka's debug context under which it logs what brokers understand. */
export const VERSIONS_CONTEXT = 'feature';

/**
 * A request whose newest version tells a release of Kafka from the one before: its key, that version, the release. Oldest first. From the message
 * definitions of Apache Kafka (clients/src/main/resources/common/message); 3.4 has no such request.
 */
const MARKS: readonly (readonly [key: number, version: number, release: string])[] = [
  [1, 4, '0.11'],
  [1, 6, '1.0'],
  [1, 7, '1.1'],
  [0, 6, '2.0'],
  [1, 10, '2.1'],
  [2, 5, '2.2'],
  [1, 11, '2.3'],
  [3, 9, '2.4'],
  [9, 7, '2.5'],
  [32, 3, '2.6'],
  [1, 12, '2.7'],
  [3, 11, '2.8'],
  [2, 7, '3.0'],
  [1, 13, '3.1'],
  [11, 9, '3.2'],
  [35, 4, '3.3'],
  [1, 15, '3.5'],
  [24, 4, '3.6'],
  [1, 16, '3.7'],
  [0, 11, '3.8'],
  [1, 17, '3.9'],
  [0, 12, '4.0'],
  [0, 13, '4.1'],
  [2, 11, '4.2'],
  [35, 5, '4.3'],
];

const BEGIN = /^\[thrd:([^\]]*)\]: .*: Broker API support:$/;
const RANGE = /^\[thrd:([^\]]*)\]: .*: {3}ApiKey \S+ \((-?\d+)\) Versions -?\d+\.\.(-?\d+)$/;

/** What the brokers understand, as their client logs it: which release of Kafka they are at least, since none says so itself. */
export class BrokerVersions {
  /** By broker, the newest version of each request. */
  readonly #known = new Map<string, Map<number, number>>();

  /** @returns whether the line was about that */
  note({ facility, message }: ClientLogLine): boolean {
    if (facility !== 'APIVERSION') return false;
    const begin = BEGIN.exec(message);
    if (begin !== null) this.#known.set(begin[1]!, new Map());
    const range = RANGE.exec(message);
    if (range !== null) this.#known.get(range[1]!)?.set(Number(range[2]), Number(range[3]));
    return true;
  }

  /** The release that the oldest of the brokers which were spoken to is at least, as `3.9`; null: older than any that is known, or not told. */
  get least(): string | null {
    const releases = [...this.#known.values()].filter(({ size }) => size > 0).map(releaseOf);
    return releases.length === 0 ? null : (MARKS[Math.min(...releases)]?.[2] ?? null);
  }
}

/** An index into MARKS, -1: before all of them. What does not have all that a release has is no such release, whatever else it has. */
function releaseOf(versions: ReadonlyMap<number, number>): number {
  const missing = MARKS.findIndex(([key, version]) => (versions.get(key) ?? -1) < version);
  return (missing === -1 ? MARKS.length : missing) - 1;
}
