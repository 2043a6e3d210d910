import { ANSWERS } from './planted/answers.ts';
import { ATTEMPTS } from './planted/attempts.ts';
import { BAD_RECORDS, REPORTS_OF_OUTCOMES } from './planted/bad-records.ts';
import { BROKER } from './planted/broker.ts';
import type { PlantedBug } from './planted/bug.ts';
import { COMMITS } from './planted/commits.ts';
import { ENDING } from './planted/ending.ts';
import { ENDPOINTS } from './planted/endpoints.ts';
import { ISOLATION } from './planted/isolation.ts';
import { LOOPS } from './planted/loop.ts';
import { ORDER } from './planted/order.ts';
import { READING } from './planted/reading.ts';
import { REBALANCES } from './planted/rebalance.ts';
import { ROUTES } from './planted/routes.ts';
import { TOPIC_BUGS } from './planted/topics.ts';
import { TRANSFORMS } from './planted/transforms.ts';

/** Every planted bug: add one to its area's list, or an area here. */
export const PLANTED: readonly PlantedBug[] = [
  ...COMMITS,
  ...REBALANCES,
  ...ANSWERS,
  ...ATTEMPTS,
  ...ORDER,
  ...BAD_RECORDS,
  ...REPORTS_OF_OUTCOMES,
  ...TRANSFORMS,
  ...READING,
  ...ENDING,
  ...ISOLATION,
  ...ROUTES,
  ...ENDPOINTS,
  ...TOPIC_BUGS,
  ...BROKER,
  ...LOOPS,
];
