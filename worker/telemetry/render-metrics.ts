import { readFileSync, writeFileSync } from 'node:fs';
import { renderEvents } from './events-reference.ts';
import type { Metric } from './metric.ts';
import { METRICS } from './metrics.ts';
import { table } from './table.ts';

// Run as a program: writes worker/METRICS.md and worker/EVENTS.md, or with --check says whether they are what would be written.

const FOLDER = new URL('../../../worker/', import.meta.url);

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

function main(check: boolean): number {
  const wanted = { 'METRICS.md': render(), 'EVENTS.md': renderEvents() };
  let code = 0;
  for (const [name, text] of Object.entries(wanted)) {
    const file = new URL(name, FOLDER);
    if (!check) writeFileSync(file, text);
    else if (readOr('', file) !== text) {
      process.stderr.write(`worker/${name} does not match the tables of worker/telemetry; run "make docs"\n`);
      code = 1;
    }
  }
  return code;
}

function readOr(fallback: string, file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}

process.exitCode = main(process.argv.includes('--check'));
