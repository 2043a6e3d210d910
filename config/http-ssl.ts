import type { FaultCode, Findings, NoteKind } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { type TlsKeyName, type TlsValues, tlsKeyOf } from './schema/tls-keys.ts';
import { type Outside, unreadable } from './source/files.ts';
import { refusalOf } from './stores/jks.ts';
import { remarkOnValidity } from './stores/validity.ts';

/** The keys of TLS below one prefix, what they name, and what there is to say of each. */
export class SslSection {
  readonly values: TlsValues;
  readonly outside: Outside;
  readonly findings: Findings;
  readonly #section: ConnectorSection;
  readonly #prefix: string;

  /** @param prefix with its dot: `http.ssl.` */
  constructor(section: ConnectorSection, prefix: string, values: TlsValues, outside: Outside, findings: Findings) {
    this.#section = section;
    this.#prefix = prefix;
    this.values = values;
    this.outside = outside;
    this.findings = findings;
  }

  /** As users write it. */
  key(name: TlsKeyName): string {
    return this.#prefix + tlsKeyOf(name);
  }

  wrote(name: TlsKeyName): boolean {
    return this.#section.wrote(this.key(name));
  }

  /** What was written, be it a secret or not; null for nothing. */
  text(name: TlsKeyName): string | null {
    const value = this.values[name];
    return value === null || typeof value === 'string' ? value : value.reveal();
  }

  fault(code: FaultCode, name: TlsKeyName, message: string): void {
    this.findings.fault(code, this.#section.origin(this.key(name)), message);
  }

  note(kind: NoteKind, name: TlsKeyName, text: string): void {
    this.findings.note(kind, this.#section.origin(this.key(name)), text);
  }

  /** Of these, those that were written have no effect. */
  idle(names: readonly TlsKeyName[], why: string): void {
    const keys = names.map(name => this.key(name));
    noteIdle(this.#section, keys, why, this.findings);
  }

  /** Which of the keys for the same thing has a value. Two contradict each other. */
  chosen(...names: readonly TlsKeyName[]): TlsKeyName | null {
    const [first, second] = names.filter(name => this.values[name] !== null);
    if (first === undefined) return null;
    if (second !== undefined) {
      this.fault('conflict', second, `and ${this.key(first)} exclude each other: keep one of them`);
    }
    return first;
  }

  /** The content of the file that the key names, or else the key's own text. */
  content(name: TlsKeyName): Buffer | null {
    const text = this.text(name)!;
    if (!name.endsWith('Location')) return Buffer.from(text, 'utf8');
    try {
      return this.outside.read(text);
    } catch (error) {
      this.fault('unreadable', name, `names a file that can't be read: ${unreadable(error)}`);
      return null;
    }
  }

  /** Runs `read`; what it finds wrong is a fault of the key. */
  attempt<T>(name: TlsKeyName, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      this.fault('invalid', name, `${this.#subject(name)}${refusalOf(error)}`);
      return null;
    }
  }

  /** @param together all of them are needed */
  remarkOnValidity(name: TlsKeyName, pem: string, together: boolean): void {
    const remark = remarkOnValidity(pem, together);
    if (remark !== null) this.note('remark', name, remark);
  }

  #subject(name: TlsKeyName): string {
    if (!name.endsWith('Location')) return '';
    return name.includes('store') ? 'names a store that ' : 'names a file that ';
  }
}

/** Latin-1 spares no byte, and PEM has none beyond ASCII. */
export function pemText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** Whether a store is a PEM file: as its type says, or where that is not written as its bytes do. */
export function isPemStore(type: string | null, bytes: Buffer): boolean {
  return type === null ? bytes.includes('-----BEGIN ') : type === 'PEM';
}
