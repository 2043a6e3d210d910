import { bug, type PlantedBug } from './bug.ts';

const BATCHER = 'connector/batcher.js';
const ROUTE = 'connector/route/route.js';
const VIEW = 'connector/route/record-view.js';
const QUEUE = 'worker/task/order/slice-queue.js';
const UNGUARDED = [
  'connector/http/parts.js',
  "throw new TypeError('these records do not go to the same place');",
  '',
] as const;

/** Records that say where they go. */
export const ROUTES: readonly PlantedBug[] = [
  bug('a batch ignores where its records go', [BATCHER, 'if (lane.destination !== destination)', 'if (false)']),
  bug(
    'a batch ignores where its records go, and nobody looks',
    [BATCHER, 'if (lane.destination !== destination)', 'if (false)'],
    UNGUARDED,
  ),
  bug('a batch key parts nothing', [
    'connector/route/request-template.js',
    'if (parts.batchKey !== null)',
    'if (false)',
  ]),
  bug(
    'a slice goes on where the destination changes',
    [QUEUE, 'block.destinations === undefined ? add : cutter(block.destinations.of, add)', 'add'],
    UNGUARDED,
  ),
  bug('a stretch keeps a record that is gone', [
    QUEUE,
    'stretch.records -= records;',
    'stretch.records -= records - 1;',
  ]),
  bug('a stretch that is gone is lengthened', [QUEUE, ' || this.#stretches.first === undefined', '']),
  bug('what is copied out forgets where it goes', [
    'connector/isolate.js',
    '...(destinations !== undefined && { destinations: isolateDestinations(destinations, ranges) }),',
    '',
  ]),
  bug('two texts are remembered without their lengths', [
    'connector/route/request-template.js',
    '`${text.length}:${text}`',
    'text',
  ]),
  bug('a tombstone is posted', [ROUTE, "method: 'DELETE', bodiless", "method: 'POST', bodiless"]),
  bug('whatever is not there counts as deleted', ['connector/http/attempt.js', '...(removes ? {', '...(true ? {']),
  bug('a tombstone stays one', [ROUTE, 'FLAG_NULL | FLAG_OVERSIZE);', 'FLAG_OVERSIZE);']),
  bug('a deleted record counts twice', [
    'worker/task/delivery/settlement.js',
    'tally.of(topic)[verdict] += records;',
    'tally.of(topic)[verdict] += slice.block.destinations?.table[slice.block.destinations.of[slice.start]]?.bodiless ? 2 * records : records;',
  ]),
  bug('a value that is not sent is too large', [
    BATCHER,
    'destination?.bodiless === true ? Number.MAX_SAFE_INTEGER : this.#format.maxBytes',
    'this.#format.maxBytes',
  ]),
  bug('flags are changed in the block that was read', [
    ROUTE,
    'this.#flags = this.#block.flags.slice();',
    'this.#flags = this.#block.flags;',
  ]),
  bug('a dead letter carries what a template made of the record', [
    ROUTE,
    'original: block.original ?? block',
    'original: undefined',
  ]),
  bug('a body has a value of the record before', [VIEW, 'this.#valueFound = false;', '']),
  bug('the headers of the record before are passed on', [VIEW, 'this.#headers = null;', '']),
  bug('headers stay with the requests that come after', [
    'connector/http/build.js',
    '{ ...fixed, ...destination?.headers, ...headersOf?.(parts) }',
    'Object.assign(fixed, destination?.headers, headersOf?.(parts))',
  ]),
  bug('of headers with one name the first counts', [
    'connector/route/headers.js',
    'headers.findLast(',
    'headers.find(',
  ]),
  bug("a record's header takes the place of a configured one", [
    'connector/route/headers.js',
    ' || configured.has(name)',
    '',
  ]),
  bug('a body that no request can carry is let by', [ROUTE, 'if (size > this.#parts.maxValueBytes)', 'if (false)']),
  bug('a record that goes nowhere goes where the one before went', [ROUTE, 'this.#flag(index, FLAG_INVALID);', '']),
  bug('all of a run goes where its first record goes', [ROUTE, 'remove === null && body === null && ', '']),
];
