import { isNothing, isObject, own } from './members.ts';
import { allTaken, inOrder, type RecordMapper, type RecordStatus } from './record-answers.ts';

const OPERATIONS = new Set(['index', 'create', 'update', 'delete']);
const NOT_FOUND = 404;
const CONFLICT = 409;
/** What a document that can not be updated counts as: 404 would say that there is no such index. */
const UNPROCESSABLE = 422;

/**
 * The bulk API of Elasticsearch and OpenSearch: `items` has one member each, named as the operation, with a `status` of its own.
 * `filter_path=errors` leaves only `errors`: false says that all was taken.
 */
export const readBulk: RecordMapper = (answer, { records }) => {
  if (!isObject(answer)) return null;
  const errors = own(answer, 'errors');
  const items = own(answer, 'items');
  if (typeof errors !== 'boolean') return null;
  if (items === undefined) return errors ? null : allTaken(records);
  const ordered = Array.isArray(items) ? inOrder<unknown>(items, records, (_, position) => position) : null;
  if (ordered === null) return null;
  const statuses = ordered.map(item => readItem(item, errors));
  return statuses.every(status => status !== null) ? { statuses, itemOf: index => ordered[index] } : null;
};

/** @param mayFail what the answer says of its items as a whole: an error beside `errors: false` is a contradiction */
function readItem(item: unknown, mayFail: boolean): RecordStatus | null {
  if (!isObject(item)) return null;
  const [operation, ...more] = Object.keys(item);
  if (operation === undefined || more.length > 0 || !OPERATIONS.has(operation)) return null;
  const result = own(item, operation);
  const status = isObject(result) ? own(result, 'status') : null;
  if (!isObject(result) || typeof status !== 'number' || !Number.isInteger(status)) return null;
  const error = own(result, 'error');
  const failed = !isNothing(error);
  if (failed && (!mayFail || status < 300)) return null;
  if (operation === 'delete' && status === NOT_FOUND && !failed) return 'taken';
  if (operation === 'create' && status === CONFLICT && typeOf(error) === 'version_conflict_engine_exception')
    return 'taken';
  if (status === NOT_FOUND && typeOf(error) === 'document_missing_exception') return UNPROCESSABLE;
  return status;
}

function typeOf(error: unknown): unknown {
  return isObject(error) ? own(error, 'type') : null;
}
