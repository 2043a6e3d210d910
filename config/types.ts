import type { AnswersConfig, AttemptsConfig } from './answer-types.ts';
import type { AuthConfig } from './auth-types.ts';
import type { ConnectionConfig } from './connection-types.ts';
import type { ReporterConfig } from './report-types.ts';
import type { RestConfig } from './rest-types.ts';
import type { Method, RouteConfig } from './route/types.ts';
import type { Secret } from './secret.ts';
import type { TlsConfig } from './tls-types.ts';
import type { TracesConfig } from './traces-types.ts';
import type { PredicateSettings, TransformSettings } from './transforms/types.ts';

export type * from './auth-types.ts';
export type * from './connection-types.ts';
export type * from './report-types.ts';
export type * from './rest-types.ts';
export type * from './tls-types.ts';
export type * from './traces-types.ts';

/** Keys and values for librdkafka, split the way node-rdkafka takes them. Values are strings as written. */
export interface ClientProperties {
  readonly global: Readonly<Record<string, string | Secret>>;
  readonly topic: Readonly<Record<string, string>>;
}

export interface WorkerConfig {
  readonly bootstrapServers: readonly string[];
  readonly rest: RestConfig;
  readonly offsetFlushIntervalMs: number;
  readonly offsetFlushTimeoutMs: number;
  readonly taskShutdownGracefulTimeoutMs: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly reader: 'auto' | 'native' | 'portable';
  /** Of the clients that the worker itself asks the brokers with: of groups, and which cluster it is. */
  readonly admin: ClientProperties;
  /** Where what REST changed is kept over a restart; null: nowhere. */
  readonly stateFile: string | null;
  /** How metrics are called: as the rules of the JMX exporter's examples make them, or as its default rule does. */
  readonly metricNames: 'exporter' | 'jmx';
  /** Where spans of requests go; null: there are none. */
  readonly traces: TracesConfig | null;
}

export interface JsonConverterConfig {
  readonly kind: 'json';
  /** Each text is an object of a schema and its payload. */
  readonly schemas: boolean;
  /** With `schemas`: the schema of all texts, which then are payloads alone. */
  readonly schemaContent: string | null;
  readonly schemasCacheSize: number;
  /** How a Decimal is written; both forms are read. */
  readonly decimalFormat: 'BASE64' | 'NUMERIC';
  readonly replaceNullWithDefault: boolean;
}

export type PrimitiveConverterKind = 'short' | 'integer' | 'long' | 'float' | 'double' | 'boolean';

export type ConverterConfig =
  | JsonConverterConfig
  | { readonly kind: 'string'; readonly encoding: string }
  | { readonly kind: 'bytes' }
  | { readonly kind: PrimitiveConverterKind };

export type HeaderConverterConfig = ConverterConfig | { readonly kind: 'simple' };

/** A predicate as one transform uses it. */
export interface PredicateConfig {
  readonly alias: string;
  readonly className: string;
  readonly settings: PredicateSettings;
  readonly negate: boolean;
}

/** One transform of a chain. */
export interface TransformConfig {
  readonly alias: string;
  /** In full, as Kafka Connect calls it: dead letters name it. */
  readonly className: string;
  readonly settings: TransformSettings;
  /** Null: every record is transformed. */
  readonly predicate: PredicateConfig | null;
}

export interface IdempotencyKeyConfig {
  /** Lower case. */
  readonly header: string;
  /** Visible ASCII without quotes and backslashes; may be empty. */
  readonly prefix: string;
  /** As a string of RFC 8941. */
  readonly quoted: boolean;
}

/** What a request says of the records in it, beside its body. */
export interface RequestIdentityConfig {
  readonly idempotencyKey: IdempotencyKeyConfig | null;
  /** A request of one record carries its W3C trace context. */
  readonly traceContext: boolean;
}

/** As `content-encoding` has it. */
export type Compression = 'gzip' | 'deflate' | 'br' | 'zstd';

export interface CodingConfig {
  /** Null: requests go as they are. */
  readonly requests: {
    readonly codec: Compression;
    readonly level: number;
    /** A smaller body goes as it is. */
    readonly minBytes: number;
  } | null;
  /** Answers are asked for compressed; those that are all the same are understood in any case. */
  readonly compressedAnswers: boolean;
}

export interface HttpConfig {
  /** With `-` in the place of what depends on the record. */
  readonly url: URL;
  readonly method: Method;
  /** Of HTTP, for what is delivered; tokens are asked for over HTTP/1.1. */
  readonly version: '1.1' | '2';
  /** `http.headers.<Name>`, lower-case names. Values may be secret. */
  readonly headers: Readonly<Record<string, Secret>>;
  /** What depends on the record; null where nothing does. */
  readonly route: RouteConfig | null;
  /** One attempt, from connect to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly responseMaxBytes: number;
  /** Statuses that confirm a request, as inclusive ranges within 200–599. */
  readonly successStatuses: readonly (readonly [from: number, to: number])[];
  /** Null: the status decides, and a 207 has a status for each record in its place. */
  readonly answers: AnswersConfig | null;
  /** Null: a request is repeated for as long as the endpoint is out of order, and for nothing else. */
  readonly attempts: AttemptsConfig | null;
  readonly identity: RequestIdentityConfig;
  readonly auth: AuthConfig;
  readonly authFailFast: boolean;
  /** Statuses after which the credentials are renewed and the request is sent once more, as inclusive ranges. */
  readonly authRenewStatuses: readonly (readonly [from: number, to: number])[];
  readonly tls: TlsConfig;
  readonly coding: CodingConfig;
  readonly connection: ConnectionConfig;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

export interface BatchConfig {
  readonly format: 'array' | 'ndjson' | 'envelope' | 'single' | 'joined';
  /** Always 1 when the format is `single`. */
  readonly maxRecords: number;
  /** Bytes of the whole body, envelope included. */
  readonly maxBytes: number;
  /** A body that holds as many is full; null: only what `maxRecords` and `maxBytes` let in fills it. */
  readonly targetBytes: number | null;
  readonly lingerMs: number;
  /** What stands before the first and behind the last record of an `envelope` body. */
  readonly envelopePrefix: string;
  readonly envelopeSuffix: string;
  /** What stands around and between the values of a `joined` body. */
  readonly prefix: string;
  readonly separator: string;
  readonly suffix: string;
  /** What a `joined` body holds, by its template or the value converter. */
  readonly content: 'json' | 'text' | 'bytes';
}

/** What becomes of values by what they are: an error of the record, skipped and counted, or sent. */
export interface ValuesConfig {
  /** A tombstone; `delete`: a request of another kind, which the route makes. */
  readonly onNull: 'fail' | 'ignore' | 'send' | 'delete';
  /** A value of no bytes; `convert`: what the converter makes of it. */
  readonly onEmpty: 'convert' | 'null' | 'ignore' | 'fail' | 'send';
  /** A null of a record that has a value; `null`: as a tombstone. */
  readonly onJsonNull: 'null' | 'send' | 'ignore' | 'fail';
  /** No JSON, with JsonConverter. */
  readonly onText: 'fail' | 'quote' | 'ignore';
  readonly onScalar: 'send' | 'ignore' | 'fail';
  readonly onArray: 'send' | 'ignore' | 'fail';
  /** What is neither a string nor an object: numbers, booleans, arrays, bytes. */
  readonly onOther: 'send' | 'ignore' | 'fail';
  /** A string: as JSON where bodies hold JSON or the converter is none of texts; `raw`: its text, in bodies that take any; `json`: what its text says as JSON. */
  readonly onString: 'send' | 'raw' | 'json';
  /** What is no string: JSON, or what Java's String.valueOf makes of it. */
  readonly written: 'json' | 'java';
}

export interface DeliveryConfig {
  readonly maxInFlight: number;
  readonly maxUncommittedRecords: number;
  /** How long a revoked partition's requests in flight may take to end, milliseconds. */
  readonly drainTimeoutMs: number;
  /** Bytes of record values the task may hold. */
  readonly bufferMaxBytes: number;
}

export interface ErrorsConfig {
  readonly tolerance: 'none' | 'all';
  readonly logEnable: boolean;
  readonly deadLetterTopic: string | null;
  readonly deadLetterReplicationFactor: number;
  readonly deadLetterContextHeaders: boolean;
  /** Keep a masked excerpt of the endpoint's answer with the dead letter. */
  readonly deadLetterResponseHeaders: boolean;
}

export interface KafkaConfig {
  readonly groupId: string;
  /** Where a group without any offset of a topic begins. */
  readonly autoOffsetReset: 'earliest' | 'latest' | 'none';
  /** Where reading goes on when an offset is outside its log: as `auto.offset.reset` says where it is written, else nowhere. */
  readonly offsetOutOfRange: 'earliest' | 'latest' | 'fail';
  /** Everything the consumer, producer and admin clients are created with, bootstrap servers included. */
  readonly consumer: ClientProperties;
  readonly producer: ClientProperties;
  readonly admin: ClientProperties;
  /** Those of reports, where they go to another cluster than dead letters. */
  readonly reports?: Pick<KafkaConfig, 'producer' | 'admin'>;
}

/** One of several endpoints. What all share (TLS, credentials, connections) is the same object in each. */
export interface EndpointConfig {
  readonly alias: string;
  /** Topics that it has by name. */
  readonly topics: readonly string[];
  /** A Java regular expression: it has what matches it as a whole, is named by none, and matches none before it. */
  readonly topicsRegex: string | null;
  readonly http: HttpConfig;
  readonly batch: BatchConfig;
  readonly values: ValuesConfig;
}

/** What a connector was told, as it was written: placeholders stand, and what protects something is a Secret. */
export type WrittenProperties = Readonly<Record<string, string | Secret>>;

/** What a FAILED task does. */
export interface RestartConfig {
  /** How often it starts again by itself while no record gets a verdict; 0: never; null: without end. */
  readonly max: number | null;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

/** What the user asks of a connector. */
export type TargetState = 'RUNNING' | 'PAUSED' | 'STOPPED';

export interface ConnectorConfig {
  readonly name: string;
  readonly properties: WrittenProperties;
  readonly connectorClass: string;
  /** Most tasks; there are never more than partitions. */
  readonly tasksMax: number;
  /** `process`: each task has a process of its own. */
  readonly isolation: 'inline' | 'process';
  readonly restart: RestartConfig;
  /** What it does from its first start on. */
  readonly initialState: TargetState;
  /** Exactly one of the two is set. */
  readonly topics: readonly string[] | null;
  /** A POSIX extended regular expression that matches whole names, without anchors. */
  readonly topicsRegex: string | null;
  readonly keyConverter: ConverterConfig;
  readonly valueConverter: ConverterConfig;
  readonly headerConverter: HeaderConverterConfig;
  /** In the order in which they are applied. */
  readonly transforms: readonly TransformConfig[];
  /** With several endpoints, here and below, those of the first: what all share may be read of it, and nothing else. */
  readonly http: HttpConfig;
  readonly batch: BatchConfig;
  readonly values: ValuesConfig;
  /** Null: all records go to one. */
  readonly endpoints: readonly EndpointConfig[] | null;
  readonly delivery: DeliveryConfig;
  readonly errors: ErrorsConfig;
  /** Null: nothing is reported. */
  readonly reporter: ReporterConfig | null;
  readonly kafka: KafkaConfig;
}

/** One frozen answer to what the user wrote. */
export interface Config {
  readonly worker: WorkerConfig;
  readonly connectors: readonly ConnectorConfig[];
  /** What was accepted and protects less than it should, one line each, no secrets. */
  readonly warnings: readonly string[];
  /** What was accepted without effect or deserves a word, one line each, no secrets. */
  readonly notices: readonly string[];
  /** Values that config providers gave for keys that may hold a secret: as good as secrets. */
  readonly provided: readonly Secret[];
}
