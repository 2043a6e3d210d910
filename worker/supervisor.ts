import type { Clock } from '../connector/ports.ts';
import { type BuiltConnector, type ConnectorEnd, type RunningConnector, startConnector } from './running-connector.ts';
import type { ConnectorStatus } from './status.ts';
import type { Log } from './telemetry/log.ts';

export interface Supervised extends BuiltConnector {
  /** Drops what is kept of it elsewhere (its metrics), once it was removed. */
  forget(): void;
}

/** The running connectors by name: what happens to one changes nothing for the others. */
export interface Supervisor {
  /** @throws Error when one of this name runs already, or all are being stopped */
  start(connector: Supervised): void;
  /**
   * Stops one and forgets it; its name is free then.
   * @param deadlineMs as for `stop`
   * @throws Error (rejects) when none of this name runs
   */
  remove(name: string, deadlineMs: number): Promise<ConnectorEnd>;
  /** Stopped ones too, until they are removed. In the order of their starts. */
  status(): readonly ConnectorStatus[];
  /** All at once, so `deadlineMs` is the total. Idempotent; a later, shorter deadline wins. */
  stop(deadlineMs: number): void;
  /** Resolves after `stop`, when all have ended. `clean`: every one did. */
  readonly ended: Promise<ConnectorEnd>;
}

export function createSupervisor(clock: Clock, log: Log): Supervisor {
  const connectors = new Map<string, { readonly running: RunningConnector; readonly forget: () => void }>();
  let isStopping = false;
  let resolveEnd!: (end: ConnectorEnd) => void;
  const ended = new Promise<ConnectorEnd>(resolve => {
    resolveEnd = resolve;
  });

  async function awaitAll(): Promise<void> {
    const ends = await Promise.all([...connectors.values()].map(({ running }) => running.ended));
    resolveEnd({ clean: ends.every(end => end.clean) });
  }

  return {
    start(connector) {
      const { name } = connector.config;
      if (isStopping) throw new Error(`${name} can not be started: the worker is stopping`);
      if (connectors.has(name)) throw new Error(`${name} runs already`);
      connectors.set(name, { running: startConnector(connector, clock, log), forget: () => connector.forget() });
    },
    async remove(name, deadlineMs) {
      const connector = connectors.get(name);
      if (connector === undefined) throw new Error(`${name} does not run`);
      connector.running.stop(deadlineMs);
      const end = await connector.running.ended;
      // A second removal at the same time: by now the name may be another one's.
      if (connectors.get(name) !== connector) return end;
      connectors.delete(name);
      connector.forget();
      return end;
    },
    status: () => [...connectors.values()].map(({ running }) => running.status()),
    stop(deadlineMs) {
      for (const { running } of connectors.values()) running.stop(deadlineMs);
      if (!isStopping) void awaitAll();
      isStopping = true;
    },
    ended,
  };
}
