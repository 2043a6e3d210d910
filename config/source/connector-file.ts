import type { Findings } from '../findings.ts';
import type { Written, WrittenKeys } from '../schema/written-keys.ts';
import { type JsonMember, type JsonNode, JsonSyntaxError, parseJsonObject } from './json.ts';
import { isJson, type SourceText } from './source-text.ts';
import { MAX_KEYS, writtenInProperties } from './written.ts';

type JsonObject = JsonNode & { readonly kind: 'object' };

/**
 * A connector file in the forms that `connect-standalone` tries: a JSON object of texts; an object of `name`, `config` and
 * `initial_state`; Java properties. A file that begins with a brace is JSON: as properties it could only be nonsense.
 *
 * @returns null for malformed JSON, which is on record
 */
export function writtenInConnectorFile(source: SourceText, findings: Findings): WrittenKeys | null {
  if (!isJson(source.text)) return writtenInProperties(source, findings);
  let object: JsonObject;
  try {
    object = parseJsonObject(source.text, MAX_KEYS);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    findings.fault('syntax', { file: source.name, line: error.line, key: null }, error.message);
    return null;
  }
  const isFlat = object.members.every(({ value }) => value.kind === 'scalar' || value.kind === 'null');
  return isFlat ? textsOf(source, object.members, findings) : writtenInRequest(source, object.members, findings);
}

/** The body of Kafka Connect's `POST /connectors`. */
function writtenInRequest(source: SourceText, members: readonly JsonMember[], findings: Findings): WrittenKeys | null {
  const outer = new Map(members.map(member => [member.name, member]));
  const config = outer.get('config');
  if (config?.value.kind !== 'object') {
    const nested = members.find(({ value }) => value.kind === 'object' || value.kind === 'array')!;
    const origin = { file: source.name, line: nested.line, key: nested.name };
    findings.fault('syntax', origin, 'is no text: write "key": "value", or {"name": …, "config": {"key": "value"}}');
    return null;
  }
  const written = new Map(textsOf(source, config.value.members, findings));
  const around = textsOf(
    source,
    members.filter(({ name }) => name === 'name' || name === 'initial_state'),
    findings,
  );
  const name = around.get('name');
  const inner = written.get('name');
  if (name === undefined) {
    const message = 'is required beside "config": the name of the connector';
    findings.fault('missing', { file: source.name, line: null, key: 'name' }, message);
  } else if (inner !== undefined && inner.text !== name.text) {
    findings.fault(
      'conflict',
      inner.origin,
      `is not the "name" beside "config", line ${name.origin.line}: take one out`,
    );
  }
  for (const [key, value] of around) if (!written.has(key)) written.set(key, value);
  for (const { name: key, line } of members) {
    if (key === 'config' || around.has(key)) continue;
    findings.note('ignored', { file: source.name, line, key }, 'Kafka Connect does not know it beside "config"');
  }
  return written;
}

/** Numbers and booleans count as their text, of a repeated name the last one counts: so does Jackson. */
function textsOf(source: SourceText, members: readonly JsonMember[], findings: Findings): WrittenKeys {
  const written = new Map<string, Written>();
  for (const { name, line, value } of members) {
    const origin = { file: source.name, line, key: name };
    if (written.has(name)) findings.note('remark', origin, 'is written twice: the last one counts');
    if (value.kind === 'scalar') written.set(name, { text: value.text, origin, placeholder: null });
    else findings.fault('invalid', origin, value.kind === 'null' ? 'must not be null' : 'must be a text');
  }
  return written;
}
