import { type Entry, isNothing, isObject, own, statusOf } from './members.ts';
import { allTaken, inOrder, type RecordAnswers, type RecordMapper, type RecordStatus } from './record-answers.ts';

const OK = 200;
/** What only a refusal has (the problem details of RFC 9457, and Adobe's own). */
const COMPLAINTS = ['message', 'error', 'errors', 'title', 'report'];

/**
 * Adobe Experience Platform's collection API. A batch is answered with `responses`, one for each message, in order: of one that
 * was taken `{"xactionId": …}`, of one that was not with `status` or `statusCode`, a number or a text, with or without `xactionId`.
 * A single message is answered 200 with an `xactionId` of its own.
 */
export const readAep: RecordMapper = (answer, { records }, status) => {
  if (!isObject(answer)) return null;
  const responses = own(answer, 'responses');
  if (responses === undefined && status === OK && records === 1) return isTaken(answer) ? allTaken(1) : null;
  if (!Array.isArray(responses) || !responses.every(isObject)) return null;
  return readResponses(responses, records);
};

function readResponses(responses: readonly Entry[], records: number): RecordAnswers | null {
  const claims = responses.map(claimOf);
  const allClaim = claims.every(claim => claim !== null);
  const ordered = inOrder(responses, records, (_, position) => {
    const claim = claims[position]!;
    return allClaim ? claim : claim === null || claim === position ? position : null;
  });
  if (ordered === null) return null;
  const statuses = ordered.map(readStatus);
  return statuses.every(one => one !== null) ? { statuses, itemOf: index => ordered[index] } : null;
}

/**
 * The index behind the last hyphen of an `xactionId`, which is what Adobe's own connector goes by. What stands behind the last
 * colon is no index: in Adobe's documentation the first of four entries has a 3 there.
 */
function claimOf(entry: Entry): number | null {
  const id = own(entry, 'xactionId');
  const index = typeof id === 'string' ? /-(\d{1,9})$/.exec(id) : null;
  return index === null ? null : Number(index[1]);
}

function readStatus(entry: Entry): RecordStatus | null {
  const written = [own(entry, 'status'), own(entry, 'statusCode')].filter(value => !isNothing(value));
  if (written.length === 0) return isTaken(entry) ? 'taken' : null;
  const statuses = written.map(statusOf);
  return statuses.every(status => status === statuses[0]) ? statuses[0]! : null;
}

function isTaken(entry: Entry): boolean {
  if (['status', 'statusCode', ...COMPLAINTS].some(name => !isNothing(own(entry, name)))) return false;
  const id = own(entry, 'xactionId');
  return typeof id === 'string' && id !== '';
}
