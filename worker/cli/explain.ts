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

export function renderJson({ outcome, sources, ...rest }: Explanation): string {
  const configuration = shownConfig(rest);
  return `${printableJson({ outcome, sources, configuration })}\n`;
}

const WIDTH = Math.max(...OUTCOMES.map(({ length }) => length));

export function renderText({ sources, ...rest }: Explanation): string {
  const lines = sources.flatMap(source => [...renderSource(source), '']);
  lines.push(summary(sources), '');
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
  const place = line === null ? '' : `${printable(file)}:${line}: `;
  const shown = printableName(key);
  const written = `${shown}${value === null ? '' : `=${printable(value)}`}`;
  const elsewhere = became.map(printable).filter(what => !written.endsWith(what));
  const arrow = elsewhere.length === 0 ? '' : ` → ${elsewhere.join(', ')}`;
  return indent(column(outcome, `${place}${written}${arrow}${because(outcome, reasons.map(printable))}`));
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

function indent(line: string): string {
  return `  ${line}`;
}

const PROVIDED = '(given by a config provider)';

/** The configuration as plain data, connectors by their names, without secrets; null where something is refused. */
function shownConfig({ config, mask, provided }: Pick<Explanation, 'config' | 'mask' | 'provided'>): unknown {
  if (config === null) return null;
  const { worker, connectors } = config;
  const byName = Object.fromEntries(
    connectors.map(({ name, topicsRegex, transforms, ...connector }) => {
      const keys = provided.get(name) ?? new Set();
      const shown = {
        topicsRegex: topicsRegex !== null && keys.has('topics.regex') ? PROVIDED : topicsRegex,
        transforms: [...keys].some(key => /^(?:transforms|predicates)\./.test(key)) ? PROVIDED : transforms,
      };
      return [mask(name), { ...connector, ...shown }];
    }),
  );
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
  return [`${printable(path)}=${printable(String(value))}`];
}
