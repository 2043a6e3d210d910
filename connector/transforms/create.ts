import type { TransformSettings } from '../../config/transforms/types.ts';
import type { PredicateConfig, TransformConfig } from '../../config/types.ts';
import type { MemberStep, PlannedStep } from '../data/member-step.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { castStep, createCast } from './cast.ts';
import { createDropHeaders } from './drop-headers.ts';
import { createExtractField, extractStep } from './extract-field.ts';
import { createFilter } from './filter.ts';
import { createFlatten, flattenStep } from './flatten.ts';
import { createHeaderFrom, headerFromStep } from './header-from.ts';
import { createHoistField, hoistStep } from './hoist-field.ts';
import { createInsertField, insertStep } from './insert-field.ts';
import { createInsertHeader } from './insert-header.ts';
import { createJsonPatch } from './json-patch.ts';
import { createMaskField, maskStep } from './mask-field.ts';
import { createPredicate, type Predicate } from './predicates.ts';
import { createRegexRouter } from './regex-router.ts';
import { createReplaceField, replaceStep } from './replace-field.ts';
import { createSetSchemaMetadata } from './set-schema-metadata.ts';
import { createTimestampConverter, timestampStep } from './timestamp-converter.ts';
import { createTimestampRouter } from './timestamp-router.ts';
import type { Apply } from './transformation.ts';
import { createValueToKey, valueToKeyStep } from './value-to-key.ts';

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
    const isFor = predicate === null ? null : predicateOf(predicate);
    const step = stepOf(settings, apply, now);
    const planned: PlannedStep | null = step && { step, when: isFor };
    return {
      className,
      needsKey: 'part' in settings && settings.part === 'key',
      needsHeaders: predicate?.settings.kind === 'HasHeaderKey',
      planned,
      apply: isFor === null ? apply : record => (isFor(record) ? apply(record) : record),
    };
  });
}

function predicateOf({ settings, negate }: PredicateConfig): Predicate {
  const test = createPredicate(settings);
  return record => test(record) !== negate;
}

/** @returns null where it can't be said by names of members */
function stepOf(settings: TransformSettings, apply: Apply, now: () => number): MemberStep | null {
  if ('part' in settings && settings.part === 'key') return { kind: 'beside', apply };
  switch (settings.kind) {
    case 'Cast':
      return castStep(settings);
    case 'DropHeaders':
    case 'Filter':
    case 'InsertHeader':
    case 'RegexRouter':
    case 'TimestampRouter':
      return { kind: 'beside', apply };
    case 'ExtractField':
      return extractStep(settings);
    case 'Flatten':
      return flattenStep(settings);
    case 'HeaderFrom':
      return headerFromStep(settings);
    case 'HoistField':
      return hoistStep(settings);
    case 'InsertField':
      return insertStep(settings);
    case 'MaskField':
      return maskStep(settings);
    case 'ReplaceField':
      return replaceStep(settings);
    case 'TimestampConverter':
      return timestampStep(settings, now);
    case 'ValueToKey':
      return valueToKeyStep(settings);
    case 'JsonPatch':
    case 'SetSchemaMetadata':
      return null;
  }
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
