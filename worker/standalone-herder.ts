import type { Defined, Definitions } from '../config/define.ts';
import { revealed, withHidden } from '../config/properties.ts';
import type { ConnectorConfig, TargetState, WrittenProperties } from '../config/types.ts';
import type { ConnectorMachine } from './connector-machine.ts';
import {
  ConnectorExistsError,
  type ConnectorInfo,
  type Groups,
  type Herder,
  NoConnectorError,
  NoTaskError,
  NotStoppedError,
  OffsetsError,
} from './herder.ts';
import type { ConnectorStatus, RestartRequest } from './status.ts';
import { digestOf } from './store/restore.ts';
import type { StateStore } from './store/state-store.ts';
import type { Supervisor } from './supervisor.ts';
import type { Log } from './telemetry/log.ts';

export interface HerderParts {
  readonly definitions: Definitions;
  readonly supervisor: Supervisor;
  readonly store: StateStore;
  /** What the files say, by the names of their connectors. */
  readonly files: ReadonlyMap<string, WrittenProperties>;
  readonly groups: Groups;
  /** What tasks have to end in, milliseconds. */
  readonly gracefulMs: number;
  /** Secrets that came with a connector are not to be seen anywhere, until the function that it gives is called. */
  readonly hide: (defined: Defined) => () => void;
  /** The connector is gone. */
  readonly forget: (name: string) => void;
  readonly log: Log;
}

/** Keeps one worker's connectors: Kafka Connect's StandaloneHerder, with the answers of the distributed one, and a memory if it is given one. */
export function createStandaloneHerder(parts: HerderParts): Herder {
  const { definitions, supervisor, store, files, groups, gracefulMs, hide, forget, log } = parts;
  /** One change at a time: what it is to change must not change before it is written. */
  let changes: Promise<unknown> = Promise.resolve();

  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = changes.then(change);
    changes = done.catch(() => undefined);
    return done;
  }

  function machineOf(name: string): ConnectorMachine {
    const machine = supervisor.get(name);
    if (machine === undefined) throw new NoConnectorError(name);
    return machine;
  }

  function infoOf(machine: ConnectorMachine): ConnectorInfo {
    const { config, tasks } = machine.status();
    return { name: machine.name, config: config.properties, tasks: tasks.map(({ id }) => id) };
  }

  function othersThan(name: string): readonly ConnectorConfig[] {
    return supervisor.connectors
      .map(({ config }) => config)
      .filter((config): config is ConnectorConfig => config.name !== name && !('fault' in config));
  }

  /** @throws InvalidConnectorError */
  function define(name: string, properties: Readonly<Record<string, string>>): Defined {
    return definitions.define(properties, othersThan(name));
  }

  /** What a restart of the worker is to find. A connector that a file names is remembered with what the file says now, and not while it is as the file says. */
  function keep(
    name: string,
    properties: WrittenProperties,
    target: TargetState,
    initial: TargetState | null,
  ): Promise<void> {
    const text = revealed(properties);
    const file = files.get(name);
    if (file === undefined) return store.put(name, { properties: text, target, file: null });
    const ofFile = digestOf(revealed(file));
    const isOfFile = digestOf(text) === ofFile;
    if (isOfFile && target === initial) return store.put(name, null);
    return store.put(name, { properties: isOfFile ? null : text, target, file: ofFile });
  }

  function tell({ warnings, notices }: Defined, name: string): void {
    const fields = { connector: name, event: 'config' } as const;
    for (const warning of warnings) log.write('warn', warning, fields);
    for (const notice of notices) log.write('info', notice, fields);
  }

  async function createNew(defined: Defined, target: TargetState): Promise<ConnectorInfo> {
    const { name, properties, initialState } = defined.config;
    const unhide = hide(defined);
    try {
      await keep(name, properties, target, initialState);
      const machine = supervisor.add(defined.config, target, unhide);
      log.write('info', `Connector created, to be ${target}`, { event: 'connector-created', connector: name });
      tell(defined, name);
      machine.start();
      return infoOf(machine);
    } catch (error) {
      unhide();
      throw error;
    }
  }

  /** Tools send what is there already again and again: as in Kafka Connect, that moves no task. What a provider gives may be new. */
  function isUnchanged(machine: ConnectorMachine, { config, provided }: Defined): boolean {
    const isSame = digestOf(revealed(machine.config.properties)) === digestOf(revealed(config.properties));
    return isSame && provided.length === 0 && machine.status().state !== 'FAILED';
  }

  async function replace(machine: ConnectorMachine, defined: Defined): Promise<ConnectorInfo> {
    if (isUnchanged(machine, defined)) return infoOf(machine);
    const { name, properties, initialState } = defined.config;
    const unhide = hide(defined);
    try {
      await keep(name, properties, machine.target, initialState);
    } catch (error) {
      unhide();
      throw error;
    }
    log.write('info', 'Connector has a new configuration', { event: 'connector-changed', connector: name });
    tell(defined, name);
    machine.reconfigure(defined.config, unhide);
    return infoOf(machine);
  }

  /** What could not be used when it was read may be by now. */
  function defineAnew(machine: ConnectorMachine): void {
    const { config } = machine;
    if (!('fault' in config)) return;
    try {
      const defined = define(machine.name, revealed(config.properties));
      machine.reconfigure(defined.config, hide(defined));
    } catch (error) {
      machine.reconfigure({ ...config, fault: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @throws OffsetsError for one whose group is not known */
  function configOf(machine: ConnectorMachine): ConnectorConfig {
    const { config } = machine;
    if ('fault' in config) throw new OffsetsError(`Connector ${config.name} has no configuration that can be used`);
    return config;
  }

  /** The brokers guard what comes later: they change no offsets of a group that has members. */
  function stoppedConfigOf(name: string): ConnectorConfig {
    const machine = machineOf(name);
    if (!machine.isStopped) throw new NotStoppedError(name);
    return configOf(machine);
  }

  return {
    get names() {
      return supervisor.connectors.map(({ name }) => name);
    },
    info: name => infoOf(machineOf(name)),
    status: name => machineOf(name).status(),
    explain(name) {
      const { config } = machineOf(name);
      return definitions.explain(revealed(config.properties), othersThan(name), !('fault' in config));
    },
    topics: name => supervisor.get(name)?.topics ?? [],
    resetTopics: name => supervisor.get(name)?.resetTopics(),
    create: (properties, target) =>
      inTurn(async () => {
        const name = properties['name'] ?? '';
        const defined = define(name, properties);
        if (supervisor.get(name) !== undefined) throw new ConnectorExistsError(name);
        return createNew(defined, target ?? defined.config.initialState);
      }),
    put: (name, properties) =>
      inTurn(async () => {
        const machine = supervisor.get(name);
        const defined = define(name, withHidden(properties, machine?.config.properties ?? {}));
        if (machine !== undefined) return { created: false, info: await replace(machine, defined) };
        return { created: true, info: await createNew(defined, defined.config.initialState) };
      }),
    patch: (name, changed) =>
      inTurn(async () => {
        const machine = machineOf(name);
        const before = machine.config.properties;
        const patched = new Map(Object.entries(revealed(before)));
        for (const [key, value] of Object.entries(changed)) {
          if (value === null) patched.delete(key);
          else patched.set(key, value);
        }
        return replace(machine, define(name, withHidden(Object.fromEntries(patched), before)));
      }),
    delete: name =>
      inTurn(async () => {
        machineOf(name);
        const file = files.get(name);
        const deleted = file && { properties: null, target: null, file: digestOf(revealed(file)) };
        await store.put(name, deleted ?? null);
        supervisor.remove(name, gracefulMs);
        forget(name);
        const text = 'Connector deleted; its consumer group and the offsets in it stay';
        log.write('info', text, { event: 'connector-deleted', connector: name });
      }),
    aim: (name, target) =>
      inTurn(async () => {
        const machine = machineOf(name);
        if (machine.target === target) return;
        const { config } = machine;
        await keep(name, config.properties, target, 'fault' in config ? null : config.initialState);
        machine.aim(target);
        log.write('info', `Connector is to be ${target}`, { event: 'connector-target', connector: name });
      }),
    restart(name: string, request: RestartRequest): ConnectorStatus {
      const machine = machineOf(name);
      const answer = machine.restart(request);
      defineAnew(machine);
      return answer;
    },
    restartTask(name, id) {
      if (!machineOf(name).restartTask(id)) throw new NoTaskError(name, id);
    },
    offsets: async name => groups.offsets(configOf(machineOf(name))),
    alterOffsets: async (name, offsets) => groups.alter(stoppedConfigOf(name), offsets),
    resetOffsets: async name => groups.reset(stoppedConfigOf(name)),
    plugins: definitions.plugins,
    definitions: plugin => definitions.definitions(plugin),
    validate(plugin, properties) {
      const before = supervisor.get(properties['name'] ?? '')?.config.properties;
      return definitions.validate(plugin, withHidden(properties, before ?? {}));
    },
    clusterId: () => groups.clusterId(),
  };
}
