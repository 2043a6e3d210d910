import type { Findings } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { BatchConfig, ConverterConfig, ValuesConfig } from './types.ts';

const ENVELOPE_KEYS = ['batch.envelope.prefix', 'batch.envelope.suffix'];
const TARGET_KEY = 'batch.target.bytes';
const JOINED_KEYS = ['batch.prefix', 'batch.separator', 'batch.suffix'];

export function readBatch(section: ConnectorSection, converter: ConverterConfig, findings: Findings): BatchConfig {
  const { values, origin, wrote } = section;
  const { batchFormat: format, batchEnvelopePrefix: envelopePrefix, batchEnvelopeSuffix: envelopeSuffix } = values;
  const { batchPrefix: prefix, batchSuffix: suffix } = values;
  if (format === 'single' && wrote('batch.max.records') && values.batchMaxRecords > 1) {
    findings.note('ignored', origin('batch.max.records'), 'with batch.format=single a request carries one record');
  }
  const why = `batch.format is ${format}`;
  if (format !== 'envelope') noteIdle(section, ENVELOPE_KEYS, why, findings);
  if (format !== 'joined') noteIdle(section, JOINED_KEYS, why, findings);
  if (format === 'envelope' && Buffer.byteLength(envelopePrefix + envelopeSuffix) >= values.batchMaxBytes) {
    findings.fault('conflict', origin('batch.max.bytes'), 'leaves no room for a record beside the envelope: raise it');
  }
  if (format === 'joined' && Buffer.byteLength(prefix + suffix) >= values.batchMaxBytes) {
    const text = 'leaves no room for a record beside batch.prefix and batch.suffix: raise it';
    findings.fault('conflict', origin('batch.max.bytes'), text);
  }
  return {
    format,
    maxRecords: format === 'single' ? 1 : values.batchMaxRecords,
    maxBytes: values.batchMaxBytes,
    targetBytes: readTarget(section, findings),
    lingerMs: values.batchLingerMs,
    envelopePrefix,
    envelopeSuffix,
    prefix,
    separator: values.batchSeparator,
    suffix,
    content: contentOf(section, converter),
  };
}

/** A target that is never reached is none. */
function readTarget(section: ConnectorSection, findings: Findings): number | null {
  const { batchFormat: format, batchMaxBytes: most, batchTargetBytes: target } = section.values;
  if (target === null) return null;
  const idle = format === 'single' ? 'with batch.format=single a request carries one record' : null;
  const why = idle ?? (target >= most ? `a body is full at batch.max.bytes, ${most}` : null);
  if (why === null) return target;
  noteIdle(section, [TARGET_KEY], why, findings);
  return null;
}

function contentOf({ values }: ConnectorSection, { kind }: ConverterConfig): BatchConfig['content'] {
  if (values.httpBodyJson !== null) return 'json';
  if (kind === 'string' || values.httpBodyTemplate !== null) return 'text';
  return kind === 'bytes' ? 'bytes' : 'json';
}

export function readValues(section: ConnectorSection, converter: ConverterConfig, findings: Findings): ValuesConfig {
  const { values } = section;
  if (converter.kind !== 'json') {
    noteIdle(section, ['behavior.on.text.values'], 'only JsonConverter refuses what is no JSON', findings);
  }
  return {
    onNull: values.onNullValues,
    onEmpty: values.onEmptyValues,
    onJsonNull: values.onJsonNullValues,
    onText: converter.kind === 'json' ? values.onTextValues : 'fail',
    onScalar: values.onScalarValues,
    onArray: values.onArrayValues,
  };
}
