import type { AnswersConfig, RecordsConfig } from '../../../config/answer-types.ts';
import type { HttpResponse } from '../../ports.ts';
import { readAep } from './aep.ts';
import { ENTRY_VALUES_MAX, parseJson, VALUES_MAX } from './bounded-json.ts';
import { readBulk } from './bulk.ts';
import { createCustomMapper } from './custom.ts';
import { createJudge, type Judge } from './judge.ts';
import { readKinesis } from './kinesis.ts';
import { readMultiStatus } from './multi-status.ts';
import type { Named, RecordAnswers, RecordMapper } from './record-answers.ts';

type Ranges = AnswersConfig['recordStatuses'];

/** How answers are understood, beyond their status. */
export interface AnswerReader {
  /** Null: a status that confirms is enough. */
  readonly judge: Judge | null;
  /** Whether answers with this status name what became of each record. */
  readonly isPerRecord: (status: number) => boolean;
  /** Null where the answer does not name each record exactly once. */
  readonly readRecords: (answer: HttpResponse, named: Named) => RecordAnswers | null;
}

const USUAL: AnswersConfig = { judging: null, records: { kind: 'multi-status' }, recordStatuses: [[207, 207]] };

/** @param config null: a status is enough, and a 207 has one for each record */
export function createAnswerReader(config: AnswersConfig | null, successStatuses: Ranges): AnswerReader {
  const { judging, records, recordStatuses } = config ?? USUAL;
  const map = mapperOf(records, status => isWithin(status, successStatuses));
  return {
    judge: judging === null ? null : createJudge(judging),
    isPerRecord: status => isWithin(status, recordStatuses),
    readRecords: ({ body, status }, named) =>
      map(parseJson(body, VALUES_MAX + named.records * ENTRY_VALUES_MAX), named, status),
  };
}

export function isWithin(status: number, ranges: Ranges): boolean {
  return ranges.some(([from, to]) => status >= from && status <= to);
}

function mapperOf(records: RecordsConfig, isSuccess: (status: number) => boolean): RecordMapper {
  switch (records.kind) {
    case 'none':
      return () => null;
    case 'multi-status':
      return (answer, named) => readMultiStatus(answer, named.records);
    case 'aep':
      return readAep;
    case 'bulk':
      return readBulk;
    case 'kinesis':
      return readKinesis;
    case 'custom':
      return createCustomMapper(records, isSuccess);
  }
}
