import { printable, printableJson } from '../../config/printable.ts';
import { AREAS, type Finding, type Outcome } from './finding.ts';

/** How the eye is told of an outcome; the sign says it too. */
export type Colour = 'green' | 'yellow' | 'red' | 'dim';
export type Colours = Readonly<Record<Colour, (text: string) => string>>;

const SIGNS: Readonly<Record<Outcome, readonly [sign: string, colour: Colour]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['–', 'dim'],
};
const WIDTH = Math.max(...AREAS.map(({ length }) => length));

/** A line, and another with what to do where there is something to do. */
export function renderFinding(
  { area, connector, subject, outcome, text, advice }: Finding,
  colours: Colours,
  named: boolean,
): string {
  const [sign, colour] = SIGNS[outcome];
  const whose = named && connector !== null ? `${printable(connector)}: ` : '';
  const line = `${area.padEnd(WIDTH)}  ${whose}${printable(subject)}: ${printable(text)}`;
  const shown = outcome === 'skipped' ? colours.dim(line) : line;
  const todo = advice === null ? '' : `${' '.repeat(WIDTH + 4)}→ ${printable(advice)}\n`;
  return `${colours[colour](sign)} ${shown}\n${todo}`;
}

export function renderSummary(findings: readonly Finding[]): string {
  const count = (wanted: Outcome): number => findings.filter(({ outcome }) => outcome === wanted).length;
  const warnings = count('warning');
  return `\n${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('failed')} failed, ${count('skipped')} skipped\n`;
}

/** The worker's before those of connectors, in their order; of each what others need first. */
export function renderJson(findings: readonly Finding[], connectors: readonly string[]): string {
  const rank = ({ connector }: Finding): number => (connector === null ? -1 : connectors.indexOf(connector));
  const sorted = [...findings].sort((a, b) => rank(a) - rank(b) || AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
  return `${printableJson({ ok: isFine(findings), findings: sorted })}\n`;
}

export function isFine(findings: readonly Finding[]): boolean {
  return findings.every(({ outcome }) => outcome !== 'failed');
}
