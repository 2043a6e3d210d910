import { isAbsolute, join, sep } from 'node:path';
import type { Findings, Origin } from '../findings.ts';
import { splitList, trim } from '../schema/formats.ts';
import { compileJavaRegex, JavaRegexError } from '../schema/java-regex.ts';
import { nearest } from '../schema/nearest.ts';
import type { Environment } from '../schema/schema.ts';
import type { Layers } from '../schema/section.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';
import { decodeUtf8, type Files, unreadable } from './files.ts';
import { parseProperties } from './properties.ts';

/** Kafka Connect's own pattern: no recursion, no brace inside. */
const PLACEHOLDER = /\$\{([^}]*?):(([^}]*?):)?([^}]*?)\}/g;

const PACKAGE = 'org.apache.kafka.common.config.provider.';

/** Null where there is no such value. @throws ProviderError */
type Provider = (path: string, key: string) => string | null;

/** Completes "the key …". */
class ProviderError extends Error {}

export interface Outside {
  readonly files: Files;
  readonly env: Environment;
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

/** `config.providers` of the worker file: what placeholders in it and in the connector files stand for. */
export class Providers {
  readonly #providers = new Map<string, Provider>();
  readonly #findings: Findings;

  constructor(worker: WrittenKeys, outside: Outside, findings: Findings) {
    this.#findings = findings;
    const list = worker.get('config.providers');
    const names: string[] = [];
    for (const name of new Set(splitList(list?.text ?? ''))) {
      const provider = createProvider(name, worker, list!.origin, outside, findings);
      if (provider !== null) this.#providers.set(name, provider);
      names.push(name);
    }
    for (const [key, { origin }] of worker) {
      const match = /^config\.providers\.(.+)\.(?:class|param\..+)$/.exec(key);
      if (key === 'config.providers' || !key.startsWith('config.providers.')) continue;
      if (match === null) findings.note('ignored', origin, 'a provider has a class and params, and nothing else');
      else if (!names.some(name => key.startsWith(`config.providers.${name}.`))) {
        findings.note('ignored', origin, 'config.providers does not list it');
      }
    }
  }

  /** The layers with their placeholders filled in. One that nothing is known for stays, as in Kafka Connect. */
  fill(layers: Layers): Layers {
    const { file, environment, commandLine } = layers;
    return {
      ...layers,
      file: this.#fillAll(file),
      environment: this.#fillAll(environment),
      commandLine: this.#fillAll(commandLine),
    };
  }

  /** A provider's own keys were read before there was one. */
  #fillAll(keys: WrittenKeys): WrittenKeys {
    return new Map([...keys].map(([key, one]) => [key, key.startsWith('config.providers') ? one : this.#fill(one)]));
  }

  #fill(written: Written): Written {
    const { text, origin } = written;
    let provided = false;
    const filled = text.replaceAll(
      PLACEHOLDER,
      (placeholder, name: string, _, path: string | undefined, key: string) => {
        const value = this.#look(name, path ?? '', key, placeholder, origin);
        if (value === null) return placeholder;
        provided = true;
        this.#findings.conceal(value, placeholder);
        if (trim(value) !== value) this.#findings.conceal(trim(value), placeholder);
        return value;
      },
    );
    if (!provided) return written;
    this.#findings.conceal(trim(filled), text);
    return { text: filled, origin, placeholder: text };
  }

  #look(name: string, path: string, key: string, placeholder: string, origin: Origin): string | null {
    const provider = this.#providers.get(name);
    if (provider === undefined) {
      const near = nearest(name, this.#providers.keys());
      const hint = near === null ? 'name it in config.providers of the worker file' : `did you mean ${near}?`;
      this.#findings.note(
        'remark',
        origin,
        `keeps its placeholder \${${name}:…} as text, no provider is called so: ${hint}`,
      );
      return null;
    }
    try {
      const value = provider(path, key);
      if (value === null) {
        this.#findings.note('remark', origin, `keeps ${placeholder} as text: the provider has no such value`);
      }
      return value;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.#findings.fault('unreadable', origin, `holds ${placeholder}: ${error.message}`);
      return null;
    }
  }
}

function createProvider(
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
    findings.fault('unsupported', written!.origin, `is not a provider that is known here: known are ${names}`);
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

/** Whether a path, links followed, lies under an allowed one. */
function allowedPaths(parameters: Parameters, files: Files): (path: string) => boolean {
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

function fileProvider(parameters: Parameters, { files }: Outside): Provider {
  const isAllowed = allowedPaths(parameters, files);
  const read = new Map<string, ReadonlyMap<string, string>>();
  return (path, key) => {
    if (path === '') return null;
    try {
      if (!isAllowed(path)) return null;
      const entries = read.get(path) ?? propertiesOf(decodeUtf8(files.read(path)));
      read.set(path, entries);
      return entries.get(key) ?? null;
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
    if (path === '' || !files.isDirectory(path) || key === '' || /[/\\]|^\.\.?$/.test(key)) return null;
    const file = join(path, key);
    try {
      return isAllowed(path) && isAllowed(file) ? decodeUtf8(files.read(file)) : null;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
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
    return isAllowed(key) ? (env[key] ?? null) : null;
  };
}
