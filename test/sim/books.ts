import type { AttemptsConfig } from '../../config/answer-types.ts';
import type { ConnectorConfig } from '../../config/types.ts';
import { Attempts } from './attempts.ts';
import { bodyOf, ignoredBy } from './bodies.ts';
import type { Carried } from './endpoint.ts';
import { endpointOf } from './endpointed.ts';
import type { Epoch } from './epoch.ts';
import type { Filling } from './filled.ts';
import type { Held } from './held.ts';
import type { RecordKind } from './log.ts';
import type { Plan } from './plan.ts';
import { reportedStages } from './reports.ts';
import type { Requests } from './requests.ts';

/** What the checker must know of the configuration under test. */
export interface Rules extends Filling {
  readonly maxUncommitted: number;
  readonly maxInFlight: number;
  readonly bufferMaxBytes: number;
  /** How often requests are tried, where there is a limit. */
  readonly attempts: AttemptsConfig | null;
  readonly drainTimeoutMs: number;
  readonly sessionMs: number;
  readonly tolerance: 'none' | 'all';
  readonly deadLetters: boolean;
  /** What is skipped by configuration. */
  readonly ignored: ReadonlySet<RecordKind>;
  /** Outcomes, as stages, that are reported. */
  readonly reports: ReadonlySet<number>;
  /** What may be part of a request at all. */
  readonly sendable: ReadonlySet<RecordKind>;
  /** Where a group without offsets begins. */
  readonly reset: 'earliest' | 'latest' | 'none';
  /** Where reading goes on when a position is outside its log, if the user has written so. */
  readonly outOfRange: 'earliest' | 'latest' | 'fail';
  /** Nothing goes wrong in this seed: no record may be delivered twice. */
  readonly faultFree: boolean;
  /** How a body of these records looks. */
  readonly bodyOf: (carried: readonly Carried[]) => string;
  /** Where each record must go. */
  readonly requests: Requests;
}

/** What became of one partition, all epochs and processes together. */
export interface Truth {
  readonly applied: number[];
  /** Who delivered it last. */
  readonly appliedBy: (Epoch | undefined)[];
  readonly parked: number[];
  readonly skipped: boolean[];
  /** Deleted before anybody had read them, and a task has said so. */
  readonly lost: boolean[];
  /** The log lost its end, and a task has said so: the next commit may say less than the last one. */
  mayGoBack: boolean;
  /** Ordinals below have their outcome, or stand before the group's first offset. */
  settled: number;
  duplicates: number;
}

export function newTruth(): Truth {
  const columns = { applied: [], appliedBy: [], parked: [], skipped: [], lost: [] };
  return { ...columns, settled: 0, mayGoBack: false, duplicates: 0 };
}

/** Whether nothing is to be done any more for this record. */
export function hasOutcome({ applied, parked, skipped, lost }: Truth, ordinal: number): boolean {
  if (applied[ordinal] !== undefined || parked[ordinal] !== undefined) return true;
  return skipped[ordinal] === true || lost[ordinal] === true;
}

/** What one process does, in the checker's books. */
export interface Process {
  readonly name: string;
  rules: Rules;
  readonly epochs: Map<number, Epoch>;
  inFlight: number;
  tokens: number;
  /** Between pause() and resume(): since when. */
  pausedAt: number | null;
  readonly received: Map<string, number>;
  /** As the task announced it. */
  readonly delivered: Map<string, number>;
  /** Bytes of the blocks that hold a record without an outcome. */
  heldBytes: number;
  readonly blocks: Set<Held>;
  /** Blocks read in a row with several partitions assigned. */
  shared: number;
  /** The task was asked to stop, or failed: what is assigned to it now is not read. */
  ending: boolean;
  /** Something threw in its loop: what it holds is in doubt, and may not be committed. */
  broken: boolean;
  /** Records, as "partition/ordinal", whose dead letters or reports were on their way when their epoch ended. */
  readonly strayLetters: Set<string>;
  /** Records, as "partition/ordinal", that the endpoint has refused alone, or that were given up. */
  readonly refused: Set<string>;
  readonly attempts: Attempts;
  /** The same of those that it has confirmed, where that is reported. */
  readonly confirmed: Set<string>;
  /** The group gave its partitions away, and it does not know yet. */
  kicked: boolean;
}

export function newProcess(name: string, rules: Rules): Process {
  return {
    name,
    rules,
    epochs: new Map(),
    inFlight: 0,
    tokens: 0,
    pausedAt: null,
    received: new Map(),
    delivered: new Map(),
    heldBytes: 0,
    blocks: new Set(),
    shared: 0,
    ending: false,
    kicked: false,
    broken: false,
    strayLetters: new Set(),
    refused: new Set(),
    attempts: new Attempts(rules.attempts ?? null),
    confirmed: new Set(),
  };
}

/** A DELETE needs no value, and without a body nothing is too large. */
function sendableBy({ http: { route }, values: { onNull } }: ConnectorConfig): ReadonlySet<RecordKind> {
  const sendable = new Set<RecordKind>(['good', 'poison', 'heavy']);
  if (onNull === 'delete') sendable.add('null').add('undeletable');
  if (onNull === 'send') sendable.add('null');
  return route?.bodiless === true ? sendable.add('oversize') : sendable;
}

export function add(counts: Map<string, number>, topic: string, by: number): void {
  counts.set(topic, (counts.get(topic) ?? 0) + by);
}

/** The rules that a connector's configuration sets. */
export function rulesOf(config: ConnectorConfig, { sessionMs, families, requests }: Plan): Rules {
  const { delivery, errors } = config;
  return {
    maxUncommitted: delivery.maxUncommittedRecords,
    maxInFlight: delivery.maxInFlight,
    targetOf: topic => endpointOf(config, topic).batch.targetBytes,
    bufferMaxBytes: delivery.bufferMaxBytes,
    attempts: config.http.attempts,
    sessionMs,
    drainTimeoutMs: delivery.drainTimeoutMs,
    tolerance: errors.tolerance,
    deadLetters: errors.deadLetterTopic !== null,
    ignored: ignoredBy(config),
    reports: reportedStages(config),
    sendable: sendableBy(config),
    reset: config.kafka.autoOffsetReset,
    outOfRange: config.kafka.offsetOutOfRange,
    faultFree: families.size === 0,
    bodyOf: carried => {
      if (requests.address(carried[0]!).bodiless) return '';
      const { batch } = endpointOf(config, carried[0]!.log.topic);
      const texts = carried.map(one => requests.value(one));
      if (batch.format === 'ndjson' && requests.fitsLines) return `${texts.join('\n')}\n`;
      return bodyOf(batch, texts);
    },
    requests,
  };
}
