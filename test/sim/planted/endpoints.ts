import { bug, type PlantedBug } from './bug.ts';

const SINK = 'connector/http/endpoints-sink.js';
const INTAKE = 'worker/task/intake/intake.js';
const TURNS = 'connector/http/turns.js';

/** Where there are several endpoints: whose records go where, as what, and who waits for whom. */
export const ENDPOINTS: readonly PlantedBug[] = [
  bug('every record goes to the first endpoint', [
    SINK,
    'return this.#endpoints[first];',
    'return this.#endpoints[0];',
  ]),
  bug(
    'batches mix endpoints',
    [SINK, 'if (first === undefined || others.length > 0)', 'if (first === undefined)'],
    [
      'worker/task/order/roster.js',
      'this.#ready[this.#endpointOf(assignment.topic)].place(lane)',
      'this.#ready[0].place(lane)',
    ],
  ),
  bug('a portion keeps the separator of the reader', [
    INTAKE,
    'format.separator;',
    'format.separator && block.separator;',
  ]),
  bug('a portion’s records are taken at their old places', [
    INTAKE,
    'const by = portion.startOf(run) - run.start;',
    'const by = 0;',
  ]),
  bug('what one endpoint is waiting for keeps the turn of another', [
    'connector/http/sink.js',
    'taken = leave(taken);',
    'taken = null;',
  ]),
  bug('a limit of each endpoint on its own', [TURNS, 'this.#inFlight < this.#limit', 'true']),
  bug('an endpoint out of order may have all of the buffer', [
    INTAKE,
    'return held > 0 && held > (full ? most / 2 : most);',
    'return false;',
  ]),
];
