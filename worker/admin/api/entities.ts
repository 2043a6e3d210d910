import type { WrittenProperties } from '../../../config/types.ts';
import type { ConnectorInfo } from '../../herder.ts';
import type { ConnectorStatus, TaskSlot } from '../../status.ts';

/** Whose status it is, and what is said of a worker in it. */
export interface Speaker {
  /** Kafka Connect's host:port of the worker's own listener. */
  readonly workerId: () => string;
  readonly version: string;
  /** Hides secrets: what a broker or an endpoint said may repeat one. */
  readonly mask: (text: string) => string;
}

/** Kafka Connect's ConnectorInfo. */
export function connectorInfo({ name, config, tasks }: ConnectorInfo): object {
  return { name, config, tasks: tasks.map(task => ({ connector: name, task })), type: 'sink' };
}

/** ConnectorStateInfo. */
export function connectorState({ config, state, trace, tasks }: ConnectorStatus, speaker: Speaker): object {
  return {
    name: config.name,
    connector: stateOf(state, trace, speaker),
    tasks: tasks.map(task => taskState(task, speaker)),
    type: 'sink',
  };
}

/** TaskState. */
export function taskState({ id, status }: TaskSlot, speaker: Speaker): object {
  return { id, ...stateOf(status.state, status.trace, speaker) };
}

/** A FAILED one has a trace in any case: there are clients that rely on it. */
function stateOf(state: string, trace: string | null, { workerId, version, mask }: Speaker): object {
  const reason = trace ?? (state === 'FAILED' ? 'no reason known' : null);
  return { state, worker_id: workerId(), version, ...(reason === null ? {} : { trace: mask(reason) }) };
}

/** TaskInfo of each task: what it was told is what its connector was told. */
export function taskInfos({ name, config, tasks }: ConnectorInfo): readonly object[] {
  return tasks.map(task => ({ id: { connector: name, task }, config: { ...config, 'task.class': taskClass(config) } }));
}

/** As the connectors of Kafka Connect call the class of their tasks. */
function taskClass(config: WrittenProperties): string {
  return String(config['connector.class']).replace(/(?:Connector)?$/, 'Task');
}
