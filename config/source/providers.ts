import { Findings, type Origin } from '../findings.ts';
import { splitList, trim } from '../schema/formats.ts';
import { nearest } from '../schema/nearest.ts';
import type { Layers } from '../schema/section.ts';
import { asLiteral, isTemplateKey, MACRO_PROVIDERS } from '../schema/templates.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';
import { type Files, MAX_FILE_BYTES } from './files.ts';
import { type Placeholder, placeholdersIn } from './placeholders.ts';
import { createProvider, missingRestriction, type Outside, type Provider, ProviderError } from './provider-kinds.ts';

/** A value that is longer once it is filled in is refused: placeholders can name one file again and again. */
const LONGEST_VALUE = MAX_FILE_BYTES;

/** `config.providers` of the worker file: what placeholders in it and in the connector files stand for. */
export class Providers {
  readonly #providers = new Map<string, Provider>();
  readonly #names: ReadonlySet<string>;
  readonly #isSecret: (key: string) => boolean;
  readonly #findings: Findings;
  readonly #files: Files;
  readonly #isWhole: boolean;
  /** Providers that may not be used here, and the keys that would allow it. */
  readonly #unrestricted = new Map<string, string>();
  /** Files that are open to all, once each. */
  readonly #told = new Set<string>();

  /** @param isSecret keys for which a placeholder without a value is a fault: it would be sent as the secret */
  constructor(worker: WrittenKeys, isSecret: (key: string) => boolean, outside: Outside, findings: Findings) {
    this.#findings = findings;
    this.#files = outside.files;
    this.#isWhole = outside.isWhole;
    this.#isSecret = isSecret;
    const list = worker.get('config.providers');
    this.#names = new Set(splitList(list?.text ?? ''));
    // What there is to note of the worker's own keys was noted at its start.
    const told = outside.restrictedOnly ? new Findings() : findings;
    for (const name of this.#names) {
      const provider = createProvider(name, worker, list!.origin, outside, told);
      if (provider !== null) this.#providers.set(name, provider);
      const lacks = outside.restrictedOnly ? missingRestriction(name, worker) : null;
      if (lacks !== null) this.#unrestricted.set(name, lacks);
    }
    if (told === findings) this.#noteIdle(worker);
    else for (const { code, message, ...origin } of told.faults) findings.fault(code, origin, message);
  }

  #noteIdle(worker: WrittenKeys): void {
    const prefix = 'config.providers.';
    for (const [key, { origin }] of worker) {
      if (!key.startsWith(prefix)) continue;
      const rest = key.slice(prefix.length);
      if (!rest.endsWith('.class') && !rest.includes('.param.')) {
        this.#findings.note('ignored', origin, 'a provider has a class and params, and nothing else');
      } else if (![...this.#names].some(name => rest.startsWith(`${name}.`))) {
        this.#findings.note('ignored', origin, 'config.providers does not list it');
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
    return new Map(
      [...keys].map(([key, one]) => [key, key.startsWith('config.providers') ? one : this.#fill(key, one)]),
    );
  }

  #fill(name: string, written: Written): Written {
    const { text, origin } = written;
    const parts = placeholdersIn(text);
    if (parts.length === 1) {
      const isSecret = this.#isSecret(name) && !isTemplateKey(name);
      if (isSecret && isBareVariable(text)) this.#findings.note('remark', origin, BARE_VARIABLE);
      return written;
    }
    let filled = '';
    let provided = false;
    for (const part of parts) {
      const value = typeof part === 'string' ? part : this.#look(name, part, origin);
      if (typeof part !== 'string' && value !== null) {
        provided = true;
        this.#findings.conceal(value, part.text, origin);
        this.#findings.conceal(trim(value), part.text, origin);
      }
      if (typeof part === 'string') filled += part;
      else filled += value === null ? part.text : isTemplateKey(name) ? asLiteral(value) : value;
      if (filled.length <= LONGEST_VALUE) continue;
      this.#findings.fault('invalid', origin, `is longer than ${LONGEST_VALUE} characters once it is filled in`);
      return written;
    }
    if (!provided) return written;
    this.#findings.conceal(trim(filled), text, origin);
    return { text: filled, origin, placeholder: text };
  }

  #look(name: string, placeholder: Placeholder, origin: Origin): string | null {
    if (isTemplateKey(name) && MACRO_PROVIDERS.includes(placeholder.provider)) return null;
    const provider = this.#providers.get(placeholder.provider);
    if (provider === undefined) {
      // The fault of a provider that is listed and could not be made is on record.
      if (!this.#names.has(placeholder.provider)) this.#tellUnknown(name, placeholder.provider, origin);
      return null;
    }
    const shown = quoted(placeholder.text);
    const lacks = this.#unrestricted.get(placeholder.provider);
    if (lacks !== undefined) {
      const message = `holds ${shown}, of a provider that gives whatever the worker may read: whoever can change connectors may use it once ${lacks} is set in the worker file`;
      this.#findings.fault('forbidden', origin, message);
      return null;
    }
    try {
      const given = provider(placeholder.path, placeholder.key);
      if ('value' in given) {
        if (given.file !== null && this.#isSecret(name)) this.#noteOpenFile(given.file, origin);
        return given.value;
      }
      if (this.#isSecret(name)) {
        this.#findings.fault('unreadable', origin, `holds ${shown}: ${given.lack}`);
      } else this.#findings.note('remark', origin, `keeps ${shown} as text: ${given.lack}`);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.#findings.fault('unreadable', origin, `holds ${shown}: ${error.message}`);
    }
    return null;
  }

  #noteOpenFile(file: string, origin: Origin): void {
    if (this.#told.has(file) || !this.#files.isOpenToAll(file)) return;
    this.#told.add(file);
    this.#findings.note('remark', origin, `is a secret in ${file}, which every user of this machine may read`);
  }

  #tellUnknown(name: string, provider: string, origin: Origin): void {
    if (!this.#isWhole) {
      this.#findings.note(
        'remark',
        origin,
        'holds a placeholder of a provider, and no worker file was read that names it',
      );
      return;
    }
    const near = nearest(provider, this.#providers.keys());
    const hint = near === null ? 'name it in config.providers of the worker file' : `did you mean ${near}?`;
    const shown = /^[\w.-]{1,64}$/.test(provider) ? `\${${provider}:…}` : 'of a provider';
    if (this.#isSecret(name)) {
      this.#findings.fault('unreadable', origin, `holds a placeholder ${shown}, no provider is called so: ${hint}`);
    } else {
      const text = `keeps its placeholder ${shown} as text, no provider is called so: ${hint}`;
      this.#findings.note('remark', origin, text);
    }
  }
}

const LONGEST_QUOTE = 200;

function quoted(placeholder: string): string {
  return placeholder.length <= LONGEST_QUOTE ? placeholder : `${placeholder.slice(0, LONGEST_QUOTE)}…`;
}

/** As a shell or a compose file has them, and nothing here. */
function isBareVariable(text: string): boolean {
  return text.length <= LONGEST_QUOTE && /^\s*\$(?:\{[A-Za-z_][\w.]*\}|[A-Za-z_]\w*)\s*$/.test(text);
}

const BARE_VARIABLE =
  'looks like a variable of a shell, which is not filled in: a config provider is, ${provider:key} (EnvVarConfigProvider)';
