import { reasonOf } from '../../connector/record-error.ts';
import type { TaskFact } from '../task/facts.ts';
import { count, list, ms, name, resetOf, statusClass } from './fact-texts.ts';
import type { LogLevel } from './log.ts';
import type { Meters } from './meters.ts';

type Of<K extends TaskFact['kind']> = Extract<TaskFact, { kind: K }>;

/** What one kind of fact becomes. */
export interface Announcement<K extends TaskFact['kind']> {
  readonly level: LogLevel | { readonly levels: readonly LogLevel[]; readonly of: (fact: Of<K>) => LogLevel };
  readonly text: (fact: Of<K>) => string;
  readonly measure?: (fact: Of<K>, meters: Meters) => void;
  /** At most one line a second for each task; what was left out is counted in the next one. */
  readonly throttled?: true;
}

/** The one table from facts to log lines and metrics. */
export const ANNOUNCEMENTS: { readonly [K in TaskFact['kind']]: Announcement<K> } = {
  'task-state': {
    level: { levels: ['info', 'error'], of: fact => (fact.state === 'FAILED' ? 'error' : 'info') },
    text: fact => `Task is ${fact.state}${fact.reason === null ? '' : `: ${fact.reason}`}`,
    measure: (fact, meters) => meters.state(fact.state),
  },
  'block-received': {
    level: 'trace',
    text: fact => `Read ${count(fact.records, 'record')}, ${fact.bytes} bytes`,
    measure: (fact, meters) => {
      meters.add('read', fact.records);
      meters.sample('read', fact.records);
    },
  },
  'records-repeated': {
    level: 'warn',
    text: fact => `Dropped ${count(fact.records, 'record')} of ${name(fact)} that Kafka handed out a second time`,
    measure: (fact, meters) => meters.add('repeated', fact.records),
    throttled: true,
  },
  'records-unowned': {
    level: 'debug',
    text: fact => `Left ${count(fact.records, 'record')} of ${name(fact)} to the partition's next owner`,
  },
  'task-crashed': {
    level: 'error',
    text: fact => `Task has crashed: ${fact.reason}`,
    measure: (_fact, meters) => {
      meters.state('FAILED');
      meters.add('taskCrashes');
    },
  },
  'task-restart': {
    level: 'warn',
    text: fact => {
      const of = fact.of === null ? '' : ` of ${fact.of}`;
      return `Task starts again in ${ms(fact.inMs)}, attempt ${fact.attempt}${of}`;
    },
    measure: (_fact, meters) => meters.add('taskRestarts'),
  },
  'records-delivered': {
    level: 'trace',
    text: fact => `Delivered ${count(fact.records, 'record')} of ${name(fact)}`,
    measure: (fact, meters) => {
      meters.add('sent', fact.records);
      meters.sample('send', fact.records);
      const weight = fact.records / fact.latenciesMs.length;
      for (const each of fact.latenciesMs) meters.observe('recordSeconds', each / 1000, weight);
    },
  },
  'request-succeeded': {
    level: 'debug',
    text: fact => `The endpoint confirmed ${count(fact.records, 'record')} with ${fact.status} in ${ms(fact.ms)}`,
    measure: (fact, meters) => {
      meters.add('requests', 1, statusClass(fact.status));
      meters.add('requestBytes', fact.bytes);
      meters.observe('requestRecords', fact.records);
      meters.observe('requestSeconds', fact.ms / 1000);
      meters.sample('put', fact.ms);
      meters.sample('batch', fact.records);
    },
  },
  'request-failed': {
    level: 'warn',
    text: fact => {
      if (fact.retryInMs === null) return `Request with ${count(fact.records, 'record')} was refused: ${fact.reason}`;
      const next = `attempt ${fact.attempt + 1} in ${ms(fact.retryInMs)}`;
      return `Request with ${count(fact.records, 'record')} failed: ${fact.reason}; ${next}`;
    },
    measure: (fact, meters) => {
      meters.add('requests', 1, statusClass(fact.status));
      meters.observe('requestSeconds', fact.ms / 1000);
      meters.add('recordErrors');
      meters.stamp('lastError');
      if (fact.retryInMs !== null) meters.add('retries');
      if (fact.ambiguous && fact.retryInMs !== null) meters.add('ambiguous');
    },
    throttled: true,
  },
  'request-given-up': {
    level: 'error',
    text: ({ records, attempts, reason, outcome }) =>
      `Gave up ${count(records, 'record')} after ${count(attempts, 'attempt')} (delivery.max.attempts): ${reason}; ` +
      (outcome === 'fail' ? 'the task fails' : 'errors.tolerance says what follows'),
    measure: (_fact, meters) => meters.add('givenUp'),
    throttled: true,
  },
  'batch-split': {
    level: 'info',
    text: fact => `The endpoint refused ${count(fact.records, 'record')} with ${fact.status}; sending them in parts`,
    measure: (_fact, meters) => meters.add('splits'),
    throttled: true,
  },
  'endpoint-parked': {
    level: 'error',
    text: fact => `Sending has stopped: ${fact.reason}; next try in ${ms(fact.retryInMs)}, nothing is lost meanwhile`,
    throttled: true,
  },
  'endpoint-recovered': {
    level: 'info',
    text: fact => `The endpoint accepts requests again after ${ms(fact.afterMs)}`,
  },
  'token-refreshed': {
    level: 'debug',
    text: fact =>
      fact.expiresInMs === null
        ? `Read credentials from their file in ${ms(fact.ms)}`
        : `Got an access token in ${ms(fact.ms)}, good for ${ms(fact.expiresInMs)}`,
    measure: (_fact, meters) => meters.add('tokens', 1, 'ok'),
  },
  'token-failed': {
    level: 'warn',
    text: fact => `No access token: ${fact.reason}`,
    measure: (_fact, meters) => meters.add('tokens', 1, 'failed'),
    throttled: true,
  },
  'refresh-token-not-kept': {
    level: 'error',
    text: fact =>
      `The new refresh token could not be kept in oauth2.refresh.token.file: ${fact.reason}; it is tried again, and a restart before would not find it`,
    throttled: true,
  },
  'clock-skewed': {
    level: 'warn',
    text: fact =>
      `The endpoint's clock differs by ${ms(Math.abs(fact.skewMs))}: signatures are dated by it; set this machine's`,
    measure: (_fact, meters) => meters.add('clockSkews'),
  },
  'record-rejected': {
    level: { levels: ['warn', 'error'], of: fact => (fact.outcome === 'failed-task' ? 'error' : 'warn') },
    text: fact => {
      const fate = { 'dead-lettered': 'goes to the dead letter queue', skipped: 'is skipped', 'failed-task': 'stops' };
      const task = fact.outcome === 'failed-task' ? ' the task (errors.tolerance=none)' : '';
      return `Record ${name(fact)}@${fact.offset} ${fate[fact.outcome]}${task}: ${reasonOf(fact.error)}`;
    },
    measure: (fact, meters) => {
      meters.add('recordFailures');
      meters.add('recordErrors');
      meters.stamp('lastError');
      if (fact.outcome !== 'failed-task') meters.add('recordsSkipped');
    },
    throttled: true,
  },
  'partitions-assigned': {
    level: 'info',
    text: fact => `Assigned ${list(fact.partitions)}`,
    measure: (_fact, meters) => {
      meters.add('rebalances', 1, 'assigned');
      meters.rebalanced(null);
    },
  },
  'partitions-revoked': {
    level: { levels: ['info', 'warn'], of: fact => (fact.drained ? 'info' : 'warn') },
    text: fact => {
      const end = fact.drained ? '' : '; requests were still under way, their records may be delivered twice';
      return `Gave up ${list(fact.partitions)} in ${ms(fact.ms)}${end}`;
    },
    measure: (fact, meters) => {
      meters.add('rebalances', 1, fact.drained ? 'drained' : 'not_drained');
      meters.rebalanced(fact.ms);
    },
  },
  'commit-sent': {
    level: 'trace',
    text: fact => `Commit ${fact.sequence} sent: ${list(fact.offsets)}`,
    measure: (fact, meters) => meters.set('commitSequence', fact.sequence),
  },
  'commit-acknowledged': {
    level: 'debug',
    text: fact => `Commit ${fact.sequence} acknowledged in ${ms(fact.ms)}: ${list(fact.offsets)}`,
    measure: (fact, meters) => {
      meters.committed(true);
      meters.sample('commit', fact.ms);
    },
  },
  'commit-failed': {
    level: 'warn',
    text: fact => `Commit ${fact.sequence} failed, its offsets are committed again: ${fact.reason}`,
    measure: (_fact, meters) => meters.committed(false),
    throttled: true,
  },
  'commit-skipped': {
    level: 'trace',
    text: () => 'Nothing new to commit',
    measure: (_fact, meters) => {
      meters.add('commitsSkipped');
      meters.sample('skip', 1);
    },
  },
  'intake-paused': {
    level: 'debug',
    text: fact => `Reading paused on ${count(fact.partitions, 'partition')} with ${fact.bufferedBytes} bytes waiting`,
  },
  'intake-resumed': {
    level: 'debug',
    text: fact => `Reading resumed on ${count(fact.partitions, 'partition')}`,
  },
  'dead-letter-acknowledged': {
    level: 'trace',
    text: fact => `The dead letter queue took ${name(fact)}@${fact.offset}`,
    measure: (_fact, meters) => meters.add('deadLetters'),
  },
  'dead-letter-failed': {
    level: 'error',
    text: fact => {
      const next = fact.retryInMs === null ? '' : `; next try in ${ms(fact.retryInMs)}`;
      return `The dead letter queue did not take ${name(fact)}@${fact.offset}: ${fact.reason}${next}`;
    },
    measure: (_fact, meters) => {
      meters.add('deadLetters');
      meters.add('deadLetterFailures');
    },
    throttled: true,
  },
  'reports-acknowledged': {
    level: 'trace',
    text: fact => `Reported what became of records of ${name(fact)}: ${count(fact.reports, 'report')}`,
    measure: (fact, meters) => meters.add('reports', fact.reports, 'acknowledged'),
  },
  'report-failed': {
    level: 'error',
    text: fact => {
      const next = fact.retryInMs === null ? '' : `; next try in ${ms(fact.retryInMs)}`;
      return `The report on ${name(fact)}@${fact.offset} was not taken, and its records are not committed: ${fact.reason}${next}`;
    },
    measure: (_fact, meters) => meters.add('reports', 1, 'failed'),
    throttled: true,
  },
  'partition-stalled': {
    level: 'error',
    text: fact => `${name(fact)} holds records from offset ${fact.position} on that do not arrive: ${fact.reason}`,
    measure: (_fact, meters) => meters.add('stalls'),
    throttled: true,
  },
  'topic-created-anew': {
    level: 'warn',
    text: fact => `Topic ${fact.topic} was deleted and created anew: reading ${list(fact.partitions)} of the new one`,
  },
  'offset-reset': {
    level: 'warn',
    text: fact => `${name(fact)}: ${resetOf(fact)}`,
    measure: (fact, meters) => {
      const isBelow = fact.from < fact.low;
      meters.add('offsetResets', 1, isBelow ? 'deleted' : 'truncated');
      if (isBelow) meters.add('recordsLost', fact.to - fact.from);
    },
  },
  'topics-missing': {
    level: { levels: ['info', 'warn'], of: fact => (fact.topics.length === 0 ? 'info' : 'warn') },
    text: ({ topics }) =>
      topics.length === 0
        ? 'All topics exist again'
        : `The brokers do not know ${topics.join(', ')}: waiting for it to be created, or correct its name`,
  },
  'client-fault': {
    level: { levels: ['warn', 'error'], of: fact => (fact.fault.fatal ? 'error' : 'warn') },
    text: fact => `Kafka client: ${fact.fault.message}`,
    measure: (_fact, meters) => meters.add('faults'),
    throttled: true,
  },
  'spans-exported': {
    level: 'trace',
    text: fact => `The collector took ${count(fact.spans, 'span')} in ${ms(fact.ms)}`,
    measure: (fact, meters) => meters.add('spans', fact.spans, 'exported'),
  },
  'spans-dropped': {
    level: 'warn',
    text: fact => `Dropped ${count(fact.spans, 'span')} that the collector did not take: ${fact.reason}`,
    measure: (fact, meters) => meters.add('spans', fact.spans, 'dropped'),
    throttled: true,
  },
  'internal-error': {
    level: 'error',
    text: fact => `The task ends without a further commit: ${fact.reason}`,
  },
};
