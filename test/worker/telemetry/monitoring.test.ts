import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Metric } from '../../../worker/telemetry/metric.ts';
import { METRICS } from '../../../worker/telemetry/metrics.ts';
import { createTelemetry } from '../../../worker/telemetry/telemetry.ts';
import { createManualClock } from '../manual-clock.ts';
import { parse } from './promql.ts';

const EXAMPLES = new URL('../../../../config/examples/monitoring/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, EXAMPLES), 'utf8');

/** Prometheus adds these to whatever it scrapes. */
const OF_SCRAPE = ['instance', 'job'];

/** The labels of each series that the worker shows, by the names that PromQL has for them. */
async function labelsByName(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { names, type, labels } of Object.values(METRICS) as Metric[]) {
    if (type !== 'histogram') found.set(names.exporter, labels);
    else
      for (const [end, more] of [
        ['bucket', ['le']],
        ['sum', []],
        ['count', []],
      ] as const) {
        found.set(`${names.exporter}_${end}`, [...labels, ...more]);
      }
  }
  const telemetry = createTelemetry({
    clock: createManualClock(),
    log: { write: () => undefined, writes: () => false, with: () => assert.fail('nobody is there') },
    version: '1',
    metricNames: 'exporter',
    status: () => [],
    droppedLines: () => 0,
    loopDelay: quantiles => quantiles.map(() => 0),
  });
  for (const [, name] of (await telemetry.render()).matchAll(/^# TYPE ((?:process|nodejs)_\S+)/gm))
    found.set(name!, []);
  return found;
}

const LABELS = await labelsByName();

/** Values of labels that the code writes, where an expression asks for one. */
const VALUES: Readonly<Record<string, RegExp>> = {
  status: /^(failed|running|paused|unassigned|restarting|stopped|[2345]xx|none)$/,
  verdict: /^(consumed|delivered|dead_lettered|skipped)$/,
  result: /^(ok|failed|acknowledged)$/,
  kind: /^(assigned|drained|not_drained)$/,
  instance: /^\$instance$/,
  connector: /^\$connector$/,
};

/** @param shown labels that texts beside the expression name */
function check(expression: string, shown: readonly string[]): void {
  const { selectors, grouping } = parse(expression);
  const common: string[] = [];
  for (const { metric, matches } of selectors) {
    const labels = LABELS.get(metric);
    assert.ok(labels !== undefined, `${metric} does not exist: ${expression}`);
    for (const [label, value] of matches) {
      assert.ok([...labels, ...OF_SCRAPE].includes(label), `${metric} has no label ${label}: ${expression}`);
      assert.match(value, VALUES[label] ?? /^$/, `${label} of ${metric}`);
    }
    common.push(...labels);
  }
  for (const label of grouping) assert.ok([...common, ...OF_SCRAPE].includes(label), `${label}: ${expression}`);
  const left = /\b(sum|max|min|avg|count)\b/.test(expression) ? grouping : [...common, ...OF_SCRAPE];
  for (const label of shown) assert.ok(left.includes(label), `${label} is not left: ${expression}`);
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly legendFormat?: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
}

const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard;

test('every expression of the dashboard asks for metrics and labels that exist', () => {
  const targets = dashboard.panels.flatMap(({ targets: each = [] }) => each);
  assert.ok(targets.length > 30);
  for (const { expr, legendFormat = '' } of targets) {
    check(
      expr,
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]!),
    );
  }
  for (const { definition } of dashboard.templating.list) if (definition !== undefined) check(definition, []);
});

test('the panels of the dashboard have numbers of their own, a word on what they show, and places that do not overlap', () => {
  const { panels } = dashboard;
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, type, description, gridPos } of panels) {
    assert.ok(title !== '' && (type === 'row' || (description ?? '').endsWith('.')), title);
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(!taken.has(`${x}/${y}`), `${title} covers another`);
        taken.add(`${x}/${y}`);
      }
    }
  }
});

test('the variables that expressions use are those of the dashboard', () => {
  const defined = new Set(dashboard.templating.list.map(({ name }) => name));
  const used = JSON.stringify(dashboard).matchAll(/\$\{?(?!__)([a-z]\w*)/g);
  for (const [, name] of used) assert.ok(defined.has(name!), name);
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly rest: string;
}

/** As our file is written: a rule is a list item, an expression a line or a block. */
function rulesIn(text: string): Rule[] {
  return text
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map(rule => {
      const block = /^ {8}expr: \|\n((?: {10}.*\n)+)/m.exec(rule)?.[1];
      const expr = block ?? /^ {8}expr: (.+)$/m.exec(rule)?.[1];
      assert.ok(expr !== undefined, rule);
      return { alert: rule.split('\n', 1)[0]!, expr: expr.trim(), rest: rule };
    });
}

const RULES = rulesIn(read('prometheus-rules.yml'));

test('every alert asks for metrics and labels that exist, and names only labels that its result has', () => {
  assert.ok(RULES.length > 10);
  for (const { expr, rest } of RULES) {
    check(
      expr,
      [...rest.matchAll(/\$labels\.(\w+)/g)].map(match => match[1]!),
    );
  }
});

test('every alert has a name of its own, a severity, and says what is the matter and what to do', () => {
  assert.equal(new Set(RULES.map(({ alert }) => alert)).size, RULES.length);
  for (const { alert, rest } of RULES) {
    assert.match(alert, /^Tailrace[A-Z]\w+$/);
    assert.match(rest, /^ {10}severity: (page|ticket)$/m, alert);
    for (const each of ['summary', 'description'])
      assert.match(rest, new RegExp(`^ {10}${each}: '[^']+'$`, 'm'), alert);
  }
});

test('what is wrong in an expression is found', () => {
  for (const wrong of [
    'sum(tailrace_lag)',
    'tailrace_partition_lag{conector="a"}',
    'kafka_connect_connector_status{status="broken"}',
    'sum by (topic) (tailrace_endpoint_parked)',
    'sum(tailrace_endpoint_parked',
    'rate(tailrace_requests_total[5 minutes])',
    'tailrace_request_duration_seconds',
  ]) {
    assert.throws(() => check(wrong, []), Error, wrong);
  }
  assert.throws(() => check('sum by (connector) (tailrace_partition_lag)', ['topic']));
});
