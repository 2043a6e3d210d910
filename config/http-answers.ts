import type { AnswersConfig, JudgingConfig, RecordPlace, RecordsConfig, Rule } from './answer-types.ts';
import type { Findings } from './findings.ts';
import { answerRule, itemRule } from './schema/answer-rule.ts';
import { type Format, FormatError, readValue, type StatusRange, trim } from './schema/formats.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { Written } from './schema/written-keys.ts';

const WHOLE_FAMILY = 'http.response.failure.when.';
const ITEM_FAMILY = 'http.response.records.failure.when.';
/** Keys that only `http.response.records=custom` looks at. */
const CUSTOM_KEYS = [
  'http.response.records.pointer',
  'http.response.records.index',
  'http.response.records.index.first',
  'http.response.records.id',
  'http.response.records.status',
  'http.response.records.success.when',
  'http.response.records.failure.status',
];
const STATUSES: Readonly<Record<RecordsConfig['kind'], readonly StatusRange[]>> = {
  none: [],
  'multi-status': [[207, 207]],
  aep: [
    [200, 200],
    [207, 207],
  ],
  bulk: [[200, 200]],
  kinesis: [[200, 200]],
  custom: [[207, 207]],
};

/** Null where nothing was written that a status does not say: then answers are understood as they always were. */
export function readAnswers(section: ConnectorSection, findings: Findings): AnswersConfig | null {
  const { values } = section;
  const judging = readJudging(section, WHOLE, findings);
  const records = readRecords(section, findings);
  const recordStatuses = readRecordStatuses(section, findings);
  noteLenient(section, findings);
  noteUnasked(section, judging, recordStatuses, findings);
  const isUsual = values.httpResponseRecords === 'multi-status' && values.httpResponseRecordsStatusCodes === null;
  return judging === null && isUsual ? null : { judging, records, recordStatuses };
}

interface JudgingKeys {
  readonly success: 'httpResponseSuccessWhen' | 'httpResponseRecordsSuccessWhen';
  readonly failureStatus: 'httpResponseFailureStatus' | 'httpResponseRecordsFailureStatus';
  readonly successKey: string;
  readonly failureStatusKey: string;
  readonly family: string;
  readonly format: Format<Rule>;
}

const WHOLE: JudgingKeys = {
  success: 'httpResponseSuccessWhen',
  failureStatus: 'httpResponseFailureStatus',
  successKey: 'http.response.success.when',
  failureStatusKey: 'http.response.failure.status',
  family: WHOLE_FAMILY,
  format: answerRule,
};
const ITEM: JudgingKeys = {
  success: 'httpResponseRecordsSuccessWhen',
  failureStatus: 'httpResponseRecordsFailureStatus',
  successKey: 'http.response.records.success.when',
  failureStatusKey: 'http.response.records.failure.status',
  family: ITEM_FAMILY,
  format: itemRule,
};

function readJudging(section: ConnectorSection, keys: JudgingKeys, findings: Findings): JudgingConfig | null {
  const success = section.values[keys.success];
  const failures = readFailures(section, keys, findings);
  if (success === null) {
    noteIdle(section, [keys.failureStatusKey], `there is no ${keys.successKey}`, findings);
    if (failures.length === 0) return null;
  }
  return { success, failures, failureStatus: section.values[keys.failureStatus] };
}

function readFailures(
  section: ConnectorSection,
  { family, format }: JudgingKeys,
  findings: Findings,
): JudgingConfig['failures'] {
  const failures: { status: number; rule: Rule }[] = [];
  for (const [name, { text, origin, placeholder }] of section.family(family)) {
    const status = /^[45]\d\d$/.test(name) ? Number(name) : null;
    if (status === null) {
      findings.fault(
        'invalid',
        origin,
        `must end in the status that such an answer counts as, 400 to 599: ${family}503`,
      );
      continue;
    }
    try {
      failures.push({ status, rule: readValue(format, text) });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      findings.fault('invalid', origin, placeholder === null ? error.message : error.discreet);
    }
  }
  return failures.sort((a, b) => a.status - b.status);
}

function readRecords(section: ConnectorSection, findings: Findings): RecordsConfig {
  const { values, origin } = section;
  const { httpResponseRecords: kind } = values;
  if (kind !== 'custom') {
    const members = [...section.family(ITEM_FAMILY).keys()].map(name => ITEM_FAMILY + name);
    noteIdle(section, [...CUSTOM_KEYS, ...members], `http.response.records is ${kind}`, findings);
    return { kind };
  }
  const judging = readJudging(section, ITEM, findings);
  const status = values.httpResponseRecordsStatus;
  const statusKey = 'http.response.records.status';
  // What is written and can not be read is a fault already.
  const isWritten = ([key, { text }]: readonly [key: string, written: Written]): boolean =>
    trim(text) !== '' && (key === statusKey || key === ITEM.successKey || key.startsWith(ITEM_FAMILY));
  if (status === null && judging === null && ![...section.meant].some(isWritten)) {
    const message = `is custom and needs ${statusKey} or ${ITEM.successKey}: nothing else tells what an item says`;
    findings.fault('missing', origin('http.response.records'), message);
  }
  const items = values.httpResponseRecordsPointer ?? [];
  return { kind, items, place: readPlace(section, findings), status, judging };
}

function readPlace(section: ConnectorSection, findings: Findings): RecordPlace {
  const { values, origin } = section;
  const { httpResponseRecordsIndex: index, httpResponseRecordsId: id } = values;
  if (index !== null && id !== null) {
    const message = 'and http.response.records.index exclude each other: keep one of them';
    findings.fault('conflict', origin('http.response.records.id'), message);
  }
  if (index === null) {
    noteIdle(section, ['http.response.records.index.first'], 'there is no http.response.records.index', findings);
  }
  if (index !== null) return { by: 'index', pointer: index, first: values.httpResponseRecordsIndexFirst };
  return id === null ? { by: 'position' } : { by: 'id', pointer: id };
}

function readRecordStatuses({ values, inFile }: ConnectorSection, findings: Findings): readonly StatusRange[] {
  const { httpResponseRecords: kind, httpResponseRecordsStatusCodes: written } = values;
  if (kind !== 'none') return written ?? STATUSES[kind];
  const key = inFile('http.response.records.status.codes');
  if (key !== null) findings.note('ignored', key.origin, 'http.response.records is none');
  return [];
}

/** A status that says no, and confirms: where that was not meant, records are lost. */
function noteLenient({ values, origin }: ConnectorSection, findings: Findings): void {
  const highest = values.httpResponseSuccessCodes.reduce((most, [, to]) => Math.max(most, to), 0);
  if (highest < 300) return;
  const text = `lets statuses beyond 299 confirm, up to ${highest}: what an endpoint refuses with one of them is not sent again`;
  findings.note('remark', origin('http.response.success.codes'), text);
}

const STATUSES_OF_ANSWERS = Array.from({ length: 400 }, (_, i) => 200 + i);

function isWithin(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(([from, to]) => status >= from && status <= to);
}

/** Rules are about answers that confirm and are not read record by record. */
function noteUnasked(
  section: ConnectorSection,
  judging: JudgingConfig | null,
  recordStatuses: readonly StatusRange[],
  findings: Findings,
): void {
  if (judging === null) return;
  const confirming = section.values.httpResponseSuccessCodes;
  const asked = STATUSES_OF_ANSWERS.some(status => isWithin(status, confirming) && !isWithin(status, recordStatuses));
  if (asked) return;
  const members = [...section.family(WHOLE_FAMILY).keys()].map(name => WHOLE_FAMILY + name);
  const why =
    'every status that confirms is of http.response.records.status.codes, whose answers are read record by record';
  noteIdle(section, ['http.response.success.when', 'http.response.failure.status', ...members], why, findings);
}
