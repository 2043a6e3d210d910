import { inspect } from 'node:util';

const MASK = '[hidden]';

/**
 * A value that must never be printed. Every rendering (string, JSON, `util.inspect`) gives Kafka's `[hidden]`;
 * only `reveal` gives the value, and only the code that sends it to its owner calls that.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
