import type { Findings } from './findings.ts';
import { writtenByCredentials } from './http-auth.ts';
import type { Headers } from './http-headers.ts';
import { readReplace } from './http-replace.ts';
import {
  type BodyTemplate,
  isMacro,
  isOfRecord,
  type RouteConfig,
  type Template,
  type UrlTemplate,
} from './route/types.ts';
import { FormatError } from './schema/formats.ts';
import { RESERVED } from './schema/reserved-headers.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import { readTemplatedUrl } from './schema/template-formats.ts';

const MISSING = 'behavior.on.missing.fields';

/** Null where all records make the same request: nothing is looked at for it then. */
export function readRoute(section: ConnectorSection, headers: Headers, findings: Findings): RouteConfig | null {
  const { values } = section;
  const bodiless = isBodiless(section);
  const route: RouteConfig = {
    method: values.httpMethod,
    url: readUrl(section, 'http.url'),
    deleteUrl: readDelete(section, findings),
    goneStatuses: values.httpDeleteGoneCodes,
    headers: headers.templates,
    forward: readForward(section, findings),
    configured: new Set([...Object.keys(headers.fixed), ...Object.keys(headers.templates)]),
    body: readBody(section, bodiless, findings),
    replace: readReplace(section, bodiless, findings),
    batchKey: readBatchKey(section, bodiless, findings),
    bodiless,
  };
  const { url, deleteUrl, forward, body, replace, batchKey } = route;
  const makes = body !== null || replace !== null || bodiless;
  const asks = url !== null || deleteUrl !== null || forward.length > 0 || makes || batchKey !== null;
  return asks || Object.keys(route.headers).length > 0 ? route : null;
}

function isBodiless({ values }: ConnectorSection): boolean {
  if (values.httpRequestBody !== 'auto') return values.httpRequestBody === 'never';
  return values.httpMethod === 'GET' || values.httpMethod === 'DELETE';
}

/** What is wrong with it is on record. */
function readUrl(section: ConnectorSection, key: string): UrlTemplate | null {
  const text = section.text(key);
  try {
    return text === null ? null : (readTemplatedUrl(text.trim())?.template ?? null);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function readDelete(section: ConnectorSection, findings: Findings): UrlTemplate | null {
  const { values, origin } = section;
  if (values.onNullValues !== 'delete') {
    noteIdle(section, ['http.delete.url', 'http.delete.gone.codes'], 'behavior.on.null.values is not delete', findings);
    return null;
  }
  const key = values.httpDeleteUrl === null ? 'http.url' : 'http.delete.url';
  const { httpUrl, httpDeleteUrl } = values;
  if (httpDeleteUrl !== null && httpUrl !== null && httpDeleteUrl.origin !== httpUrl.origin) {
    findings.fault('conflict', origin('http.delete.url'), 'must have the scheme, host and port of http.url');
  }
  const template = readUrl(section, key);
  const told = [...(template?.path ?? []), ...(template?.query ?? [])];
  if (httpUrl !== null && !told.some(part => isMacro(part) && isOfRecord(part))) {
    const what =
      'would delete the same for every record: let http.url or http.delete.url hold ${key}, or another macro of the record';
    findings.fault('conflict', origin('behavior.on.null.values'), what);
  }
  return template;
}

function readForward(section: ConnectorSection, findings: Findings): RouteConfig['forward'] {
  const patterns = section.values.httpHeadersForward ?? [];
  const origin = section.origin('http.headers.forward');
  const credentials = writtenByCredentials(section);
  for (const pattern of patterns) {
    if (!('name' in pattern)) continue;
    if (RESERVED.has(pattern.name)) {
      findings.fault('forbidden', origin, `names ${pattern.name}, which the HTTP client sets by itself: take it out`);
    }
    const other = credentials.get(pattern.name);
    if (other !== undefined) {
      findings.fault('conflict', origin, `names ${pattern.name}, which ${other} sets: take one of them out`);
    }
  }
  return patterns;
}

/** Null where it parts no records. */
function readBatchKey(section: ConnectorSection, bodiless: boolean, findings: Findings): Template | null {
  const { values, origin } = section;
  const template = values.batchKey;
  if (template === null || !template.some(isMacro)) return null;
  if (!bodiless && values.batchFormat !== 'single' && values.batchMaxRecords > 1) return template;
  findings.note('ignored', origin('batch.key'), 'a request carries one record');
  return null;
}

function readBody(section: ConnectorSection, bodiless: boolean, findings: Findings): BodyTemplate | null {
  const { values, origin } = section;
  const { httpBodyJson: json, httpBodyTemplate: text } = values;
  const key = json === null ? 'http.body.template' : 'http.body.json';
  if (json === null && text === null) {
    noteIdle(section, [MISSING], 'no body is made by http.body.json or http.body.template', findings);
    return null;
  }
  const format: string = values.batchFormat;
  if (json !== null && text !== null) {
    findings.fault('conflict', origin('http.body.template'), 'and http.body.json exclude each other: keep one of them');
  }
  if (bodiless) {
    noteIdle(section, [key, MISSING], 'requests have no body: see http.request.body', findings);
    return null;
  }
  if (json === null && !['single', 'joined'].includes(format)) {
    const what = `makes texts, which batch.format=${format} can not hold: take single or joined, or http.body.json`;
    findings.fault('conflict', origin(key), what);
  }
  if (json !== null && json.texts > 1 && !['single', 'joined', 'ndjson'].includes(format)) {
    const what = `makes ${json.texts} JSON texts of a record, which batch.format=${format} can not hold: take ndjson, joined or single`;
    findings.fault('conflict', origin(key), what);
  }
  const onMissing = values.onMissingFields;
  return json === null
    ? { kind: 'text', template: text!, onMissing }
    : { kind: 'json', pieces: json.pieces, onMissing };
}
