import type { AttemptsConfig } from './answer-types.ts';
import type { Findings } from './findings.ts';
import type { StatusRange } from './schema/formats.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';

/** Statuses that may be about a record, but for the one about its size. */
const OF_RECORDS = Array.from({ length: 100 }, (_, i) => 400 + i).filter(status => status !== 413);

/** Null where requests are repeated for as long as the endpoint is out of order, and for nothing else. */
export function readAttempts(section: ConnectorSection, findings: Findings): AttemptsConfig | null {
  const { values } = section;
  const { deliveryMaxAttempts: most, deliveryOnExhausted: onExhausted } = values;
  const retryStatuses = readRetryStatuses(section, findings);
  if (most === 0) noteIdle(section, ['delivery.on.exhausted'], 'delivery.max.attempts sets no limit', findings);
  else if (onExhausted === 'error') warnOfOutages(section, findings);
  if (most === 0 && retryStatuses.length === 0) return null;
  return { most, onExhausted, retryStatuses, mostRetried: values.httpResponseRetryMaxAttempts };
}

function readRetryStatuses(section: ConnectorSection, findings: Findings): readonly StatusRange[] {
  const { values, origin } = section;
  const { httpResponseRetryCodes: codes } = values;
  if (codes === null) {
    const why = 'no http.response.retry.codes are written';
    noteIdle(section, ['http.response.retry.max.attempts'], why, findings);
    return [];
  }
  if (values.httpResponseRetryMaxAttempts === 1) {
    const why = 'http.response.retry.max.attempts is 1, and the first attempt counts';
    findings.note('ignored', origin('http.response.retry.codes'), why);
    return [];
  }
  if (!OF_RECORDS.some(status => isWithin(status, codes))) {
    const why =
      'of the statuses in it none is about a record: 413 is as large the next time, others are repeated or park anyway';
    findings.note('ignored', origin('http.response.retry.codes'), why);
    return [];
  }
  const confirming = values.httpResponseSuccessCodes;
  if (OF_RECORDS.every(status => !isWithin(status, codes) || isWithin(status, confirming))) {
    const why = 'http.response.success.codes lets the statuses in it confirm';
    findings.note('ignored', origin('http.response.retry.codes'), why);
    return [];
  }
  return codes;
}

function isWithin(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(([from, to]) => status >= from && status <= to);
}

/** An outage costs nothing by itself; the user lets it cost records. */
function warnOfOutages({ values, origin }: ConnectorSection, findings: Findings): void {
  if (values.errorsTolerance === 'none') return;
  const { deadLetterTopic: topic, deliveryMaxAttempts: most } = values;
  const times = most === 1 ? 'once' : `${most} times`;
  const fate = topic === null ? 'are skipped, since there is no dead letter topic, and lost' : `go to ${topic}`;
  const text = `lets an outage of the endpoint cost records: those that were sent ${times} in vain ${fate}, and are committed`;
  findings.note('warning', origin('delivery.on.exhausted'), text);
}
