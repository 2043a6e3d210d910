/** Answers that are kept: a chain may make a topic of every record's own. */
const KEPT = 1000;

/** Remembers what follows from a topic's name: there are few names and many records. */
export function byTopic<T>(compute: (topic: string) => T): (topic: string) => T {
  const known = new Map<string, T>();
  return topic => {
    const answer = known.get(topic);
    if (answer !== undefined) return answer;
    const fresh = compute(topic);
    if (known.size >= KEPT) known.clear();
    known.set(topic, fresh);
    return fresh;
  };
}
