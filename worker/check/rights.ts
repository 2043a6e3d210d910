import type { ClientProperties } from '../../config/types.ts';
import { grant } from './cluster.ts';
import { type Found, failed, ok, skipped } from './finding.ts';

type Resource = readonly ['--topic' | '--group', string];

/** librdkafka's codes of what a user may not do. */
export const CODE_TOPIC_REFUSED = 29;
export const CODE_GROUP_REFUSED = 30;

/** `kafka-acls.sh` has them as words: Read, Write, Create. Who may read or write may describe. */
export function missingRight(properties: ClientProperties, operation: string, resource: Resource): Found {
  const [kind, name] = resource;
  const text = `this user may not ${operation.toUpperCase()} the ${kind.slice(2)} ${name}`;
  return failed(text, grant(properties, operation, ...resource), {
    operation: operation.toUpperCase(),
    [kind.slice(2)]: name,
  });
}

/** @param operations what this user may do with it (KIP-430); null: the brokers do not say */
export function judgeRight(
  properties: ClientProperties,
  operation: string,
  resource: Resource,
  operations: readonly string[] | null,
): Found {
  if (operations === null) return skipped(`whether this user may ${operation.toUpperCase()} it is not told`);
  if (!includes(operations, operation)) return missingRight(properties, operation, resource);
  return ok(`this user may ${operation.toUpperCase()} it`, { operations: [...operations] });
}

export function includes(operations: readonly string[], operation: string): boolean {
  return operations.some(one => one === operation.toUpperCase() || one === 'ALL');
}
