const PACKAGE = 'org.apache.kafka.clients.consumer.';

const ASSIGNORS: Readonly<Record<string, string>> = {
  [`${PACKAGE}RangeAssignor`]: 'range',
  [`${PACKAGE}RoundRobinAssignor`]: 'roundrobin',
  [`${PACKAGE}CooperativeStickyAssignor`]: 'cooperative-sticky',
  range: 'range',
  roundrobin: 'roundrobin',
  'cooperative-sticky': 'cooperative-sticky',
};

export interface Assignors {
  /** librdkafka's `partition.assignment.strategy`. */
  readonly strategy: string;
  /** The cooperative one was left out, since eager ones stand beside it. */
  readonly eagerOnly: boolean;
}

/**
 * Kafka's default is range and cooperative-sticky together, which runs eagerly as range until every member has dropped
 * range; librdkafka can't offer both, and range is what such a group agrees on. Cooperative alone stays cooperative.
 *
 * @returns null for a name that is not known
 */
export function readAssignors(text: string): Assignors | null {
  const names = text
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
  const known = names.map(name => (Object.hasOwn(ASSIGNORS, name) ? ASSIGNORS[name]! : null));
  if (known.length === 0 || known.some(name => name === null)) return null;
  const eager = known.filter(name => name !== 'cooperative-sticky');
  if (eager.length === 0) return { strategy: 'cooperative-sticky', eagerOnly: false };
  return { strategy: [...new Set(eager)].join(','), eagerOnly: eager.length < known.length };
}
