import type { JsonConverterConfig, ValuesConfig } from '../../config/types.ts';
import type { ConvertersConfig } from '../../connector/converters/choose.ts';

export const JSON_WITH_SCHEMAS: JsonConverterConfig = {
  kind: 'json',
  schemas: true,
  schemaContent: null,
  schemasCacheSize: 1000,
  decimalFormat: 'BASE64',
  replaceNullWithDefault: true,
};

export const JSON_WITHOUT_SCHEMAS: JsonConverterConfig = { ...JSON_WITH_SCHEMAS, schemas: false };

/** Policies as they are when no file names one. */
export const DEFAULT_VALUES: ValuesConfig = {
  onNull: 'fail',
  onEmpty: 'convert',
  onJsonNull: 'null',
  onText: 'fail',
  onScalar: 'send',
  onArray: 'send',
  onOther: 'send',
  onString: 'send',
  written: 'json',
};

/** Converters as they are when no file names one. */
export const PLAIN_JSON: ConvertersConfig = {
  keyConverter: { kind: 'bytes' },
  valueConverter: JSON_WITHOUT_SCHEMAS,
  headerConverter: { kind: 'simple' },
};
