import type { TransformSettings } from '../../config/transforms/types.ts';
import type { PredicateConfig, TransformConfig } from '../../config/types.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { createCast } from './cast.ts';
import { createDropHeaders } from './drop-headers.ts';
import { createExtractField } from './extract-field.ts';
import { createFilter } from './filter.ts';
import { createFlatten } from './flatten.ts';
import { createHeaderFrom } from './header-from.ts';
import { createHoistField } from './hoist-field.ts';
import { createInsertField } from './insert-field.ts';
import { createInsertHeader } from './insert-header.ts';
import { createJsonPatch } from './json-patch.ts';
import { createMaskField } from './mask-field.ts';
import { createPredicate } from './predicates.ts';
import { createRegexRouter } from './regex-router.ts';
import { createReplaceField } from './replace-field.ts';
import { createSetSchemaMetadata } from './set-schema-metadata.ts';
import { createTimestampConverter } from './timestamp-converter.ts';
import { createTimestampRouter } from './timestamp-router.ts';
import type { Apply } from './transformation.ts';
import { createValueToKey } from './value-to-key.ts';

/**
 * The transforms of a connector, in order, each with its predicate.
 * @param now milliseconds since the epoch, for texts with two-digit years
 */
export function createTransforms(
  transforms: readonly TransformConfig[],
  now: () => number,
): readonly RecordTransformation[] {
  return transforms.map(({ className, settings, predicate }) => {
    const apply = createTransform(settings, now);
    return {
      className,
      needsKey: 'part' in settings && settings.part === 'key',
      needsHeaders: predicate?.settings.kind === 'HasHeaderKey',
      apply: predicate === null ? apply : applyWhere(predicate, apply),
    };
  });
}

function applyWhere({ settings, negate }: PredicateConfig, apply: Apply): Apply {
  const test = createPredicate(settings);
  return record => (test(record) === negate ? record : apply(record));
}

function createTransform(settings: TransformSettings, now: () => number): Apply {
  switch (settings.kind) {
    case 'Cast':
      return createCast(settings);
    case 'DropHeaders':
      return createDropHeaders(settings);
    case 'ExtractField':
      return createExtractField(settings);
    case 'Filter':
      return createFilter();
    case 'Flatten':
      return createFlatten(settings);
    case 'HeaderFrom':
      return createHeaderFrom(settings);
    case 'HoistField':
      return createHoistField(settings);
    case 'InsertField':
      return createInsertField(settings);
    case 'InsertHeader':
      return createInsertHeader(settings);
    case 'JsonPatch':
      return createJsonPatch(settings.operations);
    case 'MaskField':
      return createMaskField(settings);
    case 'RegexRouter':
      return createRegexRouter(settings);
    case 'ReplaceField':
      return createReplaceField(settings);
    case 'SetSchemaMetadata':
      return createSetSchemaMetadata(settings);
    case 'TimestampConverter':
      return createTimestampConverter(settings, now);
    case 'TimestampRouter':
      return createTimestampRouter(settings);
    case 'ValueToKey':
      return createValueToKey(settings);
  }
}
