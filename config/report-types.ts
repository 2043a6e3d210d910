export interface ReportTopicConfig {
  readonly name: string;
  /** Where it has to be created. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** `response`: the body of the answer; `status` of a success, `reason` of an error. */
  readonly value: 'report' | 'response' | 'status' | 'reason';
  readonly format: 'json' | 'text';
}

/** What a header of a report can tell. */
export type ReportField =
  | ('topic' | 'partition' | 'offset' | 'timestamp' | 'outcome' | 'status' | 'truncated')
  | ('stage' | 'exception' | 'reason' | 'response');

/** What is told of the records' outcomes, and where. At least one of the topics is set. */
export interface ReporterConfig {
  readonly success: ReportTopicConfig | null;
  readonly error: ReportTopicConfig | null;
  /** Of reports of success; an error is reported for each record. */
  readonly granularity: 'record' | 'batch';
  /** In their order, with the names that they have. */
  readonly headers: readonly (readonly [field: ReportField, name: string])[];
  /** Which reports have the bodies of answers. */
  readonly bodies: { readonly success: boolean; readonly error: boolean };
  /** Most bytes that one has of a body. */
  readonly responseMaxBytes: number;
}
