import { DIALECTS, namesOf } from './dialects/choose.ts';
import type { Dialect } from './dialects/dialect.ts';
import { table } from './generated.ts';
import { keyRow, reasons } from './markdown.ts';
import type { NamedKey } from './schema/named-key.ts';

const INTRODUCTION = `# Moving from another sink

<!-- Generated from the dialects by \`node dist/config/render-reference.js\`; edits are overwritten. -->

A connector file of one of these sinks runs as it is: \`connector.class\` tells whose it is, and its keys keep their names, defaults and
units. Kafka Connect's own keys (converters, transforms, \`errors.…\`, \`consumer.override.…\`) are those of [REFERENCE.md](REFERENCE.md),
and so are worker files.

1. **Look first.** \`tailrace explain worker.properties sink.properties\` needs neither Kafka nor the endpoint. It says of each line what it
   became, what is done in another way, and what is refused and why; it ends with 0 where the files would run.
2. **Stop the connector on the JVM** (\`PUT /connectors/<name>/stop\` in distributed mode, which commits and leaves the group; a signal to
   \`connect-standalone\`). Save the file of a connector in distributed mode with
   \`curl -s localhost:8083/connectors/<name> > sink.json\`: that answer is a connector file here.
3. **Start Tailrace with the same files.** It joins the same consumer group, \`connect-<name>\`, and goes on at the offsets that the JVM
   committed. Do not run both at once: they would share the partitions, each with its own ideas.
4. **Go back any time** in the same way: Tailrace's offsets are offsets of the group like any other's.

Environment variables are \`TAILRACE_CONNECTOR_<PART>\` for every connector and \`TAILRACE_CONNECTOR_<NAME>_<PART>\` for one, with the part
from the tables below.

**Keys of Tailrace may stand in the same file**, and win over what the vendor's say; \`explain\` tells where they do. A name that both have
means what the vendor's sink means by it. So a file is moved first and tuned afterwards, a key at a time.

**The promise is Tailrace's own.** An offset is committed when the endpoint has confirmed every record before it, or the user has said
what else is to become of it. Where the other sink would drop records, or stop for good because the endpoint was away for a minute, Tailrace
waits: requests are repeated until they are taken, with growing pauses. \`delivery.max.attempts\` and \`delivery.on.exhausted\` put an end to
that where one is wanted.
`;

/** The whole of config/MIGRATING.md. */
export function renderMigrating(): string {
  const parts = [INTRODUCTION, ...DIALECTS.map(renderDialect)];
  return `${parts.join('\n').trimEnd()}\n`;
}

function renderDialect({
  title,
  classes,
  keys,
  families = [],
  ignored,
  refused,
  isDocumented,
  guide,
}: Dialect): string {
  const specs = Object.values(keys).filter(({ key }) => isDocumented?.(key) ?? true);
  const parts = [`## ${title}\n`, `\`connector.class\` is ${classes.map(showClass).join(', or ')}.\n`];
  parts.push(...renderList('What stays', guide.stays), ...renderList('What differs', guide.differs));
  parts.push(...renderList('What to tune', guide.tune));
  parts.push('### Keys\n', table(['key', 'type', 'default', 'environment', 'meaning'], specs.map(keyRow)));
  if (families.length > 0) {
    parts.push(
      table(
        ['keys', 'meaning'],
        families.map(({ prefix, doc }) => [`\`${prefix}…\``, doc]),
      ),
    );
  }
  parts.push(...renderReasons('Accepted without effect', ignored, 'since'));
  parts.push(...renderReasons('Refused', refused, 'each'));
  return parts.join('\n');
}

function showClass(className: string): string {
  const [full, ...short] = [...new Set(namesOf(className))].map(name => `\`${name}\``);
  return short.length === 0 ? full! : `${full} (also ${short.join(' or ')})`;
}

function renderList(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}\n`, `${items.map(item => `- ${item}`).join('\n')}\n`];
}

function renderReasons(title: string, keys: readonly NamedKey[], head: string): string[] {
  return keys.length === 0 ? [] : [`### ${title}\n`, reasons(keys, head)];
}
