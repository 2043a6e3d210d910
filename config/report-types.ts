/** What a header of a report can tell. */
export type ReportField =
  | ('topic' | 'partition' | 'offset' | 'timestamp' | 'outcome' | 'status' | 'truncated')
  | ('stage' | 'exception' | 'reason' | 'response' | 'value');

/** A topic of reports, and what they are. */
export interface ReportTopicConfig {
  readonly name: string;
  /** Where it has to be created. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** `response`: the body of the answer; `record`: the record's own value; `status` of a success, `reason` of an error. */
  readonly value: 'report' | 'response' | 'record' | 'status' | 'reason';
  readonly format: 'json' | 'text';
  /** In their order, with the names that they have. */
  readonly headers: readonly (readonly [field: ReportField, name: string])[];
}

/** What is told of the records' outcomes, and where. At least one of the topics is set. */
export interface ReporterConfig {
  readonly success: ReportTopicConfig | null;
  readonly error: ReportTopicConfig | null;
  /** Of reports of success; an error is reported for each record. */
  readonly granularity: 'record' | 'batch';
  /** Which reports have the bodies of answers. */
  readonly bodies: { readonly success: boolean; readonly error: boolean };
  /** Most bytes that one has of a body. */
  readonly responseMaxBytes: number;
}
