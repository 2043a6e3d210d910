import { bug, type PlantedBug } from './bug.ts';

const DECIDE = 'connector/http/decide.js';
const DELIVERY = 'connector/http/delivery.js';
const LIMITS = 'connector/http/limits.js';

/** How often a request is tried, and what follows. */
export const ATTEMPTS: readonly PlantedBug[] = [
  bug('a request is given up an attempt too early', [LIMITS, 'outages >= most', 'outages + 1 >= most']),
  bug('a request is given up an attempt too late', [LIMITS, 'outages >= most', 'outages > most']),
  bug('a park counts as an attempt', [
    DECIDE,
    'const gateMs = gate.refuse(pass, refusal);',
    'const gateMs = gate.refuse(pass, refusal);\n        delivery.tries.outages++;',
  ]),
  bug('a wait for a token counts as an attempt', [DECIDE, ' && attempted.authorization !== null', '']),
  bug('what is given up to fail the task is passed over', [
    DECIDE,
    "onExhausted === 'fail';",
    "onExhausted === 'none';",
  ]),
  bug('what is given up counts as delivered', [
    DELIVERY,
    "for (const part of rejected)\n            this.#settle({ kind: 'rejected', ...part, ...rejection });",
    "for (const part of rejected)\n            this.#settle({ kind: 'delivered', ...part, answer: { status: 200, ms: 0, attempt: 1 } });",
  ]),
  bug('of what is given up the first record alone has a verdict', [
    DELIVERY,
    'const rejected = this.#haltOnReject ? section(parts, 0, 1) : parts;',
    'const rejected = section(parts, 0, 1);',
  ]),
  bug("a record's fault is not tried again", [LIMITS, 'tries.repeats + 1 < config.mostRetried', 'false']),
  bug("a record's fault is tried again in each half", [
    DELIVERY,
    'this.#halve({ parts, halved: true })',
    'this.#halve({ parts, halved: false })',
  ]),
];
