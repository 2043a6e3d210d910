import { createHash } from 'node:crypto';
import type { TargetState } from '../../config/types.ts';
import type { StoredConnector } from './state-store.ts';

type Properties = Readonly<Record<string, string>>;

/** A connector that a worker is to begin with. */
export interface Restored {
  readonly name: string;
  readonly properties: Properties;
  /** Null: its `initial_state`. */
  readonly target: TargetState | null;
  readonly isOfFile: boolean;
}

export interface Restoration {
  readonly connectors: readonly Restored[];
  /** Whose stored state counts no more: their files have changed since, or are gone. */
  readonly outdated: readonly string[];
  /** One line each, no secrets. */
  readonly notices: readonly string[];
  readonly warnings: readonly string[];
}

/** Tells whether what a file says of a connector is still what it was. */
export function digestOf(properties: Properties): string {
  const sorted = Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64');
}

/**
 * What a worker begins with, of its files and of what was changed while it ran before. As long as a file says the same the changes to its connector
 * count, and when it says something else it counts: whoever wrote it knew what was there.
 *
 * @param files by the names of their connectors
 */
export function restore(
  files: ReadonlyMap<string, Properties>,
  stored: ReadonlyMap<string, StoredConnector>,
): Restoration {
  const connectors: Restored[] = [];
  const outdated: string[] = [];
  const notices: string[] = [];
  const warnings: string[] = [];
  for (const [name, properties] of files) {
    const change = stored.get(name);
    if (change === undefined) connectors.push({ name, properties, target: null, isOfFile: true });
    else if (change.file !== digestOf(properties)) {
      outdated.push(name);
      warnings.push(
        `Connector ${name} is as its file says now: what was changed through REST before does not count any more`,
      );
      connectors.push({ name, properties, target: null, isOfFile: true });
    } else if (change.target === null) {
      notices.push(`Connector ${name} was deleted through REST, and its file still says the same: it does not run`);
    } else {
      const isChanged = change.properties !== null;
      notices.push(
        isChanged
          ? `Connector ${name} is as it was set through REST, ${change.target}; its file has not changed since`
          : `Connector ${name} is ${change.target}, as it was set through REST`,
      );
      connectors.push({
        name,
        properties: change.properties ?? properties,
        target: change.target,
        isOfFile: !isChanged,
      });
    }
  }
  for (const [name, { properties, target, file }] of stored) {
    if (files.has(name)) continue;
    if (properties !== null && target !== null && file === null) {
      connectors.push({ name, properties, target, isOfFile: false });
      continue;
    }
    outdated.push(name);
    if (target !== null) {
      warnings.push(
        `Connector ${name} does not run: its file is not given any more, and what was changed through REST goes with it`,
      );
    }
  }
  return { connectors, outdated, notices, warnings };
}
