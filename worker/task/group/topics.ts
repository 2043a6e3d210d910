import { CODE_OFFSET_RESET, toFault } from '../kafka-error.ts';
import { Assignment } from '../order/assignment.ts';
import type { KafkaFault, TopicIds } from '../ports.ts';
import { keyOf } from '../topic-partition.ts';
import type { Questions } from './questions.ts';
import { refetch } from './refetch.ts';
import { type OutOfRange, Resets, type ResetsParts } from './resets.ts';
import { NO_TOPIC, NoStartOffsetError, type StartOffset, type StartOffsets } from './start-offsets.ts';

/** librdkafka's codes for a topic, or a partition, that the brokers do not know. */
const UNKNOWN: ReadonlySet<number> = new Set([3, 100, -188, -190]);

/** How often the client's ids are looked at, and missing topics asked for: nothing else would tell of a topic as long. */
const CHECK_MS = 5_000;
const RETRY_MS = 1_000;

/** What the brokers said of topics. */
export type TopicEvent =
  | { readonly kind: 'topics'; readonly ids: TopicIds; readonly asked: readonly string[] }
  | { readonly kind: 'topics-unknown'; readonly error: unknown }
  | { readonly kind: 'topic-starts'; readonly of: readonly Assignment[]; readonly starts: readonly StartOffset[] }
  | { readonly kind: 'topic-starts-failed'; readonly of: readonly Assignment[]; readonly error: unknown };

export interface TopicsParts extends ResetsParts {
  /** The topics that the connector names; null for a pattern, of which any number may exist. */
  readonly named: readonly string[] | null;
  readonly questions: Questions;
  readonly startOffsets: StartOffsets;
  readonly post: (event: TopicEvent) => void;
  /** Lets go of everything that these partitions have on its way. */
  readonly abandon: (assignments: ReadonlySet<Assignment>) => void;
  /** Frees what waits in the lane of this partition. */
  readonly discard: (assignment: Assignment) => void;
}

/**
 * Whether a topic is still the one that its partitions were assigned for, and whether it is there at all.
 *
 * librdkafka fetches on at the old position when a topic was created anew, and tells nobody. But it fetches by id: a record
 * of the new topic comes only after the client has learned its id, which the reader hands out beside the records. So an
 * assignment that meets another id than its own ends before a record of the new topic has a number: what is in its lane is
 * dropped, late verdicts change nothing, nothing of it is committed any more. Another takes its place, from where the
 * group begins in the new topic, without a rebalance.
 */
export class Topics {
  readonly #parts: TopicsParts;
  readonly #missing = new Set<string>();
  /** Positions outside the log, unless the topic turns out to be another one. */
  readonly #outside = new Map<Assignment, OutOfRange>();
  readonly #resets: Resets;
  #ended: Assignment[] = [];
  #found: { readonly of: readonly Assignment[]; readonly starts: readonly StartOffset[] } | null = null;
  #lookingUp = false;
  #lookupAt = 0;
  #asking = false;
  #ask = false;
  #checkAt: number;

  constructor(parts: TopicsParts, now: number) {
    this.#parts = parts;
    this.#resets = new Resets(parts);
    this.#checkAt = now + CHECK_MS;
  }

  /** Topics that the connector names and the brokers do not know. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Nothing is under way. */
  get idle(): boolean {
    const { idle } = this.#resets;
    return idle && this.#ended.length === 0 && this.#found === null && !this.#lookingUp && this.#outside.size === 0;
  }

  /** Something is due that may only be done while no read is in flight. */
  get wantsClient(): boolean {
    return this.#found !== null || this.#resets.wantsClient;
  }

  /** When `tick` has something to do next without an event. */
  get nextAt(): number {
    return this.#ended.length > 0 && !this.#lookingUp && this.#found === null
      ? Math.min(this.#lookupAt, this.#checkAt)
      : this.#checkAt;
  }

  /** Its topic is not the one that it was made for. */
  end(assignment: Assignment): void {
    if (assignment.revoking) return assignment.disown();
    this.#outside.delete(assignment);
    assignment.disown();
    this.#parts.discard(assignment);
    this.#parts.abandon(new Set([assignment]));
    this.#ended.push(assignment);
  }

  /** Its position is outside the log: reading goes on elsewhere, or the task fails, unless it is the log of another topic. */
  outside(assignment: Assignment, where: OutOfRange): void {
    if (assignment.topicId === null) return this.#resets.found(assignment, where);
    this.#outside.set(assignment, where);
    this.#ask = true;
  }

  /** The client reports an error. It does not always say which topic the brokers do not know. */
  fault({ code }: KafkaFault): void {
    if (UNKNOWN.has(code)) this.#ask = true;
    if (code === CODE_OFFSET_RESET) this.compare();
  }

  /** The client knows of another id by now: nothing needs to arrive for that. */
  compare(): void {
    const { assignments, consumer } = this.#parts;
    const topics = [...new Set([...assignments.values()].map(({ topic }) => topic))];
    if (topics.length === 0) return;
    let ids: TopicIds;
    try {
      ids = consumer.knownTopicIds(topics);
    } catch {
      return;
    }
    for (const assignment of assignments.values()) {
      if (assignment.isOther(ids.get(assignment.topic) ?? null)) this.end(assignment);
    }
    if (topics.some(topic => !ids.has(topic))) this.#ask = true;
  }

  tick(now: number): void {
    if (now >= this.#checkAt) {
      this.#checkAt = now + CHECK_MS;
      this.compare();
      if (this.#missing.size > 0 || this.#outside.size > 0) this.#ask = true;
    }
    if (this.#ask && !this.#asking) this.#question();
    if (this.#ended.length > 0 && !this.#lookingUp && this.#found === null && now >= this.#lookupAt) this.#lookUp();
  }

  answer(event: TopicEvent, now: number): void {
    switch (event.kind) {
      case 'topics':
        this.#asking = false;
        return this.#known(event.ids, event.asked);
      case 'topics-unknown':
        this.#asking = false;
        return this.#parts.announce({ kind: 'client-fault', fault: toFault(event.error) });
      case 'topic-starts':
        this.#lookingUp = false;
        this.#found = event;
        return;
      case 'topic-starts-failed':
        this.#lookingUp = false;
        if (event.error instanceof NoStartOffsetError) return this.#parts.fail(event.error.message);
        this.#parts.announce({ kind: 'client-fault', fault: toFault(event.error) });
        this.#lookupAt = now + RETRY_MS;
    }
  }

  /** Reads new topics, and goes on elsewhere in old ones. Called only while no read is in flight, and no rebalance is under way. */
  advance(now: number): void {
    this.#resets.advance(now);
    const found = this.#found;
    if (found === null) return;
    this.#found = null;
    const { assignments, maxUncommitted, changed, consumer, announce } = this.#parts;
    const here = (one: Assignment): boolean => assignments.get(one.key) === one;
    this.#ended = this.#ended.filter(one => here(one) && !found.of.includes(one));
    const old = new Map(found.of.filter(here).map(one => [one.key, one]));
    const starts = found.starts.filter(start => old.has(keyOf(start)));
    // Not there yet: it is looked up again.
    for (const start of starts) if (start.topicId === NO_TOPIC) this.#ended.push(old.get(keyOf(start))!);
    if (this.#ended.length > 0) this.#lookupAt = now + RETRY_MS;
    const begun = starts.filter(({ topicId }) => topicId !== NO_TOPIC);
    if (begun.length === 0) return;
    // The client keeps a pause: it would come back paused.
    const paused = begun.filter(start => old.get(keyOf(start))!.paused);
    if (paused.length > 0) consumer.resume(paused.map(({ topic, partition }) => ({ topic, partition })));
    for (const start of begun) {
      const { commitStart } = start;
      assignments.set(keyOf(start), new Assignment(start, { maxUncommitted, commitStart, now, changed }));
    }
    refetch(consumer, assignments, begun, now);
    for (const topic of new Set(begun.map(start => start.topic))) {
      announce({ kind: 'topic-created-anew', topic, partitions: begun.filter(start => start.topic === topic) });
    }
  }

  #question(): void {
    const { questions, named, assignments, post } = this.#parts;
    this.#ask = false;
    const asked = [...new Set([...(named ?? []), ...[...assignments.values()].map(({ topic }) => topic)])];
    if (asked.length === 0) return;
    this.#asking = true;
    questions
      .ask((consumer, timeoutMs) => consumer.topicIds(asked, timeoutMs))
      .then(
        ids => post({ kind: 'topics', ids, asked }),
        (error: unknown) => post({ kind: 'topics-unknown', error }),
      );
  }

  #lookUp(): void {
    const { startOffsets, assignments, post } = this.#parts;
    this.#ended = this.#ended.filter(one => assignments.get(one.key) === one);
    const of = [...this.#ended];
    if (of.length === 0) return;
    this.#lookingUp = true;
    startOffsets.find(of, true).then(
      starts => post({ kind: 'topic-starts', of, starts }),
      (error: unknown) => post({ kind: 'topic-starts-failed', of, error }),
    );
  }

  #known(ids: TopicIds, asked: readonly string[]): void {
    const { assignments, named, announce } = this.#parts;
    for (const assignment of assignments.values()) {
      if (assignment.isOther(ids.get(assignment.topic) ?? null)) this.end(assignment);
    }
    for (const [assignment, where] of this.#outside) {
      const gone = assignments.get(assignment.key) !== assignment || assignment.revoking;
      if (!gone && asked.includes(assignment.topic) && !ids.has(assignment.topic)) continue;
      this.#outside.delete(assignment);
      if (!gone) this.#resets.found(assignment, where);
    }
    const missing = (named ?? []).filter(topic => !ids.has(topic));
    const before = this.#missing.size;
    if (missing.length === before && missing.every(topic => this.#missing.has(topic))) return;
    this.#missing.clear();
    for (const topic of missing) this.#missing.add(topic);
    announce({ kind: 'topics-missing', topics: missing });
  }
}
