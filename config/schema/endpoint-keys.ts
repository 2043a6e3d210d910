import { aliasList, text, topicList } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { matchesKey, type NamedKey } from './named-key.ts';

const endpoints = keyGroup('Several endpoints');

export const endpointKeys = {
  endpoints: endpoints.optional(
    'endpoints',
    aliasList,
    'Aliases of the endpoints, where there are several: which one a record goes to is decided by its topic (see Several endpoints, ' +
      'behind the tables).',
  ),
};

/** The keys of an alias that say which topics it has. */
export const topicKeys = {
  topics: endpoints.optional('topics', topicList, ''),
  topicsRegex: endpoints.optional('topics.regex', text, ''),
};

/** What may differ from one endpoint to the next: keys that begin so, but for those below. */
const OF_EACH = ['http.*', 'batch.*', 'retry.backoff.*', 'behavior.on.*', 'delivery.max.attempts', 'delivery.on.*'];

const CREDENTIALS = 'is of all endpoints, which share their credentials';
const CONNECTIONS = 'is of all endpoints, which share their connections';

/** The one place that says what all endpoints share of these. */
const OF_ALL: readonly NamedKey[] = [
  { key: 'http.auth.*', text: CREDENTIALS },
  { key: 'http.ssl.*', text: CONNECTIONS },
  { key: 'http.proxy.*', text: CONNECTIONS },
  { key: 'http.version', text: CONNECTIONS },
  { key: 'http.connect.timeout.ms', text: CONNECTIONS },
  { key: 'http.unix.socket', text: CONNECTIONS },
  { key: 'http.keepalive.idle.ms', text: CONNECTIONS },
  { key: 'http.connection.max.age.ms', text: CONNECTIONS },
  { key: 'oauth2.*', text: CREDENTIALS },
];

/** Why a key is the same for all endpoints; null: each may have it otherwise. */
export function sharedBy(key: string): string | null {
  const shared = OF_ALL.find(named => matchesKey(named.key, key));
  if (shared !== undefined) return shared.text;
  return OF_EACH.some(named => matchesKey(named, key)) ? null : 'is of the connector as a whole';
}

const DESCRIPTION = `## Several endpoints

With \`endpoints=orders,users\` a connector has several, and each is described by keys of its own:

    topics=orders,refunds,users
    endpoints=orders,users
    endpoints.orders.topics=orders,refunds
    endpoints.orders.http.url=https://orders.example.org/events
    endpoints.users.topics=users
    endpoints.users.http.url=https://users.example.org/v2/\${key}
    endpoints.users.batch.format=single
    batch.max.records=100

- **Which topics:** \`endpoints.<alias>.topics\` names them. What is named nowhere goes to the first endpoint, in the order of \`endpoints\`, whose
  \`endpoints.<alias>.topics.regex\` (a Java regular expression) the whole name matches. Each topic that the connector reads must go to
  one. With \`topics.regex\` that can't be told beforehand: the task fails, before it reads of it, when it is given a topic that goes to none.
  It is the topic in Kafka that counts, whatever a transform makes of its name; \`\${topic}\` in a template is the transformed one.
- **Which keys:** behind \`endpoints.<alias>.\` stands any key that begins with EACH, with its own meaning, also families
  (\`endpoints.users.http.headers.X-Source\`). The key without the prefix is the default of all endpoints; members of a family are added
  to those without it, or replace the one of their name. An empty value takes a default away where a key has none of its own.
- **What they share:** ALL, and all that is of the connector as a whole: transforms, converters, \`delivery.max.in.flight\`, the
  buffer, errors, reports.
- **Apart from each other:** no request carries records of two endpoints. One that is out of order, refuses or does not answer leaves
  places and buffer to the others: its requests give their place up while they wait, it holds no more than its share of both, and the
  status tells its alias.
- **Environment:** \`TAILRACE_CONNECTOR_ENDPOINTS_USERS_HTTP_TIMEOUT_MS\` is \`endpoints.users.http.timeout.ms\`.
`;

/** What the reference says of endpoints. */
export function renderEndpoints(): string {
  const list = (keys: readonly string[]): string => keys.map(key => `\`${key.replace('*', '…')}\``).join(', ');
  return DESCRIPTION.replace('EACH', list(OF_EACH)).replace('ALL', list(OF_ALL.map(({ key }) => key)));
}
