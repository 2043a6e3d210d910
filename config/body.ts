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
  const isText = kind === 'string' && values.onStringValues !== 'json';
  if (isText || values.httpBodyTemplate !== null || values.writtenValues === 'java') return 'text';
  return kind === 'bytes' ? 'bytes' : 'json';
}

export function readValues(section: ConnectorSection, converter: ConverterConfig, findings: Findings): ValuesConfig {
  const { values } = section;
  if (converter.kind !== 'json') {
    noteIdle(section, ['behavior.on.text.values'], 'only JsonConverter refuses what is no JSON', findings);
  }
  checkForms(section, findings);
  const isReplaced = values.replacePatterns !== '' && values.httpBodyJson === null && values.httpBodyTemplate === null;
  if (isReplaced && converter.kind === 'bytes') {
    const what = 'looks through texts, and values are bytes: take StringConverter as value.converter';
    findings.fault('conflict', section.origin('http.body.replace.patterns'), what);
  }
  return {
    onNull: values.onNullValues,
    onEmpty: values.onEmptyValues,
    onJsonNull: values.onJsonNullValues,
    onText: converter.kind === 'json' ? values.onTextValues : 'fail',
    onScalar: values.onScalarValues,
    onArray: values.onArrayValues,
    onOther: values.onOtherValues,
    onString: values.onStringValues,
    written: values.writtenValues,
  };
}

/** Raw strings and Java's texts need a body that holds any text; templates have a form of their own. */
function checkForms(section: ConnectorSection, findings: Findings): void {
  const { values, origin, wrote } = section;
  const { batchFormat: format } = values;
  const template =
    values.httpBodyJson !== null ? 'http.body.json' : values.httpBodyTemplate !== null ? 'http.body.template' : null;
  const forms = {
    'behavior.on.string.values': values.onStringValues === 'raw' ? 'raw' : null,
    'http.body.values': values.writtenValues === 'java' ? 'java' : null,
  };
  for (const [key, form] of Object.entries(forms)) {
    if (form === null) continue;
    if (format !== 'single' && format !== 'joined') {
      const what = `${form} makes texts, which batch.format=${format} can not hold: take single or joined`;
      findings.fault('conflict', origin(key), what);
    } else if (template !== null && form === 'raw') {
      findings.note('ignored', origin(key), `${template} says how values are written`);
    } else if (template !== null) {
      findings.fault('conflict', origin(key), `and ${template} exclude each other: macros see values as JSON`);
    }
  }
  if (forms['http.body.values'] === null) return;
  if (wrote('behavior.on.string.values') && values.onStringValues !== 'raw') {
    const why = 'http.body.values=java writes strings as their texts';
    findings.note('ignored', origin('behavior.on.string.values'), why);
  }
  for (const key of ['behavior.on.scalar.values', 'behavior.on.array.values']) {
    const action = key === 'behavior.on.scalar.values' ? values.onScalarValues : values.onArrayValues;
    if (action === 'send') continue;
    findings.fault('conflict', origin(key), 'looks at values as JSON: leave it out with http.body.values=java');
  }
}
