import { readFileSync, writeFileSync } from 'node:fs';
import type { Metric } from './metric.ts';
import { METRICS } from './metrics.ts';

// Run as a program: writes worker/METRICS.md, or with --check says whether it is what would be written.

const TARGET = new URL('../../../worker/METRICS.md', import.meta.url);

function render(): string {
  const rows = Object.values(METRICS).map((metric: Metric) => [
    `\`${metric.names.exporter}\``,
    metric.names.jmx === metric.names.exporter ? 'the same' : `\`${metric.names.jmx}\``,
    metric.type,
    metric.labels.map(label => `\`${label}\``).join(', ') || '–',
    metric.help,
  ]);
  return `# Metrics

\`GET /metrics\` of the worker's listener gives these in Prometheus' text format. The names that begin with
\`kafka_connect_\` are Kafka Connect's own, spelled as the rules of the JMX exporter's and Strimzi's examples spell them, so
dashboards and alerts made for a JVM worker keep working; \`metrics.names=jmx\` in the worker file spells them as the JMX
exporter's default rule does. A dashboard and alert rules are in \`config/examples/monitoring/\`. Beside them are the process metrics of Node.js (\`process_…\`, \`nodejs_…\`): CPU, memory,
event loop lag, garbage collection.

Rendered from \`worker/telemetry/connect-metrics.ts\` and \`own-metrics.ts\` by \`make docs\`.

${table([['name', 'with metrics.names=jmx', 'type', 'labels', 'meaning'], ...rows])}
`;
}

/** Columns as wide as their widest cell, as the formatter wants them. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = widths.map(width => '-'.repeat(width));
  return [rows[0]!, rule, ...rows.slice(1)].map(line).join('\n');
}

function main(check: boolean): number {
  const wanted = render();
  if (!check) {
    writeFileSync(TARGET, wanted);
    return 0;
  }
  if (readOr('', TARGET) === wanted) return 0;
  process.stderr.write('worker/METRICS.md does not match worker/telemetry/metrics.ts; run "make docs"\n');
  return 1;
}

function readOr(fallback: string, file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

process.exitCode = main(process.argv.includes('--check'));
