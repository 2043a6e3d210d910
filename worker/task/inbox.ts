/**
 * Everything that happens to a task arrives here, and only the task's loop takes it out: callbacks of the client,
 * reads, verdicts, timers and requests of the user change nothing themselves.
 */
export class Inbox<T> {
  #events: T[] = [];
  #wake: (() => void) | null = null;

  post(event: T): void {
    this.#events.push(event);
    this.#wake?.();
    this.#wake = null;
  }

  /** Resolves as soon as there is an event. One waiter at a time. */
  async arrival(): Promise<void> {
    if (this.#events.length > 0) return;
    await new Promise<void>(resolve => {
      this.#wake = resolve;
    });
  }

  /** Takes out all events, oldest first. */
  drain(): readonly T[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
