import type { Findings, Origin } from './errors.ts';
import type { ConnectorSection, WorkerSection } from './section.ts';
import type { ConverterConfig } from './types.ts';

const JSON_CONVERTERS = ['org.apache.kafka.connect.json.JsonConverter', 'JsonConverter', 'Json'];
const STRING_CONVERTERS = ['org.apache.kafka.connect.storage.StringConverter', 'StringConverter', 'String'];

const KEY = 'value.converter';
const SCHEMAS = 'value.converter.schemas.enable';
const ENCODING = 'value.converter.encoding';

/** The connector's converter replaces the worker's together with its sub-keys; JSON without schemas when none is named. */
export function readConverter(worker: WorkerSection, connector: ConnectorSection, findings: Findings): ConverterConfig {
  const fromWorker = connector.values.valueConverter === null && worker.values.valueConverter !== null;
  const section: WorkerSection | ConnectorSection = fromWorker ? worker : connector;
  if (fromWorker) noticeLostSubKeys(connector, findings);
  const { valueConverter, valueConverterSchemasEnable, valueConverterEncoding } = section.values;
  if (valueConverter === null || JSON_CONVERTERS.includes(valueConverter)) {
    const embedded = valueConverterSchemasEnable ?? valueConverter !== null;
    if (embedded)
      refuseSchemas(valueConverterSchemasEnable === null ? section.origin(KEY) : section.origin(SCHEMAS), findings);
    return { kind: 'json' };
  }
  if (STRING_CONVERTERS.includes(valueConverter)) {
    if (valueConverterEncoding !== null && !/^utf-?8$/i.test(valueConverterEncoding)) {
      findings.fault('unsupported', section.origin(ENCODING), 'must be UTF-8: other encodings are not supported');
    }
    return { kind: 'string', encoding: 'utf-8' };
  }
  findings.fault('unsupported', section.origin(KEY), refusal(valueConverter));
  return { kind: 'json' };
}

/** Kafka Connect drops them in silence. */
function noticeLostSubKeys(connector: ConnectorSection, findings: Findings): void {
  for (const key of [SCHEMAS, ENCODING]) {
    if (connector.inFile(key) === null) continue;
    const text = `has no effect: without ${KEY} in the same file the worker's converter counts, with its own keys`;
    findings.notice(`${connector.file}: ${key} ${text}`);
  }
}

function refuseSchemas(origin: Origin, findings: Findings): void {
  const message =
    `would expect a schema inside each value, which is not supported: write ${SCHEMAS}=false ` +
    "(Kafka Connect's JsonConverter has it true by default)";
  findings.fault('unsupported', origin, message);
}

function refusal(name: string): string {
  const known = `known are ${JSON_CONVERTERS[0]} and ${STRING_CONVERTERS[0]}`;
  if (name.startsWith('io.confluent.')) {
    return `is a converter that needs a schema registry, which is not supported: ${known}`;
  }
  return `is not a converter that is supported here: ${known}`;
}
