import type { ConnectorConfig, TargetState } from '../config/types.ts';
import { ConnectorMachine, type MachineParts, type UnusableConfig } from './connector-machine.ts';
import { ConnectorExistsError, WorkerStoppingError } from './herder.ts';
import type { ConnectorStatus } from './status.ts';

/** How all connectors ended. `clean`: every one did. */
export interface WorkerEnd {
  readonly clean: boolean;
}

/** The connectors by name: what happens to one changes nothing for the others. */
export interface Supervisor {
  /**
   * A connector of this name, not yet started.
   * @param whenUnused called once nothing runs with this configuration any more
   * @throws ConnectorExistsError, WorkerStoppingError
   */
  add(config: ConnectorConfig | UnusableConfig, target: TargetState, whenUnused?: () => void): ConnectorMachine;
  get(name: string): ConnectorMachine | undefined;
  /** In the order in which they were added. */
  readonly connectors: readonly ConnectorMachine[];
  /**
   * Ends one in the background and forgets it. Its name is free at once; another one of it starts when it has ended.
   * @returns whether there was one
   */
  remove(name: string, deadlineMs: number): boolean;
  /** Of those that have ended too, until they are removed. */
  status(): readonly ConnectorStatus[];
  /** All at once, so `deadlineMs` is the total. Idempotent; a later, shorter deadline wins. */
  stop(deadlineMs: number): void;
  /** Resolves after `stop`, when all have ended. */
  readonly ended: Promise<WorkerEnd>;
}

interface Leaving {
  readonly machine: ConnectorMachine;
  readonly ended: Promise<boolean>;
}

/** @param parts of a connector of that name */
export function createSupervisor(parts: (name: string) => MachineParts): Supervisor {
  const connectors = new Map<string, ConnectorMachine>();
  const leaving = new Set<Leaving>();
  let isStopping = false;
  let resolveEnd!: (end: WorkerEnd) => void;
  const ended = new Promise<WorkerEnd>(resolve => {
    resolveEnd = resolve;
  });

  /** Two connectors of one name would be members of one group. */
  async function gone(name: string): Promise<void> {
    await Promise.all([...leaving].filter(({ machine }) => machine.name === name).map(one => one.ended));
  }

  async function leave(machine: ConnectorMachine, deadlineMs: number): Promise<boolean> {
    const isClean = await machine.leave(deadlineMs);
    machine.forget();
    return isClean;
  }

  return {
    add(config, target, whenUnused) {
      const { name } = config;
      if (isStopping) throw new WorkerStoppingError();
      if (connectors.has(name)) throw new ConnectorExistsError(name);
      const machine = new ConnectorMachine(config, target, { ...parts(name), after: gone(name) }, whenUnused);
      connectors.set(name, machine);
      return machine;
    },
    get: name => connectors.get(name),
    get connectors() {
      return [...connectors.values()];
    },
    remove(name, deadlineMs) {
      const machine = connectors.get(name);
      if (machine === undefined) return false;
      connectors.delete(name);
      const one: Leaving = { machine, ended: leave(machine, deadlineMs).finally(() => leaving.delete(one)) };
      leaving.add(one);
      return true;
    },
    status: () => [...connectors.values()].map(machine => machine.status()),
    stop(deadlineMs) {
      const removed = [...leaving];
      for (const { machine } of removed) void machine.leave(deadlineMs);
      const ends = [...connectors.values()].map(machine => machine.leave(deadlineMs));
      if (isStopping) return;
      isStopping = true;
      void Promise.all([...ends, ...removed.map(one => one.ended)]).then(all =>
        resolveEnd({ clean: all.every(Boolean) }),
      );
    },
    ended,
  };
}
