import type { FaultCode, Findings, NoteKind, Origin } from '../findings.ts';
import { splitList } from '../schema/formats.ts';
import type { Secret } from '../secret.ts';
import type { ClientProperties } from '../types.ts';

/** A client key's value as text, and how far its layer outranks the others. */
export interface ClientSetting {
  readonly text: string;
  readonly origin: Origin;
  readonly rank: number;
  /** False where a config provider gave the text: then it is as good as a secret. */
  readonly quotable: boolean;
}

interface Target {
  readonly value: string | Secret;
  readonly from: ClientSetting | null;
}

function isPem(value: string | Secret): boolean {
  return typeof value === 'string' && value.includes('-----BEGIN ');
}

function reveal(value: string | Secret): string {
  return typeof value === 'string' ? value : value.reveal();
}

/** What one client was asked to be, on its way to librdkafka's keys. */
export class ClientMapping {
  readonly settings: ReadonlyMap<string, ClientSetting>;
  readonly #findings: Findings;
  readonly #idle: string | null;
  readonly #global = new Map<string, Target>();
  readonly #topic = new Map<string, Target>();

  /** @param idle why there will not be such a client; null when there will */
  constructor(settings: ReadonlyMap<string, ClientSetting>, findings: Findings, idle: string | null) {
    this.settings = settings;
    this.#findings = findings;
    this.#idle = idle;
  }

  /** The text of a key that was written with a value. */
  text(key: string): string | null {
    const text = this.settings.get(key)?.text;
    return text === undefined || text === '' ? null : text;
  }

  /** The librdkafka value that is set so far. */
  target(key: string): string | null {
    const target = this.#global.get(key) ?? this.#topic.get(key);
    return target === undefined ? null : reveal(target.value);
  }

  /** `host:port` of each broker to start from. */
  get brokers(): readonly string[] {
    return splitList(this.target('bootstrap.servers') ?? '').map(broker => broker.replace(/^\w+:\/\//, ''));
  }

  /** Values of ours: what the user wrote outranks them. */
  preset(half: 'global' | 'topic', values: Readonly<Record<string, string>>): void {
    const targets = half === 'global' ? this.#global : this.#topic;
    for (const [target, value] of Object.entries(values)) {
      if (!targets.has(target)) targets.set(target, { value, from: null });
    }
  }

  /** Two keys of one layer for the same thing contradict each other, of two layers the higher one counts. */
  set(half: 'global' | 'topic', target: string, value: string | Secret, key: string): void {
    const from = this.settings.get(key)!;
    const targets = half === 'global' ? this.#global : this.#topic;
    const other = targets.get(target);
    if (other?.from && other.from.rank > from.rank) return;
    if (other?.from?.rank === from.rank && reveal(other.value) !== reveal(value)) {
      this.fault(
        'conflict',
        key,
        `and ${other.from.origin.key} mean the same to the client (${target}): keep one of them`,
      );
    }
    targets.set(target, { value, from });
  }

  /** The key may not be written, whether there will be such a client or not. */
  refuse(code: FaultCode, key: string, message: string): void {
    const setting = this.settings.get(key);
    if (setting !== undefined) this.#findings.fault(code, setting.origin, message);
  }

  /** The value is wrong, which does not matter where there will not be such a client: Kafka Connect looks at none either. */
  fault(code: FaultCode, key: string, message: string): void {
    if (this.#idle === null) this.refuse(code, key, message);
    else this.note('ignored', key, this.#idle);
  }

  note(kind: NoteKind, key: string, text: string): void {
    const setting = this.settings.get(key);
    if (setting !== undefined) this.#findings.note(kind, setting.origin, text);
  }

  /** Of every key that begins so and has a value. */
  noteIdle(prefix: string, why: string): void {
    for (const key of this.settings.keys()) {
      if (key.startsWith(prefix) && this.text(key) !== null) this.note('ignored', key, why);
    }
  }

  properties(): ClientProperties {
    for (const [target, { value, from }] of [...this.#global, ...this.#topic]) {
      if (from !== null)
        this.#findings.became(from.origin, from.quotable && !isPem(value) ? `${target}=${value.toString()}` : target);
    }
    const topic = [...this.#topic].map(([target, { value }]) => [target, reveal(value)] as const);
    const global = [...this.#global].map(([target, { value }]) => [target, value] as const);
    return { global: Object.fromEntries(global), topic: Object.fromEntries(topic) };
  }
}
