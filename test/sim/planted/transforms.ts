import { bug, type PlantedBug } from './bug.ts';

/** Records that a transform changes or drops. */
export const TRANSFORMS: readonly PlantedBug[] = [
  bug('a record that a transform drops is sent', [
    'worker/task/order/lane.js',
    'if ((flags & (FLAG_FAULT | FLAG_FILTERED)) === 0)',
    'if ((flags & FLAG_FAULT) === 0)',
  ]),
  bug('a record that a transform drops gets no verdict', [
    'worker/task/intake/intake.js',
    'this.#parts.skip(assignment, slice);',
    '',
  ]),
  bug('a dead letter carries what a transform made of the record', [
    'connector/converters/pipeline.js',
    'const original = block.original ?? block;',
    'const original = undefined;',
  ]),
];
