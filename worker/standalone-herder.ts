import type { Defined, Definitions } from '../config/define.ts';
import { revealed, withHidden } from '../config/properties.ts';
import type { TargetState, WrittenProperties } from '../config/types.ts';
import type { ConnectorMachine, RestartRequest } from './connector-machine.ts';
import {
  type ConnectorInfo,
  type Groups,
  type Herder,
  NoConnectorError,
  NoTaskError,
  NotStoppedError,
  type SinkOffset,
} from './herder.ts';
import { digestOf } from './store/restore.ts';
import type { StateStore } from './store/state-store.ts';
import { ConnectorExistsError, type Supervisor } from './supervisor.ts';
import type { Log } from './telemetry/log.ts';

export interface HerderParts {
  readonly definitions: Definitions;
  readonly supervisor: Supervisor;
  readonly store: StateStore;
  /** What the files say, by the names of their connectors. */
  readonly files: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly groups: Groups;
  /** What tasks have to end in, milliseconds. */
  readonly gracefulMs: number;
  /** Secrets that came with a connector are not to be seen anywhere from here on. */
  readonly hide: (name: string, defined: Defined | null) => void;
  readonly log: Log;
}

/** Keeps one worker's connectors: Kafka Connect's StandaloneHerder, with the answers of the distributed one, and a memory if it is given one. */
export function createStandaloneHerder(parts: HerderParts): Herder {
  const { definitions, supervisor, store, files, groups, gracefulMs, hide, log } = parts;
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

  function othersThan(name: string) {
    return supervisor
      .status()
      .map(({ config }) => config)
      .filter(config => config.name !== name);
  }

  /** What a restart of the worker is to find. A connector that a file names is remembered with what the file says now. */
  function keep(name: string, properties: WrittenProperties, target: TargetState): Promise<void> {
    const file = files.get(name);
    return store.put(name, {
      properties: revealed(properties),
      target,
      file: file === undefined ? null : digestOf(file),
    });
  }

  function tell({ warnings, notices }: Defined, name: string): void {
    const fields = { connector: name, event: 'config' };
    for (const warning of warnings) log.write('warn', warning, fields);
    for (const notice of notices) log.write('info', notice, fields);
  }

  async function createNew(defined: Defined, target: TargetState): Promise<ConnectorInfo> {
    const { config } = defined;
    if (supervisor.get(config.name) !== undefined) throw new ConnectorExistsError(config.name);
    await keep(config.name, config.properties, target);
    hide(config.name, defined);
    tell(defined, config.name);
    const machine = supervisor.add(config, target);
    machine.prepare();
    machine.start();
    return infoOf(machine);
  }

  async function replace(machine: ConnectorMachine, defined: Defined): Promise<ConnectorInfo> {
    const { config } = defined;
    await keep(config.name, config.properties, machine.target);
    hide(config.name, defined);
    tell(defined, config.name);
    machine.reconfigure(config);
    return infoOf(machine);
  }

  function mustBeStopped(name: string, what: 'altered' | 'reset'): ConnectorMachine {
    const machine = machineOf(name);
    const { target, tasks } = machine.status();
    if (target !== 'STOPPED' || tasks.length > 0) throw new NotStoppedError(what);
    return machine;
  }

  return {
    get names() {
      return supervisor.status().map(({ config }) => config.name);
    },
    info: name => infoOf(machineOf(name)),
    status: name => machineOf(name).status(),
    topics: name => supervisor.get(name)?.topics ?? [],
    resetTopics: name => supervisor.get(name)?.resetTopics(),
    create: (properties, target) =>
      inTurn(async () => {
        const defined = definitions.define(properties, othersThan(properties['name'] ?? ''));
        return createNew(defined, target ?? defined.config.initialState);
      }),
    put: (name, properties) =>
      inTurn(async () => {
        const machine = supervisor.get(name);
        const whole = withHidden(properties, machine?.config.properties ?? {});
        const defined = definitions.define(whole, othersThan(name));
        if (machine !== undefined) return { created: false, info: await replace(machine, defined) };
        return { created: true, info: await createNew(defined, defined.config.initialState) };
      }),
    patch: (name, changed) =>
      inTurn(async () => {
        const machine = machineOf(name);
        const before = machine.config.properties;
        const merged: Record<string, string> = { ...revealed(before) };
        for (const [key, value] of Object.entries(changed)) {
          if (value === null) delete merged[key];
          else merged[key] = value;
        }
        return replace(machine, definitions.define(withHidden(merged, before), othersThan(name)));
      }),
    delete: name =>
      inTurn(async () => {
        machineOf(name);
        const file = files.get(name);
        await store.put(name, file === undefined ? null : { properties: null, target: null, file: digestOf(file) });
        supervisor.remove(name, gracefulMs);
        hide(name, null);
        log.write('info', 'Connector deleted; its consumer group and the offsets in it stay', { connector: name });
      }),
    aim: (name, target) =>
      inTurn(async () => {
        const machine = machineOf(name);
        if (machine.target === target) return;
        await keep(name, machine.config.properties, target);
        machine.aim(target);
        log.write('info', `Connector is to be ${target}`, { connector: name });
      }),
    restart: (name: string, request: RestartRequest) => machineOf(name).restart(request),
    restartTask(name, id) {
      if (!machineOf(name).restartTask(id)) throw new NoTaskError(name, id);
    },
    offsets: async name => groups.offsets(machineOf(name).config),
    alterOffsets: (name: string, offsets: readonly SinkOffset[]) =>
      inTurn(() => groups.alter(mustBeStopped(name, 'altered').config, offsets)),
    resetOffsets: name => inTurn(() => groups.reset(mustBeStopped(name, 'reset').config)),
    plugins: definitions.plugins,
    definitions: plugin => definitions.definitions(plugin),
    validate: (plugin, properties) => definitions.validate(plugin, properties),
    clusterId: () => groups.clusterId(),
  };
}
