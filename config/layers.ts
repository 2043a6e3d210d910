import { dialectOf } from './dialects/choose.ts';
import type { Dialect } from './dialects/dialect.ts';
import { isKeyOfDialect, keysOf } from './dialects/translate.ts';
import { Findings } from './findings.ts';
import type { Environment } from './schema/schema.ts';
import type { Layers } from './schema/section.ts';
import type { WrittenKeys } from './schema/written-keys.ts';
import {
  declaredIdentifiers,
  type ForeignKeys,
  identifierOf,
  readEnvironment,
  variableOf,
} from './source/environment.ts';
import { writtenOnCommandLine } from './source/written.ts';

/** What was said before it is told apart which worker or connector it is for. */
export interface Said {
  /** Null: there is no worker file. */
  readonly worker: { readonly name: string; readonly keys: WrittenKeys } | null;
  readonly connectors: readonly KnownConnector[];
  readonly env: Environment;
  readonly overrides: ReadonlyMap<string, string>;
}

/** One connector, of a file or of the environment alone. */
export interface KnownConnector {
  readonly file: string;
  readonly identifier: string;
  readonly keys: WrittenKeys;
  readonly dialect: Dialect | null;
}

/** The connectors that there are, and whose sinks they are. */
export function knownConnectors(
  files: readonly { readonly name: string; readonly keys: WrittenKeys }[],
  env: Environment,
): readonly KnownConnector[] {
  const ofFiles = files.map(({ name, keys }) => ({
    file: name,
    identifier: identifierOf(keys.get('name')?.text ?? ''),
    keys,
  }));
  const taken = new Set(ofFiles.map(({ identifier }) => identifier));
  const declared = declaredIdentifiers(env)
    .filter(identifier => !taken.has(identifier))
    .map(identifier => ({ file: 'environment', identifier, keys: named(identifier) }));
  return [...ofFiles, ...declared].map(one => ({ ...one, dialect: dialectIn(one, env) }));
}

/** What each of them was told, by file, environment and command line. */
export function layersOf(said: Said, findings: Findings): { worker: Layers; connectors: readonly Layers[] } {
  const { worker, connectors, env, overrides } = said;
  const ofFiles = connectors.filter(({ file }) => file !== 'environment');
  const foreign = new Map(
    connectors.flatMap(({ identifier, dialect }) => (dialect === null ? [] : [[identifier, foreignKeysOf(dialect)]])),
  );
  const variables = readEnvironment(env, worker?.keys ?? new Map(), ofFiles, foreign, findings);
  return {
    worker: {
      name: worker?.name ?? 'environment',
      file: worker?.keys ?? new Map(),
      environment: variables.worker,
      commandLine: writtenOnCommandLine('worker', overrides),
      variableOf: key => variableOf('worker', key),
    },
    connectors: connectors.map(({ file, identifier, keys, dialect }) => {
      const isForeign = (key: string): boolean => dialect !== null && isKeyOfDialect(dialect, key);
      const shared = variables.everyConnector(dialect === null ? null : foreignKeysOf(dialect));
      return {
        name: file,
        file: keys,
        environment: new Map([...shared, ...(variables.ofConnector.get(identifier) ?? [])]),
        commandLine: writtenOnCommandLine('connector', overrides, isForeign),
        variableOf: key => variableOf('connector', key, identifier),
      };
    }),
  };
}

/** What a connector that comes to a running worker was told: by its properties and the environment. */
export function layersOfAddition(
  { file, keys, others }: { readonly file: string; readonly keys: WrittenKeys; readonly others: readonly string[] },
  env: Environment,
  findings: Findings,
): Layers {
  const identifier = identifierOf(keys.get('name')?.text ?? '');
  const one = { file, identifier, keys };
  const dialect = dialectIn(one, env);
  const foreign = dialect === null ? null : foreignKeysOf(dialect);
  const beside = others.map(name => {
    const origin = { file: `connector ${name}`, line: null, key: 'name' };
    return {
      file: origin.file,
      identifier: identifierOf(name),
      keys: new Map([['name', { text: name, origin, placeholder: null }]]),
    };
  });
  // What there is to say about the environment as a whole was said at the start.
  const said = new Findings();
  const ofOne = new Map(foreign === null ? [] : [[identifier, foreign] as const]);
  const variables = readEnvironment(env, new Map(), [one, ...beside], ofOne, said);
  const own = new Map(variables.ofConnector.get(identifier) ?? []);
  const isOwn = (variable: string | null) => [...own.values()].some(({ origin }) => origin.key === variable);
  for (const { code, message, ...origin } of said.faults) if (isOwn(origin.key)) findings.fault(code, origin, message);
  own.delete('name');
  return {
    name: file,
    file: keys,
    environment: new Map([...variables.everyConnector(foreign), ...own]),
    commandLine: new Map(),
    variableOf: key => variableOf('connector', key, identifier),
  };
}

/** A connector that only the environment knows is called as its identifier, unless a variable names it. */
function named(identifier: string): WrittenKeys {
  const origin = { file: 'environment', line: null, key: variableOf('connector', 'name', identifier) };
  const text = identifier.toLowerCase().replaceAll('_', '-');
  return new Map([['name', { text, origin, placeholder: null }]]);
}

/** Whose sink it is, as far as can be told before the variables are: they are read by its keys. */
function dialectIn({ identifier, keys }: Omit<KnownConnector, 'dialect'>, env: Environment): Dialect | null {
  const variables = [
    variableOf('connector', 'connector.class', identifier),
    variableOf('connector', 'connector.class'),
  ];
  const ofEnv = variables.map(name => env[name]).find(text => text !== undefined);
  const className = ofEnv ?? keys.get('connector.class')?.text;
  return className === undefined ? null : dialectOf(className, keys);
}

function foreignKeysOf(dialect: Dialect): ForeignKeys {
  return { keys: keysOf(dialect), families: dialect.families ?? [] };
}
