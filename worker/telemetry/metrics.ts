import { CONNECT_METRICS } from './connect-metrics.ts';
import { OWN_METRICS } from './own-metrics.ts';

/** Every metric of the worker: what `/metrics` shows and what worker/METRICS.md is rendered from. */
export const METRICS = { ...CONNECT_METRICS, ...OWN_METRICS };

export type MetricId = keyof typeof METRICS;
