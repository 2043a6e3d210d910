import { table, writeGenerated } from '../../config/generated.ts';
import { renderEvents } from './events-reference.ts';
import type { Metric } from './metric.ts';
import { METRICS } from './metrics.ts';

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

${table(['name', 'with metrics.names=jmx', 'type', 'labels', 'meaning'], rows)}`;
}

/** Writes what is made of the tables of metrics and events; with `--check` says whether it is what would be written. */
writeGenerated({ 'worker/METRICS.md': render(), 'worker/EVENTS.md': renderEvents() });
