import { readFileSync } from 'node:fs';
import { ConfigError } from '../../config/findings.ts';
import { loadWorker } from '../../config/load.ts';
import { printable } from '../../config/printable.ts';
import type { Config, ConnectorConfig } from '../../config/types.ts';
import { isAvailable } from '../../connector/http/coding/codecs.ts';
import { Scope } from '../../connector/scope.ts';
import type { CommandInput } from '../cli/commands.ts';
import { EXIT, refusedExit, SIGNAL_BASE } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { print } from '../cli/output.ts';
import { createProgress, type Progress } from '../cli/progress.ts';
import { columnsOf, stylesOf } from '../cli/terminal.ts';
import { renderTime } from '../cli/times.ts';
import { measureLoopUse } from '../clock.ts';
import { createMasking } from '../telemetry/masking.ts';
import { secretsOf } from '../telemetry/secrets.ts';
import { advise } from './advice.ts';
import type { Limits } from './bounds.ts';
import { type EndpointOrder, type EndpointProcess, startEndpoint } from './endpoint-process.ts';
import { renderJson } from './json.ts';
import { checkWritable, createRecorder, OutputError, writeOutput } from './outputs.ts';
import { parseRecording, RecordingError } from './recording.ts';
import { renderReport } from './report.ts';
import { SampleError, TopicError, takeSample } from './sample-source.ts';
import { NothingToSendError, type SessionParts, type Step, tune } from './session.ts';
import { parseSimulation, SimulationError } from './simulation.ts';
import { type Codec, codecOf, madeUp, subjectOf } from './subject.ts';
import { type Account, codecText, loadText } from './summary.ts';
import { renderAccount } from './text.ts';
import { count, rate, size, time } from './words.ts';

type Input = CommandInput<'tune'>;
type Options = Input['options'];

/** What was asked for can't be done; the message is one line for the user. */
class TuneError extends Error {}

/** Errors of ours that are the user's to mend. */
const USERS = [TuneError, SimulationError, SampleError, OutputError, NothingToSendError];

/** `tailrace tune`: measures an endpoint, and says what to set. */
export async function runTune(input: Input, host: Host): Promise<number> {
  const progress = createProgress(host);
  try {
    return await run(input, host, progress);
  } catch (error) {
    progress.clear();
    if (error instanceof ConfigError) {
      host.complain(`${error.message}\n`);
      return refusedExit(error.inConnectorsOnly);
    }
    if (!USERS.some(kind => error instanceof kind)) throw error;
    host.complain(`tailrace: ${printable((error as Error).message)}\n`);
    return error instanceof TopicError ? EXIT.UNFINISHED : EXIT.USAGE;
  }
}

async function run({ arguments: files, options }: Input, host: Host, progress: Progress): Promise<number> {
  const [workerFile, sinkFile] = files;
  const order = orderOf(options);
  for (const path of [options.report, options.record]) if (path !== null) checkWritable(path);
  const { config } = loadWorker({
    workerFile: workerFile!,
    connectorFiles: [sinkFile!],
    env: host.env,
    overrides: options.override,
  });
  const { mask } = createMasking(secretsOf(config));
  const connector = connectorOf(config, options.connector);
  const alias = aliasOf(connector, options.endpoint);
  const subject = subjectOf(connector, alias);
  const signal = interruptible(host);
  const codecs = codecsOf(options.compression, subject);
  const limits: Limits = { requests: options.maxRequests, bytes: options.maxBytes, ms: options.maxTime };
  const endpoint = order === null ? null : await startEndpoint(order);
  const recorder = options.record === null ? null : createRecorder(options.record);
  try {
    const source = { connector, alias, worker: config.worker };
    const sampled = await takeSample(source, options, signal);
    const named = subjectText(subject, options, mask);
    const bounds = `at most ${count(limits.requests)} requests, ${size(limits.bytes)} and ${time(limits.ms)}`;
    host.complain(`Measures ${named}: ${bounds}, ${options.maxInFlight} requests at a time\n`);
    const show = (text: string): string => printable(mask(text));
    const result = await tune({
      ...session(subject, endpoint, options, host),
      blocks: sampled.blocks,
      codecs,
      limits,
      wishes: { latencyP99Ms: options.latencyP99, mostInFlight: sampled.partitions },
      signal,
      record: recorder?.record ?? null,
      show,
      progress: step => progress.show(step.share, stepText(step, codecs)),
    });
    progress.clear();
    const adviceParts = {
      config: subject,
      prefix: alias === null ? '' : `endpoints.${alias}.`,
      worker: config.worker,
      partitions: sampled.partitions,
      latencyP99Ms: options.latencyP99,
    };
    const account: Account = {
      subject: named,
      connector: show(connector.name),
      source: show(sampled.source),
      result,
      advice: result.choice === null ? null : advise(result.choice, result, adviceParts),
    };
    await tell(account, options, host);
    return result.choice === null || result.interrupted ? EXIT.UNFINISHED : EXIT.CLEAN;
  } finally {
    endpoint?.close();
    recorder?.close();
  }
}

async function tell(account: Account, options: Options, host: Host): Promise<void> {
  const look = { styles: stylesOf(host), width: columnsOf(host) };
  await print(options.json ? renderJson(account) : renderAccount(account, look), host);
  if (options.report === null) return;
  writeOutput(options.report, renderReport(account, renderTime(host.clock.wall()).replace(/\.\d+/, '')));
  host.complain(`The report is in ${printable(options.report)}\n`);
}

/** What is to be made up; null: the real endpoint is measured. */
function orderOf({ simulate, replay }: Options): EndpointOrder | null {
  if (simulate !== null) return { model: parseSimulation(simulate) };
  if (replay === null) return null;
  let text: string;
  try {
    text = readFileSync(replay, 'utf8');
  } catch (error) {
    throw new TuneError(`${replay} can't be read: ${(error as Error).message}`);
  }
  try {
    return { figures: parseRecording(text) };
  } catch (error) {
    throw error instanceof RecordingError ? new TuneError(`${replay}: ${error.message}`) : error;
  }
}

function connectorOf({ connectors }: Config, name: string | null): ConnectorConfig {
  const found = connectors.filter(connector => name === null || connector.name === name);
  const names = connectors.map(connector => connector.name).join(', ');
  if (found.length === 0) throw new TuneError(`no connector is called so: there is ${names}`);
  if (found.length > 1) throw new TuneError(`there are several connectors, and --connector says which: ${names}`);
  return found[0]!;
}

function aliasOf({ endpoints }: ConnectorConfig, alias: string | null): string | null {
  if (endpoints === null) {
    if (alias !== null) throw new TuneError('the connector has one endpoint: --endpoint is for those with several');
    return null;
  }
  const aliases = endpoints.map(endpoint => endpoint.alias);
  if (alias !== null && aliases.includes(alias)) return alias;
  throw new TuneError(`the connector has several endpoints, and --endpoint says which: ${aliases.join(', ')}`);
}

function codecsOf(wanted: Options['compression'], { http }: ConnectorConfig): readonly Codec[] {
  if (wanted === 'configured') return [codecOf(http)];
  const codecs = ({ none: [null], gzip: ['gzip'], zstd: ['zstd'], all: [null, 'gzip', 'zstd'] } as const)[wanted];
  const available = codecs.filter(codec => codec === null || isAvailable(codec));
  if (available.length === 0) throw new TuneError('this Node has no zstd: 22.15 and later do');
  return available;
}

function session(
  config: ConnectorConfig,
  endpoint: EndpointProcess | null,
  { maxInFlight }: Options,
  { clock, random }: Host,
): Pick<SessionParts, 'config' | 'origin' | 'mostInFlight' | 'clock' | 'random' | 'busy'> {
  return {
    config: endpoint === null ? config : madeUp(config),
    origin: endpoint?.origin ?? null,
    mostInFlight: maxInFlight,
    clock,
    random,
    busy: measureLoopUse(),
  };
}

/** The first signal ends it with what there is, the second at once. */
function interruptible(host: Host): Scope {
  const scope = new Scope();
  host.onSignal((_name, number) => {
    if (scope.aborted) host.exit(SIGNAL_BASE + number);
    scope.abort();
  });
  return scope;
}

function subjectText({ http }: ConnectorConfig, { simulate, replay }: Options, mask: (text: string) => string): string {
  if (simulate !== null) return `a made-up endpoint (${printable(simulate)})`;
  if (replay !== null) return `an endpoint as recorded in ${printable(replay)}`;
  return printable(mask(`${http.url.origin}${http.url.pathname}`));
}

function stepText({ load, codec, last }: Step, codecs: readonly Codec[]): string {
  const by = codecs.length > 1 ? `${codecText(codec)}: ` : '';
  const before = last === null ? '' : `; the last gave ${rate(last.recordsPerSecond)} records/s`;
  return `${by}${loadText(load)}${before}`;
}
