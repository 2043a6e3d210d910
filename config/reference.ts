import { table } from './generated.ts';
import type { ClientKey } from './kafka/client-key.ts';
import { CONSUMER_DEFAULTS, FETCH_BYTES, PRODUCER_DEFAULTS, PRODUCER_TOPIC_DEFAULTS } from './kafka/defaults.ts';
import { CLIENT_KEYS } from './kafka/keys.ts';
import { REFUSED_CLIENT_KEYS } from './kafka/refused.ts';
import { loginModules } from './kafka/security.ts';
import { groupBy, keyRow, reasons } from './markdown.ts';
import { renderAnswers } from './schema/answer-keys.ts';
import { FAMILIES, IGNORED_KEYS, REFUSED_KEYS } from './schema/connect-keys.ts';
import { renderEndpoints } from './schema/endpoint-keys.ts';
import type { KeySpec } from './schema/key-spec.ts';
import { type FileKind, schemas } from './schema/schema.ts';
import { BUNDLES } from './stores/authorities.ts';
import { TEMPLATES } from './templates-reference.ts';
import { PREDICATES } from './transforms/predicates.ts';
import { PART_TRANSFORMS, RECORD_TRANSFORMS } from './transforms/settings.ts';
import { JSON_PATCH } from './transforms/transforms.ts';

const INTRODUCTION = `# Configuration reference

<!-- Generated from the schema by \`node dist/config/render-reference.js\`; edits are overwritten. -->

A worker reads one worker file and any number of connector files, Java properties, as \`connect-standalone\` does:
\`tailrace run worker.properties sink.properties\`. The files for the JVM run unchanged where their keys have a meaning here; those of
other vendors' HTTP sinks do as well: [MIGRATING.md](MIGRATING.md) has their keys.

- **Files** are regular ones (no pipes, no devices) of at most 1 MiB and 10,000 keys; the same holds for the size of what they name:
  certificates, key stores, files of config providers. Their text is UTF-8. Properties that are not are read as ISO-8859-1,
  as the JVM reads all of them; where it would read UTF-8 otherwise, that is noticed (\`\\uXXXX\` means the same to both). UTF-16
  is refused. JSON and the files of config providers are UTF-8, as there.
- **Precedence:** defaults < file < environment < command line.
- **Forms:** a connector file may also be JSON, an object of keys and values or \`{"name": …, "config": {…}, "initial_state": …}\`.
- **Environment:** \`TAILRACE_WORKER_LOG_LEVEL\` is \`log.level\` of the worker, \`TAILRACE_CONNECTOR_HTTP_TIMEOUT_MS\` is
  \`http.timeout.ms\` of every connector, \`TAILRACE_CONNECTOR_ORDERS_HTTP_TIMEOUT_MS\` that of the connector \`orders\`, in
  capitals, with \`_\` for other signs. The tables give the last part. Families have variables too:
  \`TAILRACE_CONNECTOR_HTTP_HEADERS_X_SOURCE\` is the header \`x-source\`, \`TAILRACE_WORKER_CONSUMER_SASL_JAAS_CONFIG\` is
  \`consumer.sasl.jaas.config\`. A connector whose \`CONNECTOR_CLASS\` is in the environment needs no file, and a worker none.
  A variable that two connectors answer to (\`a-b\` and \`a_b\`) is refused.
- **Placeholders** of config providers, \`\${file:/run/secrets/kafka.properties:password}\`, are filled in everywhere. What they
  give is treated as a secret, and shown as the placeholder. One that no provider has a value for stays as it is, as in Kafka
  Connect, and is noticed; for a secret, \`http.headers.…\` among them, it is a fault: it would be sent as it is.
- **Connectors of REST** are read by the same rules: what was sent < the variables of every connector and its own. They may use those
  config providers alone whose \`param.allowed.paths\` or \`param.allowlist.pattern\` says what they give. Secrets that were written
  come back as \`[hidden]\`; sent again as that they stay what they are.
- **What becomes of a file:** \`tailrace explain worker.properties sink.properties\` tells it key by key, with file and line, and
  ends as \`tailrace run\` would where something is refused.
- **Secrets** (marked _secret_) are masked wherever a configuration is shown and refused on the command line, which other
  users of the machine can read. A file that holds one and that every user may read (mode \`o+r\`) is noticed.
- **Faults:** all faults of all files are listed at once, with file, line and key, and the worker does not start. An unknown key
  is a fault, with the nearest known one for a typo. Nothing is ignored in silence.
- Blanks around a value do not count, except for what stands around and between the values of a batch. Of a key that is written twice the last one counts.
`;

const TITLES: Readonly<Record<FileKind, string>> = { worker: 'Worker file', connector: 'Connector file' };

/** The whole of config/REFERENCE.md. */
export function renderReference(): string {
  const parts = [
    INTRODUCTION,
    ...renderFile('worker'),
    ...renderFile('connector'),
    renderEndpoints(),
    renderAnswers(),
    TEMPLATES,
    renderTransforms(),
    ...renderClientKeys(),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

function renderFile(kind: FileKind): string[] {
  const specs: readonly KeySpec<unknown>[] = Object.values(schemas[kind]);
  const parts = [`## ${TITLES[kind]}\n`];
  for (const [group, members] of groupBy(specs, spec => spec.group)) {
    parts.push(`### ${group}\n`, table(['key', 'type', 'default', 'environment', 'meaning'], members.map(keyRow)));
  }
  const families = FAMILIES[kind].map(({ prefix, doc }) => [`\`${prefix}…\``, doc]);
  parts.push('### Families\n', table(['keys', 'meaning'], families));
  parts.push('### Accepted without effect\n', reasons(IGNORED_KEYS[kind], 'since'));
  parts.push('### Refused\n', reasons(REFUSED_KEYS[kind], 'each'));
  return parts;
}

function renderTransforms(): string {
  const list = (names: Iterable<string>): string => [...names].map(name => `\`${name}\``).join(', ');
  const ofPart = Object.keys(PART_TRANSFORMS);
  return [
    '## Transforms and predicates\n',
    'Those of Apache Kafka Connect with their own keys, as its documentation has them:\n',
    `- of the key or the value, written \`org.apache.kafka.connect.transforms.<name>$Key\` or \`…$Value\`: ${list(ofPart)}`,
    `- of the record, by their full or simple name: ${list(Object.keys(RECORD_TRANSFORMS))}`,
    `- predicates, \`org.apache.kafka.connect.transforms.predicates.<name>\` or simple names: ${list(Object.keys(PREDICATES))}`,
    `- \`${JSON_PATCH}\`, with \`operations\`: a JSON patch (RFC 6902) of the value\n`,
    'What differs from the JVM:\n',
    "- A key that the class does not know, a pattern that is none, a replacement's group that the regular expression lacks and " +
      'a predicate that is not defined are faults of the configuration; there, some of them fail each record.',
    '- Regular expressions are matched in linear time: lookarounds, back-references, possessive quantifiers, classes within ' +
      'classes, and groups repeated though they can match nothing are refused.',
    '- Date patterns are those of `SimpleDateFormat` in UTC and English. Of the zones that a text may name it knows UTC, GMT, ' +
      "offsets and the United States' (`EST` to `PDT`).",
    '- Numbers of JSON without a schema keep what was written where a transform does not touch them: 1.0 and -0.0, and integers ' +
      'beyond 64 bits.',
    '- Some records are refused that would hold up all others, whatever the JVM makes of them: a number of more than 1,000 ' +
      'digits that a schema or a transform computes with (Jackson reads no longer ones), a Decimal of more than 1,024 bytes ' +
      'that is to be written as digits, and names of more than 8,388,608 characters in all out of `Flatten`.',
    '- Messages, and so the headers of dead letters, have at most 64 characters of a text of the record, without control ' +
      'characters.',
    "- Adobe's `JsonPatchTransform` sends on what it can't patch and sets the record's timestamp to now; here such a record is " +
      'an error like any other of a transform, and its timestamp stays.\n',
  ].join('\n');
}

function renderClientKeys(): string[] {
  const mapped = CLIENT_KEYS.filter(({ scope }) => scope !== 'none').map(clientRow);
  const idle = [
    ...groupBy(
      CLIENT_KEYS.filter(({ scope }) => scope === 'none'),
      ({ why }) => why,
    ),
  ].map(([why, keys]) => [keys.map(({ key, roles }) => `\`${key}\`${clients(roles)}`).join(', '), why]);
  const refused = [...groupBy(REFUSED_CLIENT_KEYS, ({ reason }) => reason)].map(([reason, keys]) => [
    keys.map(({ pattern, harmless }) => `\`${pattern}\`${except(harmless)}`).join(', '),
    reason,
  ]);
  return [
    '## Kafka client keys\n',
    'Behind `consumer.`, `producer.` and `admin.` in the worker file, `consumer.override.`, `producer.override.` and ' +
      '`admin.override.` in a connector file, which win, and for reports to another cluster `reporter.producer.` and ' +
      '`reporter.admin.` there, alone. Keys of the Java clients are translated for librdkafka, its own ' +
      'are passed on; what is in neither table is refused. As in Kafka Connect only `bootstrap.servers` reaches consumer ' +
      "and producer without a prefix; the admin client gets the worker file's other bare keys too. Producer and admin " +
      'client exist only where a topic for dead letters or reports is named: without one their keys are checked, and their ' +
      'values are not.\n',
    `### Defaults\n\nWhere they are not librdkafka's: ${defaults()}.\n`,
    `\`fetch.message.max.bytes\` (Java's \`max.partition.fetch.bytes\`) is \`buffer.max.bytes\` / (2 × ` +
      `\`delivery.max.in.flight\`), at least ${FETCH_BYTES.least} and at most ${FETCH_BYTES.most}: the buffer holds a fetch ` +
      'for each request that may be in flight and for one that waits, however many partitions there are. ' +
      '`queued.max.messages.kbytes` bounds what the client holds beside the buffer, and with `fetch.max.bytes` a whole ' +
      'answer of a broker. More of either costs memory and was not faster; with half of it records of 1 KB were slower. ' +
      'After a full queue fetching goes on within `fetch.queue.backoff.ms`.\n',
    '### Keys\n',
    table(['key', 'clients', 'librdkafka key', 'must be'], mapped),
    OFFSET_RESET,
    '### `sasl.jaas.config`\n',
    table(['login module', '`sasl.mechanism`', 'options'], loginModules().map(loginRow)),
    "It is read as Kafka's JaasContext reads it: one entry with its semicolon, `//` and `/* */` comments, escapes within quotes. A " +
      'value goes without quotes only where it begins with a letter and has no other signs than letters, digits, `.`, `-`, `_` ' +
      'and `$`. `serviceName`, and `user_…` of PlainLoginModule, may stand there as they may on the JVM, where they mean nothing ' +
      'either.\n',
    '### Stores and PEM\n\n' +
      'Certificates and keys are read when the configuration is, and reach the client as PEM in memory (`ssl.ca.pem`, ' +
      '`ssl.certificate.pem`, `ssl.key.pem`): what is none, a key without its certificate and a wrong password are faults, ' +
      'and a certificate that has ended is remarked. `ssl.truststore.location` and `ssl.keystore.location` name a JKS or ' +
      'PKCS12 store, told apart by its bytes, or a PEM file where the type is `PEM`. In PEM, as in the Java clients, any ' +
      'blanks may stand where lines end, or none. Of a key store the one private key is taken. `ssl.key.password` is that of ' +
      'a JKS key or of a PEM key; a PKCS12 store has one password. Where `security.protocol` is without TLS, or there will ' +
      'not be such a client, no file is read.\n',
    '### Authorities that are trusted\n\n' +
      "- Of the HTTP endpoint and its token endpoint: those that a key below `http.ssl.` names alone; without one the system's. These " +
      'are in the file that the variable `SSL_CERT_FILE` names (a fault where it can not be read), or else in the first of ' +
      `${BUNDLES.map(path => `\`${path}\``).join(', ')}. Where there is none of them, and on macOS and Windows, they are those ` +
      "that Node brings, with the system's own from Node 22.15 on. In each case those of `NODE_EXTRA_CA_CERTS` come on top. " +
      '`SSL_CERT_DIR` is not looked at.\n' +
      "- Of Kafka's brokers: those of a trust store, `ssl.ca.location` (a file, a directory of hashed names, or `probe`) or " +
      "`ssl.ca.pem`; without them what the system's OpenSSL trusts, `SSL_CERT_FILE` and `SSL_CERT_DIR` included; `probe` has " +
      'the client look in the usual places.\n' +
      '- Of the token endpoint of OAUTHBEARER, which the Kafka client asks: likewise, with `https.ca.location` and ' +
      '`https.ca.pem`.\n',
    '### Accepted without effect\n',
    table(['keys', 'since'], idle),
    '### Refused\n',
    table(['keys', 'each'], refused),
  ];
}

const OFFSET_RESET =
  '### `auto.offset.reset`\n\n' +
  'Where a group begins that has no offset of a topic: at its beginning unless this key says otherwise. A partition that the ' +
  'topic got later is read from its beginning in any case.\n\n' +
  'Where an offset is outside the log (retention has deleted what was not read, or the log has lost its end) Kafka Connect ' +
  'resets it, by default too, with a line at level INFO. Here it is reset where the key is written, in the worker file or in the ' +
  "connector file: with `earliest` reading goes on at the log's start, with `latest` at its end. Each time a warning names " +
  'the partition and the offsets that are lost, and `tailrace_records_lost_to_retention_total` counts them. Where the key is ' +
  "not written, or `none`, the task fails and says which offsets are gone, and the group's offset stays as it was.\n";

function defaults(): string {
  const list = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => `\`${key}=${value}\``);
  const consumer = list({ ...CONSUMER_DEFAULTS, 'auto.offset.reset': 'earliest' }).join(', ');
  return `consumer ${consumer}; producer ${list({ ...PRODUCER_DEFAULTS, ...PRODUCER_TOPIC_DEFAULTS }).join(', ')}`;
}

function clientRow({ key, roles, scope, target, format }: ClientKey): string[] {
  const places: Readonly<Record<string, string>> = {
    global: `\`${target}\``,
    topic: `\`${target}\` (topic)`,
    worker: 'read by the worker',
    security: 'translated together with its like',
  };
  const secret = format.type === 'password' ? '_secret_ ' : '';
  const expects = format.expects === 'a text' ? '' : format.expects;
  return [`\`${key}\``, roles.length === 3 ? 'all' : roles.join(', '), places[scope]!, `${secret}${expects}`.trim()];
}

function loginRow({ module, mechanisms, options }: ReturnType<typeof loginModules>[number]): string[] {
  const targets = Object.entries(options).map(([option, target]) => `\`${option}\` → \`${target}\``);
  return [`\`${module}\``, mechanisms.map(name => `\`${name}\``).join(', '), targets.join(', ')];
}

function clients(roles: readonly string[]): string {
  return roles.length === 3 ? '' : ` (${roles.join(', ')})`;
}

function except(harmless: readonly string[]): string {
  const values = harmless.filter(value => value !== '').map(value => `\`${value}\``);
  return values.length === 0 ? '' : ` (unless ${values.join(' or ')})`;
}
