import type { ConnectorConfig } from '../../config/types.ts';
import { type Converter, type ConvertersConfig, createConverter, type ValueFormat } from '../converters/choose.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { createRoute } from './route.ts';

/**
 * What becomes of a connector's records between the reader and the lanes: converters, transforms, and the route where there
 * is one.
 * @param now monotonic milliseconds, for what may take long
 * @throws RangeError for an encoding that this program can not decode; DataException for a `schema.content` that is none
 */
export function createRecordPath(
  config: ConvertersConfig & Pick<ConnectorConfig, 'http'>,
  format: ValueFormat,
  transformations: readonly RecordTransformation[],
  now: () => number,
): Converter {
  const route = createRoute({ ...config, format, now });
  if (route === null) return createConverter(config, format, transformations);
  // How large a value is counts once the body's template is filled in.
  const whole = route.makesBodies ? { bare: false, maxValueBytes: Number.MAX_SAFE_INTEGER } : format;
  const { convert, explain, needs } = createConverter(config, whole, transformations, route.needs);
  return {
    convert: block => route.apply(convert(block)),
    explain,
    needs: {
      ...needs,
      keys: needs.keys || route.needs.keys,
      headers: needs.headers || route.needs.headers,
    },
  };
}
