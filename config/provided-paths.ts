import type { Loaded } from './build.ts';
import type { Origin } from './findings.ts';
import { plainKey } from './schema/plain-key.ts';
import type { Written } from './schema/written-keys.ts';

/** Where a value stands in a configuration, from `worker` or from one connector on. */
export type Path = readonly string[];

/** What was made of values that a config provider gave: its text can be another one than theirs, so that only the place tells. */
export interface ProvidedPaths {
  readonly worker: readonly Path[];
  /** In the order of the configuration's connectors. */
  readonly connectors: readonly (readonly Path[])[];
}

/** Keys whose values are taken apart or written anew. Of the others the text itself is found. */
const OF_WORKER: Readonly<Record<string, Path>> = {
  'bootstrap.servers': ['bootstrapServers'],
  listeners: ['rest', 'listeners'],
  'admin.listeners': ['rest', 'adminListeners'],
  'rest.advertised.host.name': ['rest', 'advertised'],
  'rest.advertised.port': ['rest', 'advertised'],
  'access.control.allow.origin': ['rest', 'cors'],
  'access.control.allow.methods': ['rest', 'cors'],
  'response.http.headers.config': ['rest', 'responseHeaders'],
  'listeners.basic.auth.read.only': ['rest', 'readers'],
};
const LISTENER_TLS = /^(?:(admin\.)?listeners\.https\.)?ssl\./;
const OF_CONNECTOR: Readonly<Record<string, Path>> = {
  'topics.regex': ['topicsRegex'],
  'http.url': ['http', 'url'],
  'oauth2.token.url': ['http', 'auth', 'tokenUrl'],
  'oauth2.resource': ['http', 'auth', 'resources'],
  'http.auth.apikey.name': ['http', 'auth', 'name'],
  'http.auth.renew.on.status.codes': ['http', 'authRenewStatuses'],
  'http.proxy.url': ['http', 'connection', 'proxies'],
  'http.proxy.bypass': ['http', 'connection', 'proxies', 'bypass'],
  'http.response.success.codes': ['http', 'successStatuses'],
  'http.ssl.truststore.certificates': ['http', 'tls', 'ca'],
  'http.ssl.keystore.certificate.chain': ['http', 'tls', 'certificate'],
};
const ANSWERS = /^http\.response\.(?:success\.when|failure|records)/;
const CLIENTS = ['consumer', 'producer', 'admin'];

/** @param became what the key of an origin sets in the Kafka clients */
export function providedPaths(
  { base, connectors }: Pick<Loaded, 'base' | 'connectors'>,
  became: (origin: Origin) => readonly string[],
): ProvidedPaths {
  const ofWorker = base.section.written.filter(isProvided);
  const brokers = ofWorker.some(([key]) => key === 'bootstrap.servers') ? ['bootstrap.servers'] : [];
  const ofShared = [...brokers, ...ofWorker.flatMap(([, { origin }]) => became(origin))];
  const shared = inClients(ofShared);
  return {
    worker: [
      ...ofWorker.flatMap(([key]) => [...at(OF_WORKER, key), ...ofListenerTls(key)]),
      ...targetsOf(ofShared).flatMap(target => HALVES.map(half => ['admin', half, target])),
    ],
    connectors: connectors.map(({ meant, values }) => [
      ...shared,
      ...[...meant].filter(isProvided).flatMap(([key, { origin }]) => [
        ...ofConnector(plainKey(key)).flatMap(path => [
          path,
          // Which of them have it is not asked.
          ...(values.endpoints ?? []).map((_, index) => ['endpoints', String(index), ...path]),
        ]),
        ...(/^(?:transforms|predicates)\./.test(key) ? [['transforms']] : []),
        ...inClients(became(origin)),
      ]),
    ]),
  };
}

function ofListenerTls(key: string): readonly Path[] {
  const match = LISTENER_TLS.exec(key);
  return match === null ? [] : [['rest', match[1] === undefined ? 'tls' : 'adminTls']];
}

function ofConnector(key: string): readonly Path[] {
  return [...at(OF_CONNECTOR, key), ...(ANSWERS.test(key) ? [['http', 'answers']] : [])];
}

function isProvided([, { placeholder }]: readonly [key: string, written: Written]): boolean {
  return placeholder !== null;
}

function at(paths: Readonly<Record<string, Path>>, key: string): readonly Path[] {
  return Object.hasOwn(paths, key) ? [paths[key]!] : [];
}

const HALVES = ['global', 'topic'];

/** Of a value that may not be shown only the client's key is told: it is that up to its first `=`. */
function targetsOf(became: readonly string[]): readonly string[] {
  return became.map(what => what.split('=', 1)[0]!);
}

function inClients(became: readonly string[]): readonly Path[] {
  return targetsOf(became).flatMap(target =>
    CLIENTS.flatMap(client => HALVES.map(half => ['kafka', client, half, target])),
  );
}
