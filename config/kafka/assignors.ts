const PACKAGE = 'org.apache.kafka.clients.consumer.';

const ASSIGNORS: Readonly<Record<string, string>> = {
  [`${PACKAGE}RangeAssignor`]: 'range',
  [`${PACKAGE}RoundRobinAssignor`]: 'roundrobin',
  [`${PACKAGE}CooperativeStickyAssignor`]: 'cooperative-sticky',
  range: 'range',
  roundrobin: 'roundrobin',
  'cooperative-sticky': 'cooperative-sticky',
};

/** Of the JVM alone: a group whose members all know another one agrees on that. */
const UNKNOWN = [`${PACKAGE}StickyAssignor`, 'sticky'];

export interface Assignors {
  /** librdkafka's `partition.assignment.strategy`. */
  readonly strategy: string;
  /** Why some of them were left out; null when none was. */
  readonly leftOut: string | null;
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
  const offered = names.filter(name => !UNKNOWN.includes(name));
  const known = offered.map(name => (Object.hasOwn(ASSIGNORS, name) ? ASSIGNORS[name]! : null));
  if (known.length === 0 || known.some(name => name === null)) return null;
  const sticky = offered.length < names.length ? 'the client does not know StickyAssignor' : null;
  const eager = known.filter(name => name !== 'cooperative-sticky');
  if (eager.length === 0) return { strategy: 'cooperative-sticky', leftOut: sticky };
  const mixed = eager.length < known.length ? 'cooperative rebalance needs CooperativeStickyAssignor alone' : null;
  return { strategy: [...new Set(eager)].join(','), leftOut: mixed ?? sticky };
}
