import type { ConnectorConfig, EndpointConfig, ValuesConfig } from '../../config/types.ts';
import type { BodyFormat } from '../batch.ts';
import type { Converter } from '../converters/choose.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { createRecordPath } from './record-path.ts';

/** What becomes of the records of one endpoint, up to their requests. */
export interface EndpointPath {
  readonly format: BodyFormat;
  readonly converter: Converter;
  readonly values: ValuesConfig;
  readonly lingerMs: number;
}

/**
 * The record paths of a connector's endpoints, in their order.
 * @param formats of their bodies
 * @param transforms makes the connector's chain; each path has its own
 * @throws as createRecordPath does
 */
export function createEndpointPaths(
  config: ConnectorConfig,
  endpoints: readonly EndpointConfig[],
  formats: readonly BodyFormat[],
  transforms: () => readonly RecordTransformation[],
  now: () => number,
): readonly EndpointPath[] {
  return endpoints.map(({ http, batch, values }, index) => {
    const format = formats[index]!;
    const converter = createRecordPath({ ...config, http, values }, format, transforms(), now);
    return { format, converter, values, lingerMs: batch.lingerMs };
  });
}
