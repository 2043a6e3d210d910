import { isNothing, isObject, own } from './members.ts';
import { inOrder, type RecordMapper, type RecordStatus } from './record-answers.ts';

/** Where each API has its entries, how many of them failed, and what an entry has that was taken. */
const APIS = [
  { items: 'Records', failed: 'FailedRecordCount', taken: 'SequenceNumber' },
  { items: 'RequestResponses', failed: 'FailedPutCount', taken: 'RecordId' },
  { items: 'Entries', failed: 'FailedEntryCount', taken: 'EventId' },
] as const;

/**
 * Error codes as statuses of HTTP. What is not listed (the access to a key, say) is no record's fault, and may pass as far as
 * anybody knows.
 */
const CODES: ReadonlyMap<string, number> = new Map([
  ['ProvisionedThroughputExceededException', 429],
  ['ThrottlingException', 429],
  ['InternalFailure', 500],
  ['ServiceUnavailableException', 503],
  ['NotAuthorizedForSourceException', 403],
  ['NotAuthorizedForDetailTypeException', 403],
  ['InvalidArgument', 400],
  ['InvalidArgumentException', 400],
  ['MalformedDetail', 400],
]);
const UNKNOWN_CODE = 500;

/** PutRecords of Kinesis, PutRecordBatch of Firehose and PutEvents of EventBridge: entries in the order of the request. */
export const readKinesis: RecordMapper = (answer, { records }) => {
  if (!isObject(answer)) return null;
  const found = APIS.filter(({ items }) => own(answer, items) !== undefined);
  const [api] = found;
  if (api === undefined || found.length > 1) return null;
  const items = own(answer, api.items);
  const ordered = Array.isArray(items) ? inOrder<unknown>(items, records, (_, position) => position) : null;
  if (ordered === null) return null;
  const statuses = ordered.map(item => readEntry(item, api.taken));
  if (!statuses.every(status => status !== null)) return null;
  const failed = statuses.filter(status => status !== 'taken').length;
  return own(answer, api.failed) === failed ? { statuses, itemOf: index => ordered[index] } : null;
};

function readEntry(entry: unknown, taken: string): RecordStatus | null {
  if (!isObject(entry)) return null;
  const code = own(entry, 'ErrorCode');
  const id = own(entry, taken);
  if (isNothing(code) || code === '') return typeof id === 'string' && id !== '' ? 'taken' : null;
  if (typeof code !== 'string' || (!isNothing(id) && id !== '')) return null;
  return CODES.get(code) ?? UNKNOWN_CODE;
}
