import assert from 'node:assert/strict';

/** A secret that is found in every form that a text can take on its way out. */
export interface Canary {
  readonly name: string;
  readonly value: string;
  /** Letters and digits in its middle: what no escaping changes. */
  readonly core: string;
}

/** Secrets of one test, each of its own, so that a failure names the place. */
export class Canaries {
  readonly #all: Canary[] = [];

  /**
   * @param around what stands before and behind the letters and digits: signs that JSON, addresses and shells escape
   */
  plant(name: string, [before, behind]: readonly [before: string, behind: string] = ['a+/', '=&"\\%']): string {
    const core = `Kq${String(this.#all.length).padStart(2, '0')}xT9vC4n4ry7Zw`;
    const value = `${before}${core}${behind}`;
    this.#all.push({ name, value, core });
    return value;
  }

  /** For what is made elsewhere, a key for instance: any line of it tells. */
  watch(name: string, value: string): void {
    this.#all.push({ name, value, core: value });
  }

  get size(): number {
    return this.#all.length;
  }

  /** No output holds one: as it is, escaped, in base64 of whatever alignment, in hexadecimal. */
  assertAbsent(outputs: Readonly<Record<string, string>>): void {
    for (const [where, text] of Object.entries(outputs)) {
      // What base64 and hexadecimal look like may be broken into lines or escaped.
      const dense = text.replaceAll(/\\[nr]|\s/g, '');
      for (const { name, core } of this.#all) {
        for (const form of formsOf(core)) {
          const at = dense.indexOf(form);
          assert(at === -1, `${name} in ${where}: …${dense.slice(Math.max(0, at - 200), at + 60)}…`);
        }
      }
    }
  }
}

function formsOf(core: string): readonly string[] {
  const bytes = Buffer.from(core);
  const escaped = [...core].map(sign => `%${sign.charCodeAt(0).toString(16)}`).join('');
  const forms = [core, bytes.toString('hex'), escaped, [...core].reverse().join('')];
  for (const shift of [0, 1, 2]) {
    // The signs at both ends depend on what stands around.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = encoded.slice(shift === 0 ? 0 : 4, -4);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}
