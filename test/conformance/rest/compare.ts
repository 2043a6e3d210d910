import type { Answer, Request } from './step.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Members = Readonly<Record<string, Json>>;

/** Kafka Connect's own groups of keys, with those of its converters. A sink's are the sink's own. */
const GROUPS = /^(?:Common|Transforms|Predicates|Error Handling|Serialization|Schemas)(?:: .*)?$/;
/** The keys of the sink that Kafka Connect has in this test. */
const SINK_KEYS = /^http\./;
/** What Jackson and Java themselves say of a body that they can't take: the words are theirs, not Kafka Connect's. */
const JAVA_TEXT = /^(?:Cannot (?:invoke|deserialize|construct)|Unexpected |Unrecognized )/;

/** Kafka Connect gave the exception for the value, and what is wrong for the name of the key. */
const EXCEPTION_AS_VALUE = /^Invalid value java\.lang\.\w+: .* for configuration (.*)$/s;
const JAVA_REFUSES = /^Invalid value .*Invalid regex: |^[\w.]+ is refused: /s;
const IS_MISSING_TWICE = /Invalid regex: Cannot invoke/;
const IS_VERSION = /\.plugin\.version$/;

/** What two answers are, with what must differ taken out, as one line each. They are the same where the lines are. */
export interface Comparison {
  readonly theirs: string;
  readonly ours: string;
}

/**
 * The rules for more than one request, and there are no others:
 * - worker ids, versions, commits, traces and times are each worker's own, and there or not;
 * - so are the words of Jackson and of Java itself in a 500;
 * - connectors, offsets, tasks of a status and the keys of a configuration that was read back have no order: Java's is that of a hash table;
 * - what a key does, what Java says of a regular expression and which plugins of vendors there are, is each worker's own;
 * - a logger's name, a sink's own keys and what is said of health behind its first two members are each worker's own;
 * - a message does not show a whole configuration or all plugins;
 * - an error has a content type and a 405 its methods, also where Kafka Connect leaves them out;
 * - a page that Jetty writes for a request that it does not understand is an error of the same status.
 */
export function compare(request: Request, theirs: Answer, ours: Answer): Comparison {
  const expectsOtherwise = request.differs !== null;
  const page = !expectsOtherwise && theirs.status === 400 && theirs.contentType?.startsWith('text/html') === true;
  const javaText = isJavaText(theirs.body);
  const expected = { ...theirs };
  const shown = { ...ours };
  if (page || (theirs.contentType === null && theirs.body !== '')) expected.contentType = 'application/json';
  if (ours.status === 405 && theirs.allow === null) shown.allow = null;
  if (page && isError(ours.body)) expected.body = shown.body = '(an error)';
  else if (javaText && ours.status === 500 && isError(ours.body))
    expected.body = shown.body = '{"error_code":500,"message":"(Java)"}';
  return { theirs: line(request, expected), ours: line(request, shown) };
}

function line(request: Request, { status, contentType, location, allow, body }: Answer): string {
  const headers = [contentType ?? '-'];
  if (location !== null) headers.push(`Location: ${location.replace(/^http:\/\/[^/]+/, 'http://WORKER')}`);
  if (allow !== null) headers.push(`Allow: ${sortedList(allow)}`);
  return `${status} ${headers.join('; ')} ${bodyOf(request, contentType, body)}`.trimEnd();
}

function sortedList(text: string): string {
  return text
    .split(',')
    .map(each => each.trim())
    .sort()
    .join(',');
}

function bodyOf(request: Request, contentType: string | null, body: string): string {
  if (contentType === 'text/plain') return sortedList(body);
  if (contentType === 'text/html; charset=utf-8') return '(a page)';
  let value: Json;
  try {
    value = JSON.parse(body) as Json;
  } catch {
    return body;
  }
  // Blanks and escapes count as well: what is no canonical JSON is shown as it is.
  if (JSON.stringify(value) !== body) return body;
  return JSON.stringify(ofResource(request, tidy(value, request.method === 'POST' || request.method === 'PUT')));
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param asSent whether a configuration stands in the order in which it was sent */
function tidy(value: Json, asSent: boolean): Json {
  if (Array.isArray(value)) return value.map((each: Json) => tidy(each, asSent));
  if (!isMembers(value)) return value;
  const members = Object.entries(value).map(([name, each]): [string, Json] => {
    if (name in OWN && OWN[name]!(each)) return [name, `(${name})`];
    if (name === 'config' && isMembers(each)) return [name, asSent ? each : sorted(each)];
    if (name === 'offsets' && Array.isArray(each)) return [name, sortedBy(each, JSON.stringify)];
    if (name === 'tasks' && Array.isArray(each))
      return [
        name,
        sortedBy(
          each.map(task => tidy(task, asSent)),
          taskOf,
        ),
      ];
    if (name === 'message' && typeof each === 'string') return [name, withoutLists(each)];
    return [name, tidy(each, asSent)];
  });
  return Object.fromEntries(members);
}

/** The number of a task, in a status or in what is told of the connector. */
function taskOf(entry: Json): string {
  const { id, task } = entry as Members;
  return String(id ?? task);
}

/** Kafka Connect shows a whole configuration where its class is missing, secrets too, and all its plugins where one is not known. */
function withoutLists(message: string): string {
  return message
    .replace(/^(.*Connector config )\{.*\} (contains no connector type)$/s, '$1$2')
    .replace(/(, available connectors are: ).+$/s, '$1…');
}

const isText = (value: Json): boolean => typeof value === 'string' && value !== '';

/** Members whose value is each worker's own, and what it must be to count as one. */
const OWN: Readonly<Record<string, (value: Json) => boolean>> = {
  worker_id: isText,
  version: isText,
  commit: isText,
  trace: isText,
  last_modified: value => typeof value === 'number' && Number.isInteger(value),
};

function sorted(value: Members): Members {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sortedBy(list: readonly Json[], text: (each: Json) => string): Json[] {
  return [...list].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function ofResource({ method, path }: Request, value: Json): Json {
  const parts = path
    .replace(/\?.*/, '')
    .split('/')
    .filter(part => part !== '');
  const [resource, name, last, leaf] = parts;
  if (resource === 'connectors' && name === undefined)
    return Array.isArray(value) ? sortedBy(value, String) : isError(value) ? value : sortedConnectors(value);
  if (resource === 'connectors' && last === 'config' && method === 'GET' && isMembers(value) && !isError(value))
    return sorted(value);
  if (resource === 'health' && isMembers(value) && !isError(value))
    return { status: value['status']!, message: value['message']! };
  if (resource === 'admin' && name === 'loggers') return loggers(value, last ?? null);
  if (resource === 'connector-plugins' && name === undefined && Array.isArray(value))
    return value.filter(plugin => !isVendors(String((plugin as Members)['class'])));
  if (resource === 'connector-plugins' && leaf === 'validate')
    return isMembers(value) && 'configs' in value ? validated(value) : value;
  if (resource === 'connector-plugins' && last === 'config')
    return Array.isArray(value)
      ? value.filter(key => isConnects(key, name!)).map(key => definition(key as Members))
      : value;
  return value;
}

function sortedConnectors(value: Json): Json {
  return isMembers(value) && !('name' in value) ? sorted(value) : value;
}

/** Their names are each worker's own: of a list only the root's entry counts, of what has changed only what was named. */
function loggers(value: Json, name: string | null): Json {
  if (name === null && isMembers(value) && !isError(value)) return 'root' in value ? { root: value['root']! } : value;
  if (name !== null && Array.isArray(value)) return value.filter(each => each === name);
  return value;
}

function validated(value: Members): Json {
  const groups = (value['groups'] as readonly string[]).filter(group => GROUPS.test(group));
  const configs = (value['configs'] as readonly Members[]).filter(({ definition, value: shown }) => {
    const { name } = shown as Members;
    return isMembers(definition) ? isConnects(definition, 'HttpSink') : !SINK_KEYS.test(String(name));
  });
  const twice = configs
    .flatMap(({ value: shown }) => (shown as Members)['errors'] as readonly string[])
    .filter(error => IS_MISSING_TWICE.test(error));
  const error_count = Number(value['error_count']) - twice.length;
  return {
    ...value,
    error_count,
    groups,
    configs: configs.map(entry => Object.fromEntries(Object.entries(entry).map(shownPart))),
  };
}

function shownPart([part, shown]: [string, Json]): [string, Json] {
  if (!isMembers(shown)) return [part, shown];
  return [part, part === 'definition' ? definition(shown) : state(shown)];
}

/** What it does stands in each worker's own words; its place in the group was called `order` before 4.2, and that is what clients read. */
function definition({ order_in_group, order, documentation, ...key }: Members): Json {
  const isVersion = IS_VERSION.test(String(key['name'])) && isText(key['default_value'] ?? null);
  const shown = isVersion ? { ...key, default_value: '(version)' } : key;
  return { ...shown, order: order ?? order_in_group ?? null, documentation: isText(documentation ?? null) };
}

/** Java says by itself what is wrong with a regular expression, and once more where there is none. */
function state(shown: Members): Json {
  const recommended = (shown['recommended_values'] as readonly string[]).filter(each => !isVendors(each));
  const errors = (shown['errors'] as readonly string[]).filter(error => !IS_MISSING_TWICE.test(error));
  const isVersion = IS_VERSION.test(String(shown['name']));
  return {
    ...shown,
    ...(isVersion && isText(shown['value'] ?? null) ? { value: '(version)' } : {}),
    recommended_values: isVersion ? recommended.map(() => '(version)') : recommended,
    errors: errors.map(
      error => EXCEPTION_AS_VALUE.exec(error)?.[1] ?? (JAVA_REFUSES.test(error) ? '(refused)' : error),
    ),
  };
}

/** Tailrace knows plugins of other vendors beside its own and Kafka's. */
function isVendors(name: string): boolean {
  return !/^(?:org\.apache\.kafka|tailrace)\./.test(name);
}

/** Whether a key is Kafka Connect's, or of a plugin that comes with it. */
function isConnects(definition: Json, plugin: string): boolean {
  const { name, group } = definition as { name: string; group: string | null };
  if (!plugin.endsWith('HttpSink')) return true;
  return group === null ? !SINK_KEYS.test(name) : GROUPS.test(group);
}

function isError(value: Json): boolean {
  const error = typeof value === 'string' ? parsed(value) : value;
  return isMembers(error) && typeof error['error_code'] === 'number' && isText(error['message'] ?? null);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function isJavaText(body: string): boolean {
  const error = parsed(body);
  return isMembers(error) && error['error_code'] === 500 && JAVA_TEXT.test(String(error['message']));
}
