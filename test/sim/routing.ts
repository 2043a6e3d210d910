import type { HeaderPattern, RouteConfig } from '../../config/route/types.ts';
import { isMacro } from '../../config/route/types.ts';
import { readJsonTemplate } from '../../config/schema/json-template.ts';
import { readTemplatedUrl } from '../../config/schema/template-formats.ts';
import { readTemplate } from '../../config/schema/templates.ts';
import { Secret } from '../../config/secret.ts';
import type { BatchConfig, ConnectorConfig } from '../../config/types.ts';
import { JSON_WITHOUT_SCHEMAS } from '../support/converters.ts';
import type { SeededRandom } from './random.ts';
import { MOST_DESTINATIONS, type Tells } from './told.ts';

/** A route as a user writes it, which is what must come of it; null is what is not written. */
export interface Written {
  readonly method: RouteConfig['method'];
  /** Path and query. */
  readonly url: string | null;
  readonly deleteUrl: string | null;
  /** A DELETE of what is not there is as good as any other. */
  readonly gone: boolean;
  /** A tombstone makes a request as any record does. */
  readonly sendsNulls: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly fixed: Readonly<Record<string, string>>;
  readonly forward: readonly HeaderPattern[];
  readonly body: WrittenBody | null;
  /** Records for which it is another text share no request. */
  readonly batchKey: string | null;
  /** No request has a body. */
  readonly bodiless: boolean;
}

export interface WrittenBody {
  readonly kind: 'json' | 'text';
  readonly template: string;
  /** What must come of it. @param find what a macro finds in the record */
  readonly made: (find: (macro: string) => string | number | undefined) => string;
}

export interface Routing extends Written {
  readonly keyConverter: ConnectorConfig['keyConverter'];
  readonly tells: Tells;
  /** What a request carries has one destination in the sense of `Told.to`. */
  readonly separates: boolean;
  /** Addresses are made of more than topics and partitions. */
  readonly ofRecord: boolean;
}

interface Draws {
  readonly format: BatchConfig['format'];
  /** Values are no JSON to the connector. */
  readonly texts: boolean;
  /** Few requests, and those of one partition have a destination of their own. */
  readonly isolation: boolean;
}

/** Nothing is there any more. */
export const GONE = [404, 410] as const;

const A = ['${key:/a}', '${header:a}', '${value:/a}'] as const;
const B = ['${key:/b}', '${header:B}', '${value:/b}'] as const;
/** Each is of one record. */
const ONE = ['${key:/k}', '${value:/k}', '${record.id}', '${topic}/${partition}/${offset}'] as const;

const BATCH_KEYS = ['${topic}', '${partition}', ...A, 'k-${key:/a|none}-${key:/b}', '${header:B}${value:/b}'];

const json = (found: string | number | undefined, orElse: string | number | null = null): string =>
  JSON.stringify(found ?? orElse);
const onOneLine = (value: string | number | undefined): string => String(value).replace('\n', ' ');

const OWN: WrittenBody = {
  kind: 'json',
  template:
    '{"k":"${value:/k}","x":${value:/x|none},"a":"${key:/a}","n":"${partition}/${offset}","p":${value:/padding}}',
  made: find =>
    `{"k":${json(find('value:/k'))},"x":${json(find('value:/x'), 'none')},"a":${json(find('key:/a'))},` +
    `"n":"${find('partition')}/${find('offset')}","p":${json(find('value:/padding'))}}`,
};
const AROUND: WrittenBody = {
  kind: 'json',
  template: '{"at": ${timestamp}, "b": "<${header:b}>", "a": ${header:a|7}, "v": ${value}}',
  made: find =>
    `{"at":${find('timestamp')},"b":"<${find('header:b')}>","a":${json(find('header:a'), 7)},"v":${onOneLine(find('value'))}}`,
};
/** Made of records without a value too. */
const KEYED: WrittenBody = {
  kind: 'json',
  template: '{"k":"${key:/k}","x":${value:/x|none},"p":${value:/padding}}',
  made: find =>
    `{"k":${json(find('key:/k'))},"x":${json(find('value:/x'), 'none')},"p":${json(find('value:/padding'))}}`,
};
/** As for Elasticsearch. */
const BULK: WrittenBody = {
  kind: 'json',
  template: '{"index":{"_id":"${record.id}","_index":"t-${key:/b}"}}\n${value}',
  made: find => `{"index":{"_id":"${find('record.id')}","_index":"t-${find('key:/b')}"}}\n${onOneLine(find('value'))}`,
};
const TEXT: WrittenBody = {
  kind: 'text',
  template: 'at ${offset}: ${value}',
  made: find => `at ${find('offset')}: ${find('value')}`,
};

export function drawRouting(random: SeededRandom, draws: Draws): Routing {
  const { isolation } = draws;
  const bodiless = !isolation && random.chance(0.1);
  const a = random.pick(A);
  const url = drawUrl(random, a, { bodiless, isolation });
  const deletes = !isolation && random.chance(0.5);
  const forward = drawForward(random, url === null && !deletes, isolation);
  const reachesA = url?.includes(a) === true;
  const body = bodiless ? null : drawBody(random, draws);
  const headers = random.chance(0.4) ? { 'x-a': 'v-${key:/a}', 'x-b': random.pick(B) } : {};
  const sendsNulls = !deletes && body === KEYED && url?.includes('${value:') !== true && random.chance(0.7);
  return {
    method: bodiless ? random.pick(['GET', 'DELETE']) : random.pick(['POST', 'PUT', 'PATCH']),
    url,
    deleteUrl: deletes ? random.pick(['/gone/${key:/k}', '/gone/${key}', '/gone/${key:/k}?b=${header:b}']) : null,
    gone: deletes && random.chance(0.6),
    sendsNulls,
    headers,
    fixed: random.chance(0.5) ? { 'to-c': 'ours' } : {},
    forward,
    body,
    batchKey: !isolation && random.chance(0.3) ? random.pick(BATCH_KEYS) : null,
    bodiless,
    keyConverter: random.chance(0.5) ? { kind: 'string', encoding: 'UTF-8' } : JSON_WITHOUT_SCHEMAS,
    tells: {
      destinations: isolation ? 3 : random.pick([2, 3, 5, MOST_DESTINATIONS]),
      sticky: isolation ? 0.97 : random.pick([0, 0.5, 0.95]),
      missing: isolation ? 0 : random.pick([0, 0.05]),
      strays: reachesA,
      nullsGo: sendsNulls,
      apart: isolation ? random.pick([1, 1, 2, 4]) : Number.MAX_SAFE_INTEGER,
    },
    ofRecord: url !== null && /\$\{(?!topic|partition)/.test(url),
    separates: reachesA && B.some(b => url!.includes(b)),
  };
}

function drawUrl(
  random: SeededRandom,
  a: string,
  { bodiless, isolation }: { bodiless: boolean; isolation: boolean },
): string | null {
  const b = random.pick(B);
  const few = [`/in/${a}/${b}`, `/in/${a}?b=${b}&t=1`];
  if (bodiless) return random.pick([`/one/\${key:/k}`, `/one/\${key:/k}/${a}?b=${b}`]);
  if (isolation) return random.pick(few);
  const orElse = `${a.slice(0, -1)}|n o}`;
  return random.pick([
    ...few,
    ...few,
    `/in/${orElse}/x?b=${b}`,
    `/in/${random.pick(ONE)}?a=${a}`,
    '/${topic}/${partition}',
    null,
  ]);
}

function drawForward(random: SeededRandom, needed: boolean, isolation: boolean): readonly HeaderPattern[] {
  const few: readonly HeaderPattern[] = [{ prefix: 'to-' }];
  const each: readonly HeaderPattern[] = [...few, { name: 'trace' }];
  const kinds = isolation ? [[], few] : [[], few, few, each];
  return needed ? few : random.pick(kinds);
}

function drawBody(random: SeededRandom, { format, texts }: Draws): WrittenBody | null {
  if (!random.chance(0.5)) return null;
  const inPieces = format === 'ndjson' || format === 'single' || format === 'joined';
  const ofAny = format === 'single' || format === 'joined' ? [OWN, KEYED, TEXT] : [OWN, KEYED];
  if (texts) return random.pick(ofAny);
  return random.pick([...ofAny, AROUND, ...(inPieces ? [BULK] : [])]);
}

/** As the configuration has it. */
export function routeOf(written: Written, url: URL): RouteConfig {
  const { headers, fixed, body, batchKey } = written;
  const template = (path: string | null): RouteConfig['url'] =>
    path === null ? null : readTemplatedUrl(url.origin + path)!.template;
  return {
    method: written.method,
    url: template(written.url),
    deleteUrl: template(written.deleteUrl),
    goneStatuses: written.gone ? GONE.map(status => [status, status] as const) : [],
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        readTemplate(value).map(part => (isMacro(part) ? part : new Secret(part))),
      ]),
    ),
    forward: written.forward,
    configured: new Set([...Object.keys(headers), ...Object.keys(fixed)]),
    body: body === null ? null : readBody(body),
    replace: null,
    batchKey: batchKey === null ? null : readTemplate(batchKey),
    bodiless: written.bodiless,
  };
}

function readBody({ kind, template }: WrittenBody): RouteConfig['body'] {
  if (kind === 'text') return { kind, template: readTemplate(template), onMissing: 'null' };
  return { kind, pieces: readJsonTemplate(template).pieces, onMissing: 'null' };
}
