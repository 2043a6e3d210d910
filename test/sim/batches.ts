import type { BatchConfig } from '../../config/types.ts';
import type { SeededRandom } from './random.ts';

/** How a connector of a plan fills its requests. */
export function drawBatch(random: SeededRandom): BatchConfig {
  const format = random.pick(['array', 'array', 'ndjson', 'envelope', 'single'] as const);
  return {
    format,
    maxRecords: format === 'single' ? 1 : random.logInt(1, 100),
    maxBytes: random.chance(0.3) ? random.int(200, 1_000) : 100_000,
    targetBytes: drawTarget(random.stream('target')),
    lingerMs: random.pick([0, 5, 20, 500]),
    envelopePrefix: '{"messages":[',
    envelopeSuffix: ']}',
    prefix: '',
    separator: '\n',
    suffix: '',
    content: 'json',
  };
}

/** Above the limit it is never reached. */
function drawTarget(random: SeededRandom): number | null {
  return random.chance(0.2) ? random.logInt(1, 3_000) : null;
}
