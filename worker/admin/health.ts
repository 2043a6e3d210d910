import type { ConnectorConfig } from '../../config/types.ts';
import type { ConnectorStatus, TaskSlot } from '../status.ts';
import type { PartitionStatus } from '../task/facts.ts';
import type { TaskStatus } from '../task/task.ts';
import { lagOf } from '../telemetry/status-metrics.ts';
import { excerpt } from '../telemetry/text.ts';

/**
 * Three answers. alive: the loops turn, a restart would mend nothing. ready: every task does or could do its work.
 * progressing: what waits for a verdict gets one.
 */
export interface Health {
  readonly alive: boolean;
  readonly ready: boolean;
  readonly progressing: boolean;
  /** Kafka Connect's words (KIP-1017). */
  readonly status: 'healthy' | 'starting' | 'unhealthy';
  /** One line: what is wrong first, or that nothing is. */
  readonly message: string;
  readonly connectors: readonly object[];
}

/** Kafka's own default for max.poll.interval.ms. */
const MAX_POLL_INTERVAL_MS = 300_000;
/** No verdict for this long, beside the time that one request may take, is no progress. */
const PATIENCE_MS = 30_000;

export interface Finding {
  readonly answer: 'alive' | 'ready' | 'progressing';
  readonly starting: boolean;
  readonly text: string;
}

/** Bytes of a reason, and of the reason of all. */
const MOST_REASON = 1024;
const MOST_MESSAGE = 2 * 1024;
/** Names in one sentence. */
const MOST_NAMES = 20;

/**
 * @param now monotonic milliseconds, of the clock that the tasks' own times are of
 * @param mask hides secrets: what a broker or an endpoint said may repeat one
 */
export function judge(connectors: readonly ConnectorStatus[], now: number, mask: (text: string) => string): Health {
  const brief = (text: string) => excerpt(mask(text), MOST_REASON);
  return {
    ...verdictOn(connectors, now, mask),
    connectors: connectors.map(connector => details(connector, now, brief)),
  };
}

/** The same without what each connector does. */
export function verdictOn(
  connectors: readonly ConnectorStatus[],
  now: number,
  mask: (text: string) => string,
): Omit<Health, 'connectors'> {
  const findings = connectors.flatMap(({ config, state, trace, tasks }) => [
    ...(state === 'FAILED' ? [failed(`${config.name}: FAILED: ${trace}`)] : []),
    ...tasks.flatMap(task =>
      examine(task, now).map(finding => ({ ...finding, text: `${config.name}/${task.id}: ${finding.text}` })),
    ),
  ]);
  const fine = (answer: Finding['answer']) => findings.every(finding => finding.answer !== answer);
  const worst = findings.find(finding => !finding.starting) ?? findings[0];
  return {
    status: worst === undefined ? 'healthy' : worst.starting ? 'starting' : 'unhealthy',
    message: worst === undefined ? FINE : excerpt(mask(worst.text), MOST_MESSAGE),
    alive: fine('alive'),
    ready: fine('ready'),
    progressing: fine('progressing'),
  };
}

/** Kafka Connect's own words. */
const FINE = 'Worker has completed startup and is ready to handle requests.';

function failed(text: string): Finding {
  return { answer: 'ready', starting: false, text };
}

/** What is wrong with a task. Texts are as long as they are, and may hold what a peer said. */
export function examine({ config, status: task }: TaskSlot, now: number): Finding[] {
  const findings: Finding[] = [];
  const found = (answer: Finding['answer'], text: string, starting = false) =>
    findings.push({ answer, text, starting });
  if (task.state === 'FAILED') {
    found('ready', `FAILED: ${task.trace ?? 'no reason known'}`);
    return findings;
  }
  const quiet = task.lastPollAt === null ? 0 : now - task.lastPollAt;
  if (quiet > pollLimit(config)) found('alive', `no read from Kafka has come back for ${seconds(quiet)}`);
  const fault = task.clientFault === null ? '' : `: ${task.clientFault}`;
  if (task.state === 'UNASSIGNED') found('ready', `waiting for Kafka and its partitions${fault}`, true);
  if (task.state === 'RUNNING' && task.partitions.length === 0 && fault !== '') {
    found('ready', `no partitions from Kafka${fault}`);
  }
  if (task.commitFault !== null) found('ready', task.commitFault);
  if (task.state === 'RUNNING' && task.missingTopics.length > 0) {
    found('ready', `the brokers do not know ${names(task.missingTopics)}`);
  }
  if (task.state === 'RESTARTING') found('ready', 'restarting', true);
  for (const at of task.partitions) if (at.fault !== null) found('ready', `a partition brings nothing: ${at.fault}`);
  if (task.sink.state === 'parked') found('ready', `the endpoint refuses: ${task.sink.reason}`);
  if (task.state === 'RUNNING') {
    const stuck = stuckFor(task, now);
    if (stuck > PATIENCE_MS + longestAttempt(config)) {
      const reason = task.sink.state === 'ok' ? '' : `: ${task.sink.reason}`;
      found('progressing', `records wait, and none has got a verdict for ${seconds(stuck)}${reason}`);
    }
  }
  return findings;
}

function names(topics: readonly string[]): string {
  const some = topics.slice(0, MOST_NAMES).join(', ');
  const more = topics.length > MOST_NAMES ? ` and ${topics.length - MOST_NAMES} more` : '';
  return `${some}${more}: ${topics.length === 1 ? 'create it, or correct its name' : 'create them, or correct their names'}`;
}

function longestAttempt(config: ConnectorConfig): number {
  return Math.max(...(config.endpoints ?? [config]).map(({ http }) => http.timeoutMs));
}

function pollLimit({ kafka }: ConnectorConfig): number {
  const value = kafka.consumer.global['max.poll.interval.ms'];
  const interval = value === undefined ? Number.NaN : Number(String(value));
  return (interval > 0 ? interval : MAX_POLL_INTERVAL_MS) / 5;
}

/** How long records have waited without any record getting its verdict, milliseconds. */
function stuckFor(task: TaskStatus, now: number): number {
  const oldest = oldestUnresolved(task.partitions);
  if (oldest === null) return 0;
  return task.lastVerdictAt === null ? oldest : Math.min(oldest, now - task.lastVerdictAt);
}

function oldestUnresolved(partitions: readonly PartitionStatus[]): number | null {
  return partitions.reduce<number | null>(
    (oldest, at) => (at.oldestUnresolvedMs === null ? oldest : Math.max(oldest ?? 0, at.oldestUnresolvedMs)),
    null,
  );
}

function details(connector: ConnectorStatus, now: number, brief: (text: string) => string): object {
  const verification = connector.tasks[0]?.config.http.tls.verification ?? 'full';
  return {
    name: connector.config.name,
    connector: { state: connector.state, ...(connector.trace === null ? {} : { trace: brief(connector.trace) }) },
    ...(verification === 'full' ? {} : { tls_verification: verification }),
    type: 'sink',
    tasks: connector.tasks.map(({ id, status }) => ({
      id,
      state: status.state,
      ...(status.trace === null ? {} : { trace: brief(status.trace) }),
      reader: status.reader,
      sink:
        status.sink.state === 'ok'
          ? { state: 'ok' }
          : {
              state: status.sink.state,
              reason: brief(status.sink.reason),
              for_ms: Math.round(now - status.sink.since),
            },
      ...credentialsOf(status.sink, brief),
      requests_in_flight: status.requestsInFlight,
      buffered_bytes: status.bufferedBytes,
      partitions: status.partitions.map(at => ({
        ...at,
        fault: at.fault === null ? null : brief(at.fault),
        lag: lagOf(at),
      })),
    })),
  };
}

/** Only with credentials that are renewed. */
function credentialsOf({ credentials }: TaskStatus['sink'], brief: (text: string) => string): object {
  if (credentials === undefined) return {};
  const { ageMs, expiresInMs, refreshes, failures, lastFailure } = credentials;
  const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));
  return {
    credentials: {
      age_ms: rounded(ageMs),
      expires_in_ms: rounded(expiresInMs),
      refreshes,
      failures,
      last_failure: lastFailure === null ? null : brief(lastFailure),
    },
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
