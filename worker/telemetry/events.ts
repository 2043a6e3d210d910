import type { TaskFact } from '../task/facts.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** A kind of log line, by the name that stands in its field `event`. */
export interface LineEvent {
  /** Those that its lines may have. */
  readonly levels: readonly LogLevel[];
  /** One sentence for who looks the name up. */
  readonly meaning: string;
}

/** Lines that no fact of a task is behind. */
export const LINE_EVENTS = {
  'client-feature-missing': {
    levels: ['warn'],
    meaning: 'The Kafka client was compiled without a feature that it should have.',
  },
  'client-log': { levels: ['warn', 'debug', 'trace'], meaning: "A line of librdkafka's own log." },
  config: {
    levels: ['warn', 'info'],
    meaning:
      'Something in a configuration protects less than it should (warn), has no effect or deserves a word (info).',
  },
  'connections-not-closed': {
    levels: ['warn'],
    meaning: 'The connections of a task that has ended could not be closed.',
  },
  'connector-changed': { levels: ['info'], meaning: 'A connector got a new configuration over REST.' },
  'connector-created': { levels: ['info'], meaning: 'A connector was created over REST.' },
  'connector-deleted': {
    levels: ['info'],
    meaning: 'A connector was deleted over REST; its consumer group and the offsets in it stay.',
  },
  'connector-failed': { levels: ['error'], meaning: 'A connector can not run with its configuration, and is FAILED.' },
  'connector-tasks-end': {
    levels: ['info'],
    meaning: "A connector's tasks finish what is in flight and leave their group.",
  },
  'connector-target': { levels: ['info'], meaning: 'A connector is to run, pause or stop from now on, as REST asked.' },
  'debugger-refused': { levels: ['warn'], meaning: "SIGUSR1 came, which would open Node's debugger, and was ignored." },
  environment: {
    levels: ['warn'],
    meaning: "A variable of the environment or an option of Node's weakens the worker, or would.",
  },
  'group-question-failed': {
    levels: ['error'],
    meaning: 'What REST asked of a consumer group could not be answered or changed, and why.',
  },
  listening: { levels: ['info'], meaning: 'A listener of REST, health and metrics is open.' },
  'login-failed': { levels: ['warn'], meaning: 'A wrong user name or password came to a listener.' },
  'reader-fallback': { levels: ['warn'], meaning: 'The native reader can not be loaded, and the portable one serves.' },
  'replay-producer': {
    levels: ['warn'],
    meaning: 'The producer of `tailrace dlq replay` met a fault, or a record was not taken and is tried again.',
  },
  'rest-request': {
    levels: ['debug', 'info'],
    meaning: 'A request to a listener was answered: one that changed something (info), or any other (debug).',
  },
  'rest-error': { levels: ['error'], meaning: 'A request to a listener could not be answered.' },
  'state-file-held': {
    levels: ['info'],
    meaning: 'The lock of config.storage.file is held by a worker that can not be seen, and is waited for.',
  },
  'state-file-lock': { levels: ['warn'], meaning: 'The lock of config.storage.file could not be kept up.' },
  'state-file-not-closed': { levels: ['warn'], meaning: 'config.storage.file could not be closed at the end.' },
  'state-file-rights': {
    levels: ['warn'],
    meaning: 'config.storage.file is owned by another user, or others may use it.',
  },
  'state-file-taken-over': {
    levels: ['warn'],
    meaning: 'The lock of config.storage.file was left behind by a worker that is gone, and was taken over.',
  },
  'state-not-kept': { levels: ['warn'], meaning: 'What REST changed could not be kept, and ends with this worker.' },
  'task-defect': { levels: ['error'], meaning: 'A task ended in a way that it never should: a defect of Tailrace.' },
  'task-last-words': { levels: ['error'], meaning: 'What the process of a task wrote before it ended by itself.' },
  'task-news-dropped': {
    levels: ['warn'],
    meaning: 'More happened in the process of a task than could be told: lines and metrics are missing.',
  },
  'task-process': { levels: ['info'], meaning: 'The process of a task was started (task.isolation=process).' },
  'task-silent': { levels: ['error'], meaning: 'The process of a task has said nothing for long, and is killed.' },
  'task-started': { levels: ['info'], meaning: 'A task begins, with the reader that it names.' },
  'users-ignored': { levels: ['warn'], meaning: 'A line of listeners.basic.auth.file is no user, and is left out.' },
  'users-unreadable': { levels: ['error'], meaning: 'listeners.basic.auth.file can not be read: nobody is let in.' },
  'worker-aborting': {
    levels: ['warn'],
    meaning: 'A second signal came: requests in flight are aborted, and their records sent again later.',
  },
  'worker-defect': {
    levels: ['fatal'],
    meaning: 'Something threw that nobody caught: the worker stops without committing what is not confirmed.',
  },
  'worker-not-started': { levels: ['fatal'], meaning: 'The worker can not start, and why.' },
  'worker-starts': { levels: ['info'], meaning: 'The worker starts, with the connectors of its files.' },
  'worker-stopped': {
    levels: ['info', 'warn'],
    meaning: 'The worker has stopped: cleanly (info), or with records in flight that are sent again later (warn).',
  },
  'worker-stops': { levels: ['info'], meaning: 'A signal came: the worker finishes what is in flight.' },
} as const satisfies Readonly<Record<string, LineEvent>>;

/** What each fact of a task says; levels and texts stand in `announcements.ts`. */
export const FACT_MEANINGS: Readonly<Record<TaskFact['kind'], string>> = {
  'batch-split':
    'The endpoint refused a request for what it carries; its records are sent in parts to find the ones at fault.',
  'block-received': 'Records were read from Kafka.',
  'client-fault': 'The Kafka client reports an error.',
  'clock-skewed': "The endpoint's clock differs from this machine's, and signatures are dated by it.",
  'commit-acknowledged': 'The brokers have taken a commit of offsets.',
  'commit-failed': 'A commit of offsets failed; they are committed again.',
  'commit-sent': 'A commit of offsets was sent.',
  'commit-skipped': 'There was nothing new to commit.',
  'dead-letter-acknowledged': 'The dead letter topic has taken a record.',
  'dead-letter-failed': 'The dead letter topic did not take a record.',
  'endpoint-parked':
    'The endpoint refuses the connector as a whole: one request at a time tries whether it still does.',
  'endpoint-recovered': 'The endpoint takes requests again.',
  'intake-paused': 'Reading pauses, since enough records wait.',
  'intake-resumed': 'Reading goes on.',
  'internal-error': 'Something threw in a task, which is FAILED: a defect of Tailrace or of the Kafka client.',
  'offset-reset': 'A position was outside its log, and reading goes on where auto.offset.reset says.',
  'partition-stalled': 'A partition holds records that do not arrive.',
  'partitions-assigned': 'The task got partitions.',
  'partitions-revoked': 'The task gave partitions up: after its requests had ended (info), or before (warn).',
  'record-rejected': 'A record can not be delivered: it goes to the dead letter topic, is skipped, or fails the task.',
  'records-delivered': 'The endpoint has confirmed records of a partition.',
  'records-repeated': 'Records that Kafka handed out a second time were dropped.',
  'records-unowned': "Records were left to their partition's next owner.",
  'refresh-token-not-kept': 'A new refresh token could not be written to its file.',
  'report-failed': 'A report of an outcome was not taken; its records are not committed.',
  'reports-acknowledged': 'The brokers have taken reports of outcomes.',
  'request-failed': 'A request failed or was refused, and what follows.',
  'request-given-up': 'A request was sent as often as delivery.max.attempts lets it.',
  'request-succeeded': 'The endpoint confirmed a request.',
  'spans-dropped': 'Spans of requests were dropped, since the collector did not take them, and why.',
  'spans-exported': 'A collector has taken spans of requests.',
  'task-crashed': 'The process of a task ended by itself, or was killed.',
  'task-restart': 'A task starts again by itself (errors.restart.max).',
  'task-state': 'A task is in another state.',
  'token-failed': 'There is no access token, or no key, and why.',
  'token-refreshed': 'A new access token was given, or a token or keys were read from their file.',
  'topic-created-anew': 'A topic was deleted and created anew, and the new one is read.',
  'topics-missing': 'The brokers do not know topics of the connector (warn), or know all of them again (info).',
};

/** The names of all log lines: they stay what they are from version to version. */
export type EventName = keyof typeof LINE_EVENTS | TaskFact['kind'];

/** The levels that lines of an event may have. */
export type LevelOf<E extends EventName> = E extends keyof typeof LINE_EVENTS
  ? (typeof LINE_EVENTS)[E]['levels'][number]
  : LogLevel;
