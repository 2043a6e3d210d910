import type { Scenario } from '../step.ts';
import { CONFIGURATIONS, UNREACHABLE } from './configurations.ts';
import { CONNECTORS } from './connectors.ts';
import { LOGGERS } from './loggers.ts';
import { OFFSETS } from './offsets.ts';
import { PLUGINS } from './plugins.ts';
import { ROOT } from './root.ts';
import { STATES } from './states.ts';

/** Every request that both workers are asked, in order: a later scenario finds what an earlier one left, which is nothing. */
export const TABLE: readonly Scenario[] = [
  ...ROOT,
  ...CONNECTORS,
  ...CONFIGURATIONS,
  ...STATES,
  ...OFFSETS,
  ...PLUGINS,
  ...LOGGERS,
  UNREACHABLE,
];
