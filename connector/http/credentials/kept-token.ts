import type { Announce, Clock, SmallFiles } from '../../ports.ts';

/** Until a token that could not be written is tried again, milliseconds. */
const AGAIN_MS = 30_000;

interface KeptTokenParts {
  readonly files: SmallFiles;
  readonly clock: Clock;
  readonly announce: Announce;
}

/** The file that the newest refresh token is kept in. Others may put one there as well. */
export class KeptToken {
  readonly #path: string;
  readonly #parts: KeptTokenParts;
  /** What is known to stand there. */
  #known: string | null = null;
  /** What is still to be written. */
  #pending: string | null = null;
  #writing: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #closed = false;

  constructor(path: string, parts: KeptTokenParts) {
    this.#path = path;
    this.#parts = parts;
  }

  /** `token`: one that stands there and is not from us; `fault`: why nothing can be read. */
  async look(): Promise<{ readonly token: string | null; readonly fault: string | null }> {
    await this.#writing;
    let text: string;
    try {
      text = (await this.#parts.files.read(this.#path)).trim();
    } catch (error) {
      return { token: null, fault: messageOf(error) };
    }
    if (!/^[\x20-\x7e]+$/.test(text)) return { token: null, fault: text === '' ? 'it is empty' : 'it holds no token' };
    if (text === this.#known) return { token: null, fault: null };
    this.#known = text;
    // Somebody has logged in anew: what we have not written yet is older.
    this.#pending = null;
    return { token: text, fault: null };
  }

  keep(token: string): void {
    this.#pending = token;
    this.#write();
  }

  /** What is not written yet is tried once more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    await this.#writing;
    this.#write();
    await this.#writing;
  }

  #write(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#pending !== null) this.#writing ??= this.#writePending();
  }

  async #writePending(): Promise<void> {
    try {
      while (this.#pending !== null) {
        const token = this.#pending;
        await this.#parts.files.replace(this.#path, `${token}\n`);
        this.#known = token;
        if (this.#pending === token) this.#pending = null;
      }
    } catch (error) {
      this.#parts.announce({ kind: 'refresh-token-not-kept', reason: messageOf(error) });
      if (!this.#closed) this.#cancelTimer = this.#parts.clock.timer(AGAIN_MS, () => this.#write());
    } finally {
      this.#writing = null;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'for an unknown reason';
}
