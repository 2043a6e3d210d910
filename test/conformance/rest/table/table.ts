import type { Scenario } from '../step.ts';
import { CONNECTORS, UNREACHABLE } from './connectors.ts';
import { LOGGERS } from './loggers.ts';
import { OFFSETS } from './offsets.ts';
import { PLUGINS } from './plugins.ts';
import { ROOT } from './root.ts';
import { STATES } from './states.ts';

/** Every request that both workers are asked, in order: a later scenario finds what an earlier one left, which is nothing. */
export const TABLE: readonly Scenario[] = [
  ...ROOT,
  ...CONNECTORS,
  ...STATES,
  ...OFFSETS,
  ...PLUGINS,
  ...LOGGERS,
  UNREACHABLE,
];
