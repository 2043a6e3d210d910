import { clientNames } from '../../config/client-names.ts';
import {
  type ExplainedKey,
  type ExplainedSource,
  type Explanation,
  explainFiles,
  OUTCOMES,
  type Outcome,
} from '../../config/explain.ts';
import { renderOrigin } from '../../config/findings.ts';
import { printable, printableJson, printableName } from '../../config/printable.ts';
import type { Path } from '../../config/provided-paths.ts';
import type { KafkaConfig } from '../../config/types.ts';
import type { CommandInput } from './commands.ts';
import { EXIT, refusedExit } from './exit-codes.ts';
import type { Host } from './host.ts';
import { print } from './output.ts';

/** `tailrace explain`: prints what becomes of each key; the exit code tells the worst. */
export async function runExplain(input: CommandInput<'explain'>, host: Host): Promise<number> {
  const { arguments: files, options } = input;
  const { override: overrides, json } = options;
  const explanation = explainFiles({ files, overrides, env: host.env });
  const text = json ? renderJson(explanation) : renderText(explanation);
  await print(text, host);
  const { outcome, inConnectorsOnly } = explanation;
  if (outcome === 'refused') return refusedExit(inConnectorsOnly);
  return { honoured: EXIT.CLEAN, differs: EXIT.DIFFERS, ignored: EXIT.IGNORED }[outcome];
}

export function renderJson({ outcome, sources, ...rest }: Explanation): string {
  const configuration = shownConfig(rest);
  return `${printableJson({ outcome, sources, configuration })}\n`;
}

const WIDTH = Math.max(...OUTCOMES.map(({ length }) => length));

export function renderText({ sources, ...rest }: Explanation): string {
  const lines = sources.flatMap(source => [...renderSource(source), '']);
  lines.push(summary(sources), '');
  lines.push(...outOfRange(rest));
  const configuration = shownConfig(rest);
  if (configuration !== null) lines.push('The resulting configuration:', ...flatten('', configuration).map(indent));
  else lines.push('There is no resulting configuration, since something is refused.');
  return `${lines.join('\n')}\n`;
}

/** A refused key reads as `run` would say it: place, key and what is wrong with it, one sentence. */
function renderSource({ source, keys, faults }: ExplainedSource): string[] {
  return [
    printable(source),
    ...faults.map(fault => indent(column('refused', `${renderOrigin(fault)} ${printable(fault.message)}`))),
    ...keys.map(key => renderKey(source, key)),
  ];
}

function renderKey(file: string, { key, line, value, outcome, reasons, became }: ExplainedKey): string {
  const reason = because(outcome, reasons.map(printable));
  if (outcome === 'refused') return indent(column(outcome, `${renderOrigin({ file, line, key })}${reason}`));
  const place = line === null ? '' : `${printable(file)}:${line}: `;
  const shown = printableName(key);
  const written = `${shown}${value === null ? '' : `=${printable(value)}`}`;
  const elsewhere = became.map(printable).filter(what => !written.endsWith(what));
  const arrow = elsewhere.length === 0 ? '' : ` → ${elsewhere.join(', ')}`;
  return indent(column(outcome, `${place}${written}${arrow}${reason}`));
}

/** Reasons complete "the key …"; of an ignored key they say why it is. */
function because(outcome: Outcome, reasons: readonly string[]): string {
  if (reasons.length === 0) return '';
  if (outcome === 'refused') return ` ${reasons.join('; it ')}`;
  return outcome === 'ignored' ? ` has no effect: ${reasons.join('; ')}` : `; it ${reasons.join('; it ')}`;
}

function column(outcome: string, text: string): string {
  return `${outcome.padEnd(WIDTH)}  ${text}`;
}

function summary(sources: readonly ExplainedSource[]): string {
  const counts = OUTCOMES.map(outcome => {
    const keys = sources.flatMap(source => source.keys).filter(key => key.outcome === outcome).length;
    const faults = outcome === 'refused' ? sources.flatMap(source => source.faults).length : 0;
    return `${keys + faults} ${outcome === 'differs' ? 'honoured differently' : outcome}`;
  });
  return `${counts.join(', ')}.`;
}

/** Kafka Connect resets such an offset by default, and nothing that was written says that it is otherwise here. */
function outOfRange({ config, mask }: Pick<Explanation, 'config' | 'mask'>): string[] {
  const failing = (config?.connectors ?? []).filter(({ kafka }) => kafka.offsetOutOfRange === 'fail');
  if (failing.length === 0) return [];
  const names = failing.map(({ name }) => printable(mask(name))).join(', ');
  return [
    `${names}: an offset outside its log (retention has deleted what was not read) fails the task. To go on behind such a gap ` +
      'as Kafka Connect does, write consumer.override.auto.offset.reset=earliest (or latest).',
    '',
  ];
}

function indent(line: string): string {
  return `  ${line}`;
}

const PROVIDED = '(given by a config provider)';

/** The configuration as plain data, connectors by their names, without secrets; null where something is refused. */
function shownConfig({ config, mask, provided }: Pick<Explanation, 'config' | 'mask' | 'provided'>): unknown {
  if (config === null) return null;
  const byName = Object.fromEntries(
    config.connectors.map(({ name, properties: _written, ...connector }, index) => {
      const kafka = withoutName(connector.kafka, name, mask(name));
      return [mask(name), hidden({ ...connector, kafka }, provided.connectors[index]!)];
    }),
  );
  const hide = (_: string, value: unknown) => {
    if (typeof value === 'string') return value.includes('-----BEGIN ') ? '(PEM)' : mask(value);
    return typeof value === 'number' && mask(String(value)) !== String(value) ? mask(String(value)) : value;
  };
  return JSON.parse(JSON.stringify({ worker: hidden(config.worker, provided.worker), connectors: byName }, hide));
}

/** Plain data of the value, with what stands at these places told by where it came from. */
function hidden(value: unknown, paths: readonly Path[]): unknown {
  const plain = JSON.parse(JSON.stringify(value)) as unknown;
  for (const path of paths) {
    const holder = path.slice(0, -1).reduce(member, plain);
    const last = path.at(-1)!;
    if (isObject(holder) && Object.hasOwn(holder, last) && holder[last] !== null) holder[last] = PROVIDED;
  }
  return plain;
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The names of group and clients are made from the connector's, which a provider may have given. */
function withoutName(kafka: KafkaConfig, name: string, shown: string): unknown {
  if (shown === name) return kafka;
  const made = new Set(Object.values(clientNames(name)));
  const hide = (_: string, value: unknown) =>
    typeof value === 'string' && made.has(value) ? value.replace(name, () => shown) : value;
  return JSON.parse(JSON.stringify(kafka, hide));
}

/** `a.b[0].c=1`, a line each. */
function flatten(path: string, value: unknown): string[] {
  if (value === null) return [];
  if (Array.isArray(value)) {
    return value.length === 0 ? [`${path}=[]`] : value.flatMap((item, index) => flatten(`${path}[${index}]`, item));
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, member]) => flatten(path === '' ? name : `${path}.${name}`, member));
  }
  return [`${printable(path)}=${printable(String(value))}`];
}
