import type { EndpointKind } from './endpoint.ts';

/** What the user asks for in the environment, which is where `make bench NAME=value` puts it. */
export class Options {
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** @throws RangeError when it is set and is no whole number of at least `least`. */
  number(name: string, otherwise: number, least = 1): number {
    const text = this.#env[name] ?? '';
    if (text === '') return otherwise;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name} must be a whole number of at least ${least}, not "${text}"`);
    }
    return value;
  }

  /** `ONLY`: a regular expression that the names of the wanted cases match. @throws RangeError when it is none. */
  get only(): RegExp | null {
    const text = this.#env['ONLY'] ?? '';
    if (text === '') return null;
    try {
      return new RegExp(text);
    } catch (error) {
      throw new RangeError(`ONLY must be a regular expression: ${(error as Error).message}`);
    }
  }

  /** `ENDPOINT`. @throws RangeError for an unknown one. */
  get endpoint(): EndpointKind {
    const text = this.#env['ENDPOINT'] ?? '';
    if (text === '' || text === 'nginx') return 'nginx';
    if (text === 'node') return 'node';
    throw new RangeError(`ENDPOINT must be nginx or node, not "${text}"`);
  }

  /** Whether one of these is set: then what is measured is a part of the benchmark, or a shorter one. */
  isAnySet(names: readonly string[]): boolean {
    return names.some(name => (this.#env[name] ?? '') !== '');
  }
}

/** What a program reads of its environment; a fault in it ends the program with one line. */
export function fromEnvironment<T>(read: (options: Options) => T): T {
  try {
    return read(new Options(process.env));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
