import { table } from '../../config/generated.ts';
import type { TaskFact } from '../task/facts.ts';
import { ANNOUNCEMENTS } from './announcements.ts';
import { FACT_MEANINGS, LINE_EVENTS, type LineEvent, type LogLevel } from './events.ts';

/** The whole of worker/EVENTS.md. */
export function renderEvents(): string {
  const ofFacts = Object.entries(FACT_MEANINGS).map(([kind, meaning]) => {
    const { level } = ANNOUNCEMENTS[kind as TaskFact['kind']];
    return row(kind, typeof level === 'string' ? [level] : level.levels, meaning);
  });
  const others = Object.entries<LineEvent>(LINE_EVENTS).map(([name, { levels, meaning }]) =>
    row(name, levels, meaning),
  );
  const head = ['event', 'level', 'meaning'];
  return `# Log events

Each line of the log is one JSON object, and says in \`event\` what kind of line it is. These names stay what they are from version to
version; texts (\`msg\`) may change. Beside them each line has \`level\`, \`time\` (ISO 8601, UTC), \`connector\` and \`task\` where it is
of one, and the values of the event by their names, milliseconds in those that end in \`Ms\` or are called \`ms\`. \`suppressed\` is how
many lines of the kind were left out before this one: of some there is one a second for each task, and the last of a storm is always
written. No line holds a record's content or a secret. On a terminal lines are texts without these fields.

## Levels

\`log.level\` in the worker file is the least severe level that is written, \`info\` by default. While the worker runs, it is changed as
Kafka Connect's: \`GET /admin/loggers\` tells the loggers and their levels, and

\`\`\`sh
curl -X PUT -H 'content-type: application/json' -d '{"level":"DEBUG"}' http://127.0.0.1:8083/admin/loggers/tailrace.task
\`\`\`

sets one, and all below it. A line belongs to the logger of what it is of: \`tailrace.task\`, \`tailrace.client\` (the Kafka client's own
log), \`tailrace.rest\`, \`tailrace.worker\`; and to that of its connector, \`tailrace.connector.<name>\`. Of the two the one that was set
last decides. \`root\` stands for all. Tasks in processes of their own follow.

## Of tasks

${table(head, ofFacts)}
## Others

${table(head, others)}
Rendered from \`worker/telemetry/events.ts\` and \`announcements.ts\` by \`make docs\`.
`;
}

function row(name: string, levels: readonly LogLevel[], meaning: string): readonly string[] {
  return [`\`${name}\``, levels.join(', '), meaning];
}
