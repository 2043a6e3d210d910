import { parseConfig } from '../../../config/load.ts';
import { systemFiles } from '../../../config/source/files.ts';
import type { Config, ConnectorConfig } from '../../../config/types.ts';
import type { Area, Finding } from '../../../worker/check/finding.ts';
import { checkHttp, type HttpLooking } from '../../../worker/check/http.ts';
import { type Resolve, systemResolve } from '../../../worker/check/network.ts';
import { recordsIn } from '../../../worker/check/sample-file.ts';
import { sendSample } from '../../../worker/check/sending.ts';
import { systemClock } from '../../../worker/clock.ts';
import { smallFiles } from '../../../worker/small-files.ts';

export type Keys = Readonly<Record<string, string>>;

/** What the files of a worker and one connector say. */
export function configOf(sink: Keys, env: Keys = {}): Config {
  const config = { name: 'orders', 'connector.class': 'tailrace.HttpSink', topics: 'orders', ...sink };
  return parseConfig({
    worker: { name: 'worker.properties', text: 'bootstrap.servers=127.0.0.1:9\n' },
    connectors: [{ name: 'sink.json', text: JSON.stringify(config) }],
    env,
    overrides: [],
    files: systemFiles,
  });
}

export interface LookOptions {
  /** The content of a file that `--send` names. */
  readonly send?: string;
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
  readonly env?: Keys;
}

/** All that is found about a connector but for Kafka. */
export async function look(sink: Keys, options: LookOptions = {}): Promise<readonly Finding[]> {
  return lookAt(configOf(sink, options.env).connectors[0]!, options);
}

export async function lookAt(connector: ConnectorConfig, options: LookOptions = {}): Promise<readonly Finding[]> {
  const { send, timeoutMs = 5_000, resolve = systemResolve } = options;
  const findings: Finding[] = [];
  const looking: HttpLooking = {
    tell: finding => findings.push(finding),
    clock: systemClock,
    timeoutMs,
    resolve,
    files: smallFiles,
    sends: send !== undefined,
    conceal: () => undefined,
  };
  const needs = await checkHttp(connector, looking);
  const sample = send === undefined ? null : ({ kind: 'values', values: recordsIn(Buffer.from(send)) } as const);
  await sendSample(connector, connector.topics ?? [], needs, { ...looking, random: Math.random, sample });
  return findings;
}

/** `area outcome`, in the order in which they were told. */
export function outline(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ area, outcome }) => `${area} ${outcome}`);
}

export function the(findings: readonly Finding[], area: Area): Finding {
  const found = findings.filter(finding => finding.area === area);
  if (found.length !== 1) throw new Error(`${found.length} findings of ${area}: ${JSON.stringify(findings, null, 1)}`);
  return found[0]!;
}
