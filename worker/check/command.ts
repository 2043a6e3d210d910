import { loadFiles } from '../../config/load.ts';
import { Secret } from '../../config/secret.ts';
import { systemFiles, unreadable } from '../../config/source/files.ts';
import type { CommandInput } from '../cli/commands.ts';
import { EXIT, refusedExit } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { print } from '../cli/output.ts';
import { misuse } from '../cli/parse.ts';
import { warningsOf } from '../cli/surroundings.ts';
import { stylesOf } from '../cli/terminal.ts';
import { missingFeatures } from '../kafka/features.ts';
import { fallback } from '../kafka/reader/choose.ts';
import { smallFiles } from '../small-files.ts';
import { createMasking, type Masking } from '../telemetry/masking.ts';
import { secretsOf } from '../telemetry/secrets.ts';
import { check } from './check.ts';
import type { FactValue, Finding } from './finding.ts';
import { systemResolve } from './network.ts';
import { newestOf } from './newest.ts';
import { isFine, renderFinding, renderJson, renderSummary } from './render.ts';
import { recordsIn } from './sample-file.ts';
import type { Newest, Sample } from './sending.ts';

/** `tailrace check`: a line for each thing that was looked at, and the exit code. */
export async function runCheck({ arguments: files, options }: CommandInput<'check'>, host: Host): Promise<number> {
  const { send, sendOne, timeout: timeoutMs, json, override: overrides } = options;
  const [workerFile = null, ...connectorFiles] = files;
  const sample = send === null ? null : sampleIn(send);
  if (typeof sample === 'string') {
    host.complain(misuse(`the file that --send names ${sample}`, 'check'));
    return EXIT.USAGE;
  }
  const loaded = loadFiles({ workerFile, connectorFiles, env: host.env, overrides });
  const { config } = loaded;
  const masking = createMasking(config === null ? [] : secretsOf(config));
  const names = config?.connectors.map(({ name }) => name) ?? [];
  const findings: Finding[] = [];
  let printed = Promise.resolve();
  const tell = (finding: Finding): void => {
    const clean = masked(finding, masking);
    findings.push(clean);
    if (!json) printed = printed.then(() => print(renderFinding(clean, stylesOf(host), names.length > 1), host));
  };
  const reader = config?.worker.reader ?? 'auto';
  await check(loaded, surroundingsOf(host, reader), {
    tell,
    clock: host.clock,
    random: host.random,
    timeoutMs,
    resolve: systemResolve,
    files: smallFiles,
    sends: send !== null || sendOne,
    conceal: secret => masking.add([new Secret(secret)]),
    reader,
    log: () => undefined,
    unreached: new Map(),
    sample: connector => {
      if (!sendOne) return sample;
      const read: Newest['read'] = (topic, reading) => newestOf(connector, topic, reading, { reader, timeoutMs });
      return { kind: 'newest', read };
    },
  });
  await printed;
  await print(json ? renderJson(findings, names) : renderSummary(findings), host);
  if (config === null) return refusedExit(loaded.inConnectorsOnly);
  return isFine(findings) ? EXIT.CLEAN : EXIT.CHECK_FAILED;
}

/** @returns what is wrong with the file, where something is */
function sampleIn(file: string): Sample | string {
  let bytes: Buffer;
  try {
    bytes = systemFiles.read(file);
  } catch (error) {
    return `can't be read: ${unreadable(error)}`;
  }
  try {
    return { kind: 'values', values: recordsIn(bytes) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** What `run` would warn of, beside the files. */
function surroundingsOf(host: Host, reader: Parameters<typeof fallback>[0]): readonly string[] {
  const reason = fallback(reader);
  return [
    ...warningsOf(host),
    ...missingFeatures().map(missing => `the Kafka client was compiled without ${missing}; "make setup" brings it`),
    ...(reason === null ? [] : [`the portable reader serves, not the native one: ${reason}`]),
  ];
}

/** Whatever wrote a text, no secret is in it. */
function masked({ area, outcome, ...finding }: Finding, { mask }: Masking): Finding {
  const { connector, subject, text, advice, facts } = finding;
  return {
    area,
    connector,
    subject: mask(subject),
    outcome,
    text: mask(text),
    advice: advice === null ? null : mask(advice),
    facts: maskedFact(facts, mask) as Finding['facts'],
  };
}

function maskedFact(value: FactValue, mask: Masking['mask']): FactValue {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map(each => maskedFact(each as FactValue, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, maskedFact(each as FactValue, mask)]));
}
