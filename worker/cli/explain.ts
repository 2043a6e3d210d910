import {
  type ExplainedKey,
  type ExplainedSource,
  type Explanation,
  explainFiles,
  OUTCOMES,
} from '../../config/explain.ts';
import type { Config } from '../../config/types.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';

export interface ExplainCommand {
  readonly files: readonly string[];
  readonly overrides: readonly string[];
  /** For machines. */
  readonly json: boolean;
}

/** `tailrace explain`: prints what becomes of each key; the exit code tells the worst. */
export function runExplain({ files, overrides, json }: ExplainCommand, host: Host): number {
  const explanation = explainFiles({ files, overrides, env: host.env });
  host.out.write(json ? renderJson(explanation) : renderText(explanation));
  const { outcome, inConnectorsOnly } = explanation;
  if (outcome === 'refused') return inConnectorsOnly ? EXIT.CONNECTOR_START : EXIT.WORKER_START;
  return { honoured: EXIT.CLEAN, differs: EXIT.DIFFERS, ignored: EXIT.IGNORED }[outcome];
}

export function renderJson({ outcome, sources, config, mask }: Explanation): string {
  const configuration = config === null ? null : shownConfig(config, mask);
  return `${JSON.stringify({ outcome, sources, configuration }, null, 2)}\n`;
}

const WIDTH = Math.max(...OUTCOMES.map(({ length }) => length));

export function renderText(explanation: Explanation): string {
  const { sources, config, mask } = explanation;
  const lines = sources.flatMap(source => [...renderSource(source), '']);
  lines.push(summary(sources), '');
  lines.push(...outOfRange(config, mask));
  if (config !== null)
    lines.push('The resulting configuration:', ...flatten('', shownConfig(config, mask)).map(indent));
  else lines.push('There is no resulting configuration, since something is refused.');
  return `${lines.join('\n')}\n`;
}

function renderSource({ source, keys, faults }: ExplainedSource): string[] {
  return [
    source,
    ...faults.map(({ line, message }) =>
      indent(column('refused', `${line === null ? 'It' : `Line ${line}`}: ${message}`)),
    ),
    ...keys.map(renderKey),
  ];
}

function renderKey({ key, value, outcome, reasons, became }: ExplainedKey): string {
  const written = `${key}${value === null ? '' : `=${oneLine(value)}`}`;
  const elsewhere = became.filter(what => !written.endsWith(what)).map(oneLine);
  const arrow = elsewhere.length === 0 ? '' : ` → ${elsewhere.join(', ')}`;
  return indent(column(outcome, `${written}${arrow}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`));
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
function outOfRange(config: Config | null, mask: (text: string) => string): string[] {
  const failing = (config?.connectors ?? []).filter(({ kafka }) => kafka.offsetOutOfRange === 'fail');
  if (failing.length === 0) return [];
  const names = failing.map(({ name }) => oneLine(mask(name))).join(', ');
  return [
    `${names}: an offset outside its log (retention has deleted what was not read) fails the task. To go on behind such a gap ` +
      'as Kafka Connect does, write consumer.override.auto.offset.reset=earliest (or latest).',
    '',
  ];
}

function indent(line: string): string {
  return `  ${line}`;
}

function oneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\');
}

/** The configuration as plain data, connectors by their names, without secrets. */
function shownConfig(config: Config, mask: (text: string) => string): unknown {
  const { worker, connectors } = config;
  const byName = Object.fromEntries(connectors.map(({ name, ...connector }) => [name, connector]));
  const hide = (_: string, value: unknown) => {
    if (typeof value === 'string') return value.includes('-----BEGIN ') ? '(PEM)' : mask(value);
    return typeof value === 'number' && mask(String(value)) !== String(value) ? mask(String(value)) : value;
  };
  return JSON.parse(JSON.stringify({ worker, connectors: byName }, hide));
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
  return [`${path}=${oneLine(String(value))}`];
}
