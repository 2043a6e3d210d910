import type { PredicateConfig, TransformConfig } from '../../config/types.ts';
import type { LogRecord } from './log.ts';
import type { SeededRandom } from './random.ts';

/** A connector's transforms, and what they must make of a record: told here anew, not asked of them. */
export interface Chain {
  readonly transforms: readonly TransformConfig[];
  /** How often a record is one that the chain drops. */
  readonly drops: number;
  /** The value as it must be sent. */
  readonly sent: (record: LogRecord) => string;
}

/** The header of a record that is to be dropped, and that of any other: each is enough to tell them apart. */
export const DROP = 'drop';
export const KEEP = 'keep';

const NO_CHAIN: Chain = { transforms: [], drops: 0, sent: ({ text }) => text };

const ON_VALUE = { part: 'value', replaceNullWithDefault: true } as const;
const RENAME: TransformConfig = {
  alias: 'rename',
  className: 'org.apache.kafka.connect.transforms.ReplaceField$Value',
  settings: { kind: 'ReplaceField', ...ON_VALUE, exclude: [], include: [], renames: [['x', 'padding']] },
  predicate: null,
};
const INSERT: TransformConfig = {
  alias: 'insert',
  className: 'org.apache.kafka.connect.transforms.InsertField$Value',
  settings: {
    kind: 'InsertField',
    ...ON_VALUE,
    topic: null,
    partition: null,
    offset: { name: 'o', optional: false },
    timestamp: null,
    static: null,
  },
  predicate: null,
};

export function drawChain(random: SeededRandom): Chain {
  if (!random.chance(0.25)) return NO_CHAIN;
  const transforms = [RENAME, INSERT].filter(() => random.chance(0.6));
  const renamed = transforms.includes(RENAME);
  const inserted = transforms.includes(INSERT);
  const drops = random.chance(0.8) ? random.pick([0.03, 0.3]) : 0;
  if (drops > 0) transforms.splice(random.int(0, transforms.length), 0, filter(random));
  return transforms.length === 0 ? NO_CHAIN : { transforms, drops, sent: record => sent(record, renamed, inserted) };
}

function filter(random: SeededRandom): TransformConfig {
  const negate = random.chance(0.5);
  const predicate: PredicateConfig = {
    alias: 'marked',
    className: 'org.apache.kafka.connect.transforms.predicates.HasHeaderKey',
    settings: { kind: 'HasHeaderKey', name: negate ? KEEP : DROP },
    negate,
  };
  const className = 'org.apache.kafka.connect.transforms.Filter';
  return { alias: 'filter', className, settings: { kind: 'Filter' }, predicate };
}

/** As it was written but for what is changed: a member that is renamed stands right behind its comma, a new one behind all others. */
function sent({ text, offset }: LogRecord, renamed: boolean, inserted: boolean): string {
  const named = renamed ? text.replace(/\n?"x":/, '"padding":') : text;
  return inserted ? `${named.slice(0, -1)},"o":${offset}}` : named;
}
