import type { TopicCounts } from '../facts.ts';

/** What became of each topic's records, for the audit: consumed = delivered + dead-lettered + skipped. */
export class TopicTally {
  readonly #topics = new Map<string, TopicCounts>();

  of(topic: string): TopicCounts {
    let counts = this.#topics.get(topic);
    if (counts === undefined) {
      counts = { consumed: 0, delivered: 0, deadLettered: 0, skipped: 0 };
      this.#topics.set(topic, counts);
    }
    return counts;
  }

  snapshot(): Readonly<Record<string, TopicCounts>> {
    return Object.fromEntries([...this.#topics].map(([topic, counts]) => [topic, { ...counts }]));
  }
}
