import type { Slice } from '../../connector/block.ts';
import { DeadLetterQueue } from './delivery/dead-letter-queue.ts';
import { Dispatcher } from './delivery/dispatcher.ts';
import { Flights } from './delivery/flights.ts';
import { Outlets } from './delivery/outlets.ts';
import { type OwnTopic, Publisher } from './delivery/publisher.ts';
import { Rejections } from './delivery/rejections.ts';
import { Reports } from './delivery/reports.ts';
import { Settlement } from './delivery/settlement.ts';
import { TopicTally } from './delivery/topic-tally.ts';
import { Committer } from './group/committer.ts';
import { Questions } from './group/questions.ts';
import { Rebalance } from './group/rebalance.ts';
import type { OutOfRange } from './group/resets.ts';
import { StallWatch } from './group/stall-watch.ts';
import { StartOffsets } from './group/start-offsets.ts';
import { Topics } from './group/topics.ts';
import { Budget } from './intake/budget.ts';
import { Intake } from './intake/intake.ts';
import { Relief } from './intake/relief.ts';
import type { Assignment, PartitionLane } from './order/assignment.ts';
import { Roster } from './order/roster.ts';
import type { TaskEndpoint, TaskParts } from './task.ts';
import type { TaskEvent } from './task-event.ts';

/** The topics that a task of this connector writes. */
function ownTopics({ errors, reporter }: TaskParts['config']): OwnTopic[] {
  const { deadLetterTopic: name, deadLetterReplicationFactor: replicationFactor } = errors;
  const letters = name === null ? [] : [{ name, what: 'dead letter topic', partitions: 1, replicationFactor }];
  const reports = [reporter?.success, reporter?.error].filter(topic => topic != null);
  return [...letters, ...reports.map(topic => ({ ...topic, what: 'report topic' }))];
}

/** A connector that has one needs no list of them. */
function endpointsOf({ config, sink, converter, endpoints }: TaskParts): readonly TaskEndpoint[] {
  const { values, batch } = config;
  return endpoints?.each ?? [{ format: sink.format, converter, values, lingerMs: batch.lingerMs }];
}

/** The stages of one task, wired to each other. Only the task's loop calls them. */
export interface Stages {
  readonly assignments: Map<string, Assignment>;
  readonly roster: Roster;
  readonly tally: TopicTally;
  readonly budget: Budget;
  readonly intake: Intake;
  readonly relief: Relief;
  readonly outlets: Outlets;
  readonly flights: Flights;
  readonly settlement: Settlement;
  readonly rejections: Rejections;
  /** Null where nothing is reported. */
  readonly reports: Reports | null;
  /** Null where neither dead letters nor reports are written. */
  readonly publisher: Publisher | null;
  readonly committer: Committer;
  readonly rebalance: Rebalance;
  readonly stallWatch: StallWatch;
  readonly questions: Questions;
  readonly topics: Topics;
}

export interface StageHooks {
  readonly post: (event: TaskEvent) => void;
  /** @param shown the reason without anything of a record, for whoever may read the status */
  readonly fail: (reason: string, shown?: string) => void;
}

export function createStages(parts: TaskParts, { post, fail }: StageHooks): Stages {
  const { config, worker, consumer, clock, random, announce, taskId, producer, sink } = parts;
  const { delivery, errors } = config;
  const now = clock.now();
  const assignments = new Map<string, Assignment>();
  const endpoints = endpointsOf(parts);
  const endpointOf = (topic: string): number => parts.endpoints?.of(topic) ?? 0;
  const roster = new Roster(endpoints.length, endpointOf);
  const tally = new TopicTally();
  const budget = new Budget(delivery.bufferMaxBytes);
  const places = endpoints.map(() => new Dispatcher(delivery.maxInFlight, () => post({ kind: 'wake' })));
  const flights = new Flights(sink, places, post);
  const { tolerance } = errors;
  const topicsWritten = ownTopics(config);
  const publisher =
    producer === null ? null : new Publisher({ topics: topicsWritten, producer, clock, random, announce });
  const deadLetterQueue =
    publisher === null || errors.deadLetterTopic === null
      ? null
      : new DeadLetterQueue({ config, taskId, publisher, announce });
  const { name: connector, reporter } = config;
  const isOurs = ({ assignment }: PartitionLane): boolean => assignments.get(assignment.key) === assignment;
  const keep = (bytes: number): void => budget.keepBeside(bytes);
  const reports =
    publisher === null || reporter === null
      ? null
      : new Reports({ reporter, connector, taskId, publisher, isOurs, post, announce, keep });
  const settlement = new Settlement({
    assignments,
    budget,
    flights,
    tally,
    tolerance,
    reports,
    announce,
    wall: () => clock.wall(),
    fail,
  });
  const questions = new Questions(consumer);
  const committer = new Committer({
    consumer,
    questions,
    assignments,
    post,
    announce,
    now,
    intervalMs: worker.offsetFlushIntervalMs,
    timeoutMs: worker.offsetFlushTimeoutMs,
  });
  const startOffsets = new StartOffsets(questions, config.kafka.autoOffsetReset);
  const group = {
    consumer,
    assignments,
    changed: roster.changed,
    post,
    announce,
    fail,
    startOffsets,
    maxUncommitted: delivery.maxUncommittedRecords,
    abandon: (lost: ReadonlySet<Assignment>): void => settlement.abandon(flights.detach(lost)),
    discard: (assignment: Assignment): void => settlement.discard(assignment.lane, assignment.lane.clear()),
  };
  const rebalance = new Rebalance({
    ...group,
    committer,
    drainTimeoutMs: delivery.drainTimeoutMs,
    commitTimeoutMs: worker.offsetFlushTimeoutMs,
  });
  const outOfRange = config.kafka.offsetOutOfRange;
  const topics = new Topics({ ...group, questions, outOfRange, named: config.topics }, now);
  const otherTopic = (assignment: Assignment): void => topics.end(assignment);
  const outside = (assignment: Assignment, where: OutOfRange): void => topics.outside(assignment, where);
  const consumed = (topic: string, records: number): void => {
    tally.of(topic).consumed += records;
  };
  const skip = (lane: PartitionLane, slice: Slice): void => settlement.resolve(lane, slice, 'skipped');
  const rejections = new Rejections({
    config,
    endpointOf: topic => endpoints[endpointOf(topic)]!,
    post,
    announce,
    fail,
    deadLetterQueue,
    skip,
    conclude: (lane, slice, outcome, error) =>
      settlement.conclude(lane, slice, outcome, { answer: error.answer ?? null, error }),
  });
  return {
    assignments,
    roster,
    tally,
    budget,
    flights,
    settlement,
    reports,
    publisher,
    committer,
    rebalance,
    rejections,
    intake: new Intake({
      endpoints,
      endpointOf,
      consumer,
      assignments,
      roster,
      budget,
      consumed,
      announce,
      otherTopic,
      skip,
    }),
    relief: new Relief({ assignments, budget, changed: roster.changed, inFlight: () => flights.open() }),
    outlets: new Outlets(endpoints, { roster, flights }),
    stallWatch: new StallWatch(
      { consumer, questions, assignments, groupId: config.kafka.groupId, post, announce, outside, fail },
      now,
    ),
    topics,
    questions,
  };
}
