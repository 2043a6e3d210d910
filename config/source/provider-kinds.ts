import { isAbsolute, join, sep } from 'node:path';
import type { Findings, Origin } from '../findings.ts';
import { notKnown, splitList, trim } from '../schema/formats.ts';
import { compileJavaRegex, JavaRegexError } from '../schema/java-regex.ts';
import type { Environment } from '../schema/schema.ts';
import type { WrittenKeys } from '../schema/written-keys.ts';
import { decodeUtf8, type Files, unreadable } from './files.ts';
import { parseProperties } from './properties.ts';

const PACKAGE = 'org.apache.kafka.common.config.provider.';

/** Why there is no value, to go behind a colon: what Kafka Connect leaves as a placeholder. */
interface Lack {
  readonly lack: string;
}

interface Given {
  readonly value: string;
  /** Where it was read; null where it was in no file. */
  readonly file: string | null;
}

/** What would have to be said of a provider before somebody else than the worker's owner may use it; null where it is. */
export function missingRestriction(name: string, worker: WrittenKeys): string | null {
  const prefix = `config.providers.${name}.`;
  const className = trim(worker.get(`${prefix}class`)?.text ?? '');
  const parameter = KINDS.find(({ names }) => names.includes(className))?.parameters[0];
  if (parameter === undefined || trim(worker.get(`${prefix}param.${parameter}`)?.text ?? '') !== '') return null;
  return `${prefix}param.${parameter}`;
}

/** @throws ProviderError */
export type Provider = (path: string, key: string) => Given | Lack;

/** Completes "the key …". */
export class ProviderError extends Error {}

export interface Outside {
  readonly files: Files;
  readonly env: Environment;
  /** Without the worker file nobody knows which providers there are. */
  readonly isWhole: boolean;
  /** Only providers whose parameters say what they may give are used. */
  readonly restrictedOnly: boolean;
}

/** The parameters of one provider, and what they are refused for. */
interface Parameters {
  readonly get: (name: string) => string;
  readonly refuse: (name: string, message: string) => void;
}

interface ProviderKind {
  readonly names: readonly string[];
  readonly parameters: readonly string[];
  readonly create: (parameters: Parameters, outside: Outside) => Provider;
}

function kind(base: string, parameter: string, create: ProviderKind['create']): ProviderKind {
  const simple = `${base}ConfigProvider`;
  return { names: [PACKAGE + simple, simple, base], parameters: [parameter], create };
}

const KINDS: readonly ProviderKind[] = [
  kind('File', 'allowed.paths', fileProvider),
  kind('Directory', 'allowed.paths', directoryProvider),
  kind('EnvVar', 'allowlist.pattern', environmentProvider),
];

/** The provider of that name; null, and a fault, where there can't be one. */
export function createProvider(
  name: string,
  worker: WrittenKeys,
  list: Origin,
  outside: Outside,
  findings: Findings,
): Provider | null {
  const prefix = `config.providers.${name}.`;
  const written = worker.get(`${prefix}class`);
  const className = trim(written?.text ?? '');
  if (className === '') {
    findings.fault(
      'missing',
      written?.origin ?? { ...list, key: `${prefix}class` },
      `is required: the class of ${name}`,
    );
    return null;
  }
  const known = KINDS.find(({ names }) => names.includes(className));
  if (known === undefined) {
    const names = KINDS.map(({ names: [full] }) => full).join(', ');
    const message = `${notKnown(className, 'a provider that is known here')}: known are ${names}`;
    findings.fault('unsupported', written!.origin, message);
    return null;
  }
  for (const [key, { origin }] of worker) {
    if (!key.startsWith(`${prefix}param.`) || known.parameters.includes(key.slice(prefix.length + 6))) continue;
    findings.note('ignored', origin, `${className} has no such parameter`);
  }
  const parameter = (key: string) => worker.get(`${prefix}param.${key}`);
  const parameters: Parameters = {
    get: key => trim(parameter(key)?.text ?? ''),
    refuse: (key, message) => findings.fault('invalid', parameter(key)!.origin, message),
  };
  return known.create(parameters, outside);
}

type Allows = (path: string) => boolean;

/** Whether a path, links followed, lies under an allowed one. */
function allowedPaths(parameters: Parameters, files: Files): Allows {
  const paths = splitList(parameters.get('allowed.paths'));
  if (paths.length === 0) return () => true;
  const allowed = paths.flatMap(path => {
    try {
      if (isAbsolute(path)) return [files.resolve(path)];
    } catch {
      // Told below.
    }
    parameters.refuse('allowed.paths', `must name paths that are absolute and exist, not ${path}`);
    return [];
  });
  return path => {
    const real = files.resolve(path);
    return allowed.some(root => real === root || real.startsWith(root.endsWith(sep) ? root : root + sep));
  };
}

const NO_PATH: Lack = { lack: 'it names no file' };
const NOT_ALLOWED: Lack = { lack: "its file lies outside of the provider's allowed.paths" };

function fileProvider(parameters: Parameters, { files }: Outside): Provider {
  const isAllowed = allowedPaths(parameters, files);
  const read = new Map<string, ReadonlyMap<string, string>>();
  return (path, key) => {
    if (path === '') return NO_PATH;
    try {
      if (!isAllowed(path)) return NOT_ALLOWED;
      const entries = read.get(path) ?? propertiesOf(decodeUtf8(files.read(path)));
      read.set(path, entries);
      const value = entries.get(key);
      return value === undefined ? { lack: 'its file has no such key' } : { value, file: path };
    } catch (error) {
      throw new ProviderError(`its file can't be read: ${unreadable(error)}`);
    }
  };
}

function propertiesOf(text: string): ReadonlyMap<string, string> {
  const { entries, malformedLines } = parseProperties(text);
  if (malformedLines.length > 0) throw new Error(`line ${malformedLines[0]} has a \\u without four hexadecimal digits`);
  return new Map(entries.map(({ key, value }) => [key, value]));
}

/** The whole content of a file, its last line end included. */
function directoryProvider(parameters: Parameters, { files }: Outside): Provider {
  const isAllowed = allowedPaths(parameters, files);
  return (path, key) => {
    if (path === '' || key === '') return NO_PATH;
    if (/[/\\]|^\.\.?$/.test(key)) return { lack: 'the part behind the directory must be the name of a file in it' };
    if (!files.isDirectory(path)) return { lack: 'there is no such directory' };
    const file = join(path, key);
    try {
      if (!isAllowed(path) || !isAllowed(file)) return NOT_ALLOWED;
      return { value: decodeUtf8(files.read(file)), file };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return { lack: 'its directory has no such file' };
      }
      throw new ProviderError(`its file can't be read: ${unreadable(error)}`);
    }
  };
}

function environmentProvider(parameters: Parameters, { env }: Outside): Provider {
  const pattern = parameters.get('allowlist.pattern');
  let isAllowed = (_name: string): boolean => true;
  try {
    if (pattern !== '') isAllowed = compileJavaRegex(pattern).matches;
  } catch (error) {
    if (!(error instanceof JavaRegexError)) throw error;
    parameters.refuse('allowlist.pattern', `must be a regular expression of Java: ${error.message}`);
  }
  return (path, key) => {
    if (path !== '') throw new ProviderError('a variable has no path: write the provider, a colon and its name');
    if (!isAllowed(key)) return { lack: "the provider's allowlist.pattern does not let it through" };
    const value = env[key];
    return value === undefined ? { lack: 'no such variable is set' } : { value, file: null };
  };
}
