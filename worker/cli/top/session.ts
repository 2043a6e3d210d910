import { printable } from '../../../config/printable.ts';
import type { ConnectorView, WorkerView } from '../../admin/page/model.ts';
import { EXIT, SIGNAL_BASE } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { stylesOf } from '../terminal.ts';
import { AskError, type WorkerClient } from './client.ts';
import { sorted } from './columns.ts';
import { renderFrame, type Size } from './frame.ts';
import { type Change, INITIAL, press, type TopState } from './state.ts';

/** The other screen, with no cursor and no lines that wrap; and back, as it was. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
const DONE_MS = 5_000;
const FLUSH_MS = 1_000;
const SMALLEST: Size = { columns: 80, rows: 24 };
const DONE: Readonly<Record<Change['verb'], string>> = {
  pause: 'is asked to pause',
  resume: 'is asked to go on',
  stop: 'is asked to stop',
  restart: 'is asked to restart, with its tasks',
};

/** Shows a worker until the person at the terminal has enough. Leaves the terminal as it was, whatever ends it. */
export class Session {
  readonly #client: WorkerClient;
  readonly #url: string;
  readonly #intervalMs: number;
  readonly #host: Host;
  #state: TopState = INITIAL;
  #worker: WorkerView | null = null;
  #details: ConnectorView | null = null;
  #trouble: string | null = null;
  #done: { readonly text: string; readonly at: number } | null = null;
  #lookedAt: number;
  /** A frame waits to be written; what changes meanwhile is in it. */
  #drawing = false;
  #code: number | null = null;
  /** What it shows is not to be waited for. */
  #hurried = false;
  #wake: () => void = () => undefined;
  #ended!: () => void;

  constructor(client: WorkerClient, url: string, intervalMs: number, host: Host) {
    this.#client = client;
    this.#url = url;
    this.#intervalMs = intervalMs;
    this.#host = host;
    this.#lookedAt = host.clock.now();
  }

  /** @returns the exit code */
  async run(): Promise<number> {
    const { out, keyboard } = this.#host;
    const endKeys = keyboard.keys(key => this.#press(key));
    const endResize = this.#host.onResize(() => this.#draw());
    this.#host.onSignal((_name, number) => this.#end(SIGNAL_BASE + number));
    this.#host.onCrash(error => this.#crash(error));
    const ended = new Promise<void>(resolve => {
      this.#ended = resolve;
    });
    out.write(ENTER);
    this.#draw();
    try {
      // Whoever has enough does not wait for an answer.
      await Promise.race([ended, this.#follow()]);
    } finally {
      endKeys();
      endResize();
      await this.#leave();
    }
    return this.#code!;
  }

  async #follow(): Promise<void> {
    while (this.#code === null) {
      await this.#look();
      this.#draw();
      await this.#wait();
    }
  }

  #end(code: number): void {
    this.#code ??= code;
    this.#ended();
  }

  async #leave(): Promise<void> {
    const { out } = this.#host;
    out.write(LEAVE);
    await out.flush(FLUSH_MS);
  }

  #crash(error: unknown): void {
    this.#code ??= EXIT.INTERNAL;
    void this.#leave().then(() => {
      this.#host.complain(`tailrace: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
      this.#host.exit(EXIT.INTERNAL);
    });
  }

  #wait(): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#host.clock.timer(this.#hurried ? 0 : this.#intervalMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #hurry(): void {
    this.#hurried = true;
    this.#wake();
  }

  async #look(): Promise<void> {
    this.#hurried = false;
    const { view, chosen } = this.#state;
    const asked = view === 'details' ? chosen : null;
    try {
      const [worker, details] = await Promise.all([
        this.#client.worker(),
        asked === null ? null : this.#client.connector(asked),
      ]);
      this.#worker = worker;
      this.#lookedAt = this.#host.clock.now();
      this.#trouble = null;
      if (asked !== null && asked === this.#state.chosen) {
        this.#details = details;
        if (details === null) this.#state = { ...this.#state, view: 'list' };
      }
    } catch (error) {
      this.#note(error);
    }
  }

  #press(key: string): void {
    const { sortedBy, reversed } = this.#state;
    const names = sorted(this.#worker?.connectors ?? [], sortedBy, reversed).map(({ name }) => name);
    const { state, wish } = press(this.#state, key, names);
    if (state.chosen !== this.#details?.name) this.#details = null;
    this.#state = state;
    if (wish?.kind === 'end') return this.#end(EXIT.CLEAN);
    if (wish?.kind === 'look') this.#hurry();
    if (wish?.kind === 'change') void this.#change(wish);
    this.#draw();
  }

  async #change({ verb, connector }: Change): Promise<void> {
    try {
      await this.#client.change(verb, connector);
      this.#trouble = null;
      this.#done = { text: `${printable(connector)} ${DONE[verb]}`, at: this.#host.clock.now() };
      this.#hurry();
    } catch (error) {
      this.#note(error);
    }
    this.#draw();
  }

  #note(error: unknown): void {
    if (!(error instanceof AskError)) throw error;
    this.#trouble = `${this.#url}: ${error.message}`;
  }

  #draw(): void {
    if (this.#drawing || this.#code !== null) return;
    this.#drawing = true;
    // A terminal that is slow gets the newest frame, not all of them.
    void this.#host.out.flush(FLUSH_MS).then(() => {
      this.#drawing = false;
      if (this.#code === null) this.#host.out.write(this.#frame());
    });
  }

  #frame(): string {
    const { clock } = this.#host;
    const size = this.#host.size() ?? SMALLEST;
    const now = clock.now();
    const done = this.#done !== null && now - this.#done.at < DONE_MS ? this.#done.text : null;
    const picture = {
      state: this.#state,
      url: this.#url,
      worker: this.#worker,
      details: this.#details,
      trouble: this.#trouble,
      ageMs: now - this.#lookedAt,
      done,
    };
    const lines = renderFrame(picture, size, stylesOf(this.#host));
    return `\u001b[H${lines.map(line => `${line}\u001b[K`).join('\r\n')}\u001b[J`;
  }
}
