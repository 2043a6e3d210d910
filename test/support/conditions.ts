/** Conditions that a test waits for, looked at whenever something has changed. */
export class Conditions {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the change that makes `condition` true, at once when it is already. */
  met(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  changed(): void {
    for (const look of [...this.#waiting]) look();
  }
}
