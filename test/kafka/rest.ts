import assert from 'node:assert/strict';
import type { Program, Properties } from './program.ts';
import { until } from './until.ts';

/** Kafka Connect's shape of a status, as far as tests look at it. */
export interface Status {
  readonly connector: { readonly state: string };
  readonly tasks: readonly { readonly id: number; readonly state: string; readonly trace?: string }[];
}

/** A program's connectors, as a user of Kafka Connect's REST API moves them. */
export interface Rest {
  /** @returns the answer's body; fails the test when the status is another. */
  call(method: string, path: string, expected: number, body?: unknown): Promise<unknown>;
  create(config: Properties): Promise<void>;
  status(name: string): Promise<Status>;
  /** Resolves once the connector has its state and so many tasks, each in the other state. */
  settled(name: string, connector: string, task: string, tasks: number): Promise<void>;
}

export async function restOf(program: Program): Promise<Rest> {
  const origin = await program.origin();
  async function call(method: string, path: string, expected: number, body?: unknown): Promise<unknown> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(new URL(path, origin), { method, headers, ...content });
    const text = await response.text();
    assert.equal(response.status, expected, `${method} ${path}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
  const status = (name: string): Promise<Status> => call('GET', `/connectors/${name}/status`, 200) as Promise<Status>;
  return {
    call,
    status,
    async create(config) {
      await call('POST', '/connectors', 201, { name: config['name'], config });
    },
    async settled(name, connector, task, tasks) {
      const fits = (shown: Status): boolean =>
        shown.connector.state === connector &&
        shown.tasks.length === tasks &&
        shown.tasks.every(({ state }) => state === task);
      await until(`${name} is ${connector} with ${tasks} tasks ${task}`, () => status(name), fits);
    },
  };
}
