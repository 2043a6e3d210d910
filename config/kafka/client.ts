import type { Findings } from '../findings.ts';
import { WORKER_ONLY } from '../schema/client-keys.ts';
import { FormatError, readValue, trim } from '../schema/formats.ts';
import { nearest } from '../schema/nearest.ts';
import type { WrittenKeys } from '../schema/written-keys.ts';
import { Secret } from '../secret.ts';
import type { Files } from '../source/files.ts';
import type { ClientKey, ClientRole } from './client-key.ts';
import { CLIENT_KEYS, isForWorkers } from './keys.ts';
import { ClientMapping, type ClientSetting } from './mapping.ts';
import { refusedClientKey } from './refused.ts';
import { mapSasl } from './security.ts';
import { mapTls } from './tls.ts';

/** Why keys of dead letters do nothing. */
export const NO_DEAD_LETTERS = 'no errors.deadletterqueue.topic.name is written';
/** And those of the clients that write them, and reports. */
export const NOTHING_WRITTEN = 'neither errors.deadletterqueue.topic.name nor the topic of a reporter is written';

/** What was written for one client: the worker file's keys, then the connector file's, which win key by key. */
export type ClientLayers = readonly [worker: WrittenKeys, connector: WrittenKeys];

/**
 * Maps a client's keys, Java's and librdkafka's, by the allowlist; what is not in it is a fault.
 * @param files null for a client that there will not be: its keys are judged, their values are not, and no file is read
 */
export function mapClient(
  role: ClientRole,
  layers: ClientLayers,
  files: Files | null,
  findings: Findings,
): ClientMapping {
  const mapping = new ClientMapping(merge(layers), findings, files === null ? NOTHING_WRITTEN : null);
  for (const [name, setting] of mapping.settings) {
    const known = lookUp(role, name, setting, mapping);
    if (known === null || !isValid(known, setting, mapping)) continue;
    if (known.scope === 'none') mapping.note('ignored', name, known.why);
    else if (known.scope === 'global' || known.scope === 'topic') apply(known, setting.text, mapping);
  }
  mapTls(mapping, files);
  if (files !== null) mapSasl(mapping, files);
  checkReconnect(mapping);
  return mapping;
}

function merge(layers: ClientLayers): ReadonlyMap<string, ClientSetting> {
  const merged = new Map<string, ClientSetting>();
  for (const [rank, layer] of layers.entries()) {
    for (const [key, { text, origin, placeholder }] of layer)
      merged.set(key, { text: trim(text), origin, rank, quotable: placeholder === null });
  }
  return merged;
}

function lookUp(role: ClientRole, name: string, setting: ClientSetting, mapping: ClientMapping): ClientKey | null {
  const refused = refusedClientKey(name);
  if (refused !== undefined) {
    if (!refused.harmless.includes(setting.text)) mapping.refuse('unsupported', name, refused.reason);
    return null;
  }
  if (isForWorkers(name) && setting.rank > 0) {
    mapping.refuse('forbidden', name, WORKER_ONLY);
    return null;
  }
  const known = CLIENT_KEYS.find(({ key, roles }) => key === name && roles.includes(role));
  if (known !== undefined) return known;
  const near = nearest(
    name,
    CLIENT_KEYS.filter(({ key, roles }) => roles.includes(role) && !(isForWorkers(key) && setting.rank > 0)).map(
      ({ key }) => key,
    ),
  );
  const hint = near === null ? 'take it out, or see the reference for the keys there are' : `did you mean ${near}?`;
  mapping.refuse('unknown', name, `is not a client key of the ${role} that is known here: ${hint}`);
  return null;
}

function isValid(known: ClientKey, setting: ClientSetting, mapping: ClientMapping): boolean {
  try {
    if (setting.text !== '' || known.format.type !== 'url') readValue(known.format, setting.text);
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    mapping.fault('invalid', known.key, setting.quotable ? error.message : error.discreet);
    return false;
  }
}

function apply(known: ClientKey, text: string, mapping: ClientMapping): void {
  if (text === '') return;
  const value = known.map(text);
  const secret = known.format.type === 'password';
  mapping.set(
    known.scope === 'topic' ? 'topic' : 'global',
    known.target,
    secret ? new Secret(value) : value,
    known.key,
  );
}

/** librdkafka refuses a ceiling below the start; the Java clients take the start for both. */
function checkReconnect(mapping: ClientMapping): void {
  const start = Number(mapping.target('reconnect.backoff.ms') ?? '100');
  if (start > 10_000) mapping.preset('global', { 'reconnect.backoff.max.ms': String(start) });
  if (Number(mapping.target('reconnect.backoff.max.ms') ?? '10000') < start) {
    mapping.fault('conflict', 'reconnect.backoff.max.ms', `must not be below reconnect.backoff.ms, ${start}`);
  }
}
