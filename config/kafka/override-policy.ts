import type { Findings } from '../findings.ts';
import { splitList } from '../schema/formats.ts';
import type { ConnectorSection, WorkerSection } from '../schema/section.ts';
import type { ClientRole } from './client-key.ts';

const PACKAGE = 'org.apache.kafka.connect.connector.policy.';
const SUFFIX = 'ConnectorClientConfigOverridePolicy';
const KEY = 'connector.client.config.override.policy';
const ALLOWLIST_KEY = 'connector.client.config.override.allowlist';

const PRINCIPAL: readonly string[] = ['sasl.jaas.config', 'sasl.mechanism', 'security.protocol'];

/** Policies by their short names, and which client keys each allows; null: all. */
const POLICIES: Readonly<Record<string, (worker: WorkerSection) => readonly string[] | null>> = {
  All: () => null,
  None: () => [],
  Principal: () => PRINCIPAL,
  Allowlist: ({ values }) => splitList(values.overrideAllowlist ?? ''),
};

/** The short name behind a full, a simple or a short one; null when there is no such policy. */
function policyName(text: string): string | null {
  const simple = text.startsWith(PACKAGE) ? text.slice(PACKAGE.length) : text;
  const short = simple.endsWith(SUFFIX) ? simple.slice(0, -SUFFIX.length) : simple;
  return Object.keys(POLICIES).find(name => name.toLowerCase() === short.toLowerCase()) ?? null;
}

export function checkPolicy(worker: WorkerSection, findings: Findings): void {
  const name = policyName(worker.values.overridePolicy);
  if (name === null) {
    const message = `must be ${Object.keys(POLICIES).join(', ')}: others can not be loaded`;
    findings.fault('unsupported', worker.origin(KEY), message);
  }
  const allowlist = worker.inFile(ALLOWLIST_KEY);
  if (allowlist !== null && name !== 'Allowlist') {
    findings.note('ignored', allowlist.origin, `${KEY} is ${name ?? worker.values.overridePolicy}`);
  }
}

/** Refuses the keys of a connector that the worker's policy does not let it set for this client. */
export function checkOverrides(
  role: ClientRole,
  worker: WorkerSection,
  connector: ConnectorSection,
  findings: Findings,
): void {
  const name = policyName(worker.values.overridePolicy);
  const allowed = name === null ? [] : POLICIES[name]!(worker);
  if (name === null || allowed === null) return;
  for (const [key, { origin }] of connector.family(`${role}.override.`)) {
    if (allowed.includes(key)) continue;
    const which = allowed.length === 0 ? 'it allows none' : `it allows ${allowed.join(', ')}`;
    findings.fault('forbidden', origin, `is not allowed by ${KEY}=${name} of the worker: ${which}`);
  }
}
