import { bug, type PlantedBug } from './bug.ts';

/** Records that a transform changes or drops, or that are passed over for what they are. */
export const TRANSFORMS: readonly PlantedBug[] = [
  bug('a record that a transform drops is sent', [
    'worker/task/order/slice-queue.js',
    'if ((flags & (FLAG_FAULT | FLAG_FILTERED)) === 0)',
    'if ((flags & FLAG_FAULT) === 0)',
  ]),
  bug('a record that a transform drops gets no verdict', [
    'worker/task/intake/intake.js',
    'this.#parts.skip(assignment.lane, slice);',
    '',
  ]),
  bug('a value that is no JSON and to be passed over is refused', [
    'connector/converters/value-policy.js',
    "if (onText === 'ignore')\n                    draft.skip(index);",
    '',
  ]),
  bug('a value that is no JSON and to be passed over is sent', [
    'connector/converters/value-policy.js',
    "if (onText === 'ignore')\n                    draft.skip(index);",
    "if (onText === 'ignore')\n                    draft.keep(index, 0);",
  ]),
  bug('a dead letter carries what a transform made of the record', [
    'connector/converters/pipeline.js',
    'const original = read.original ?? read;',
    'const original = undefined;',
  ]),
  bug('a member that a transform renames keeps its name', ['connector/plan/entries.js', 'this.name[entry] = -1;', '']),
  bug('a record that a transform drops by plan has no value', [
    'connector/converters/pipeline.js',
    'return plan.record === null ? FLAG_FILTERED : FLAG_NULL;',
    'return FLAG_NULL;',
  ]),
];
