import { errorLine, get, put, type Request, request, type Scenario, sink, unlike } from '../step.ts';

const PATH = '/connector-plugins/tailrace.HttpSink/config/validate';
const validate = (more: Readonly<Record<string, unknown>>): Request => put(PATH, sink({ name: 'checked', ...more }));

const JAVA_CLIENT =
  "keys of Kafka's clients are texts here, of every client: their definitions are not Kafka Connect's";
const ofClient = (name: string): string => `{"name":"${name}","type":"STRING","required":false,"default_value":null`;
const WRAPPED = 'Kafka Connect wraps its own 400 into a 500 there';
const notFound = (name: string): string =>
  `Failed to find any class that implements Connector and which name matches ${name}, available connectors are: …`;

/** The plugins, their keys, and what is wrong with a configuration. */
export const PLUGINS: readonly Scenario[] = [
  {
    name: 'plugins',
    steps: [
      get('/connector-plugins'),
      get('/connector-plugins/'),
      get('/connector-plugins?connectorsOnly=false'),
      get('/connector-plugins?connectorsOnly=FALSE'),
      get('/connector-plugins?connectorsOnly=true'),
      get('/connector-plugins?connectorsOnly=nonsense'),
      get('/connector-plugins?connectorsOnly='),
      get('/connector-plugins/tailrace.HttpSink/config'),
      get('/connector-plugins/HttpSink/config'),
      get('/connector-plugins/tailrace.HttpSink/config/'),
      get('/connector-plugins/org.example.Unknown/config'),
      get('/connector-plugins/org.apache.kafka.connect.transforms.HoistField$Value/config'),
      get('/connector-plugins/org.apache.kafka.connect.transforms.RegexRouter/config'),
      get('/connector-plugins/RegexRouter/config'),
      get('/connector-plugins/org.apache.kafka.connect.json.JsonConverter/config'),
      get('/connector-plugins/org.apache.kafka.connect.storage.StringConverter/config'),
      get('/connector-plugins/org.apache.kafka.connect.transforms.predicates.TopicNameMatches/config'),
      get('/connector-plugins/org.apache.kafka.connect.transforms.predicates.RecordIsTombstone/config'),
      get('/connector-plugins/org.apache.kafka.connect.storage.SimpleHeaderConverter/config'),
      get('/connector-plugins/org.apache.kafka.connect.transforms.Filter/config'),
      get('/connector-plugins/tailrace.HttpSink'),
      request('HEAD', '/connector-plugins', null, {}),
      request('OPTIONS', '/connector-plugins', null, {}),
      request('OPTIONS', PATH, null, {}),
      put('/connector-plugins', {}),
      get(PATH),
    ],
  },
  {
    name: 'validate',
    steps: [
      validate({}),
      put('/connector-plugins/HttpSink/config/validate', sink({ name: 'checked' })),
      put('/connector-plugins/HttpSink/config/validate/', sink({ name: 'checked', 'connector.class': 'HttpSink' })),
      put(PATH, sink({})),
      put(PATH, { 'connector.class': 'tailrace.HttpSink' }),
      unlike(put(PATH, {}), WRAPPED, errorLine(400, 'Connector config contains no connector type')),
      put(PATH),
      put(PATH, '{'),
      put(PATH, '[]'),
      put(PATH, 'null'),
      put(PATH, '{}', { headers: { 'content-type': 'text/plain' } }),
      put('/connector-plugins/org.example.Unknown/config/validate', sink({})),
      unlike(
        put(
          '/connector-plugins/org.example.Unknown/config/validate',
          sink({ 'connector.class': 'org.example.Unknown' }),
        ),
        WRAPPED,
        errorLine(400, notFound('org.example.Unknown')),
      ),
      put('/connector-plugins/Other/config/validate', sink({})),
      unlike(
        put(
          '/connector-plugins/org.apache.kafka.connect.json.JsonConverter/config/validate',
          sink({ 'connector.class': 'org.apache.kafka.connect.json.JsonConverter' }),
        ),
        WRAPPED,
        errorLine(400, notFound('org.apache.kafka.connect.json.JsonConverter')),
      ),
      validate({ 'connector.class': '' }),
      validate({ 'tasks.max': 'abc' }),
      validate({ 'tasks.max': '0' }),
      validate({ 'tasks.max': 3, 'errors.log.enable': true }),
      validate({ name: '' }),
      validate({ name: 'ctl\u0001' }),
      validate({ topics: '' }),
      validate({ topics: 'a, b ,c' }),
      validate({ 'topics.regex': 'r.*' }),
      validate({ topics: undefined, 'topics.regex': 'r[' }),
      validate({ topics: undefined, 'topics.regex': '' }),
      validate({ topics: undefined, 'topics.regex': 'r.*' }),
      validate({ topics: undefined }),
      validate({ 'config.action.reload': 'never' }),
      validate({ 'config.action.reload': 'NONE' }),
      validate({ 'errors.tolerance': 'some' }),
      validate({ 'errors.tolerance': 'ALL' }),
      validate({ 'errors.retry.timeout': 'x', 'errors.retry.delay.max.ms': '-1', 'errors.log.enable': 'maybe' }),
      validate({ 'errors.retry.timeout': '-1', 'errors.log.include.messages': 'TRUE' }),
      validate({ 'errors.deadletterqueue.topic.name': 'rest' }),
      validate({
        'errors.deadletterqueue.topic.name': 'dlq',
        'errors.deadletterqueue.topic.replication.factor': 'x',
        'errors.deadletterqueue.context.headers.enable': 'no',
      }),
      validate({ 'tasks.max.enforce': 'x' }),
      validate({ predicates: 'p' }),
      validate({ 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'hidden-secret' }),
      unlike(validate({ unknown: 'x' }), 'a key that nobody knows is a mistake, as in a file', [
        '"error_count":1',
        'is not a key of a connector file',
      ]),
    ],
  },
  {
    name: 'validate converters',
    steps: [
      validate({ 'value.converter': 'org.apache.kafka.connect.json.JsonConverter' }),
      validate({
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        'value.converter.schemas.enable': 'maybe',
      }),
      validate({
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        'value.converter.schemas.cache.size': 'x',
      }),
      validate({ 'value.converter': 'JsonConverter' }),
      validate({
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'key.converter.converter.encoding': 'UTF-16',
      }),
      validate({ 'value.converter': 'org.example.Unknown' }),
      validate({ 'key.converter': 'org.example.Unknown', 'header.converter': 'org.example.Unknown' }),
      validate({ 'header.converter': 'org.apache.kafka.connect.storage.SimpleHeaderConverter' }),
      validate({ 'value.converter': '' }),
    ],
  },
  {
    name: 'validate transforms and predicates',
    steps: [
      validate({ transforms: 'a' }),
      validate({ transforms: 'a,a' }),
      validate({ transforms: 'a', 'transforms.a.type': 'org.example.Unknown' }),
      validate({ transforms: 'a', 'transforms.a.type': 'org.apache.kafka.connect.transforms.RegexRouter' }),
      validate({
        transforms: 'a',
        'transforms.a.type': 'RegexRouter',
        'transforms.a.regex': '(',
        'transforms.a.replacement': 'x',
      }),
      validate({
        transforms: 'a,b',
        'transforms.a.type': 'org.apache.kafka.connect.transforms.HoistField$Value',
        'transforms.a.field': 'f',
        'transforms.b.type': 'org.apache.kafka.connect.transforms.Cast$Value',
        'transforms.b.spec': 'a:nonsense',
      }),
      validate({ transforms: 'a', 'transforms.a.type': 'org.apache.kafka.connect.transforms.HoistField' }),
      unlike(
        validate({
          transforms: 'a',
          'transforms.a.type': 'org.apache.kafka.connect.transforms.Filter',
          'transforms.a.predicate': 'p',
        }),
        'Kafka Connect finds out when the task starts',
        ['"error_count":1', 'names a predicate that connector checked does not define'],
      ),
      validate({
        transforms: 'a',
        'transforms.a.type': 'org.apache.kafka.connect.transforms.Filter',
        'transforms.a.predicate': 'p',
        'transforms.a.negate': 'maybe',
        predicates: 'p',
        'predicates.p.type': 'org.apache.kafka.connect.transforms.predicates.TopicNameMatches',
        'predicates.p.pattern': '(',
      }),
      validate({
        predicates: 'p',
        'predicates.p.type': 'org.apache.kafka.connect.transforms.predicates.RecordIsTombstone',
      }),
      validate({ predicates: 'p', 'predicates.p.type': 'org.example.Unknown' }),
      validate({ predicates: 'p', 'predicates.p.type': 'org.apache.kafka.connect.transforms.predicates.HasHeaderKey' }),
    ],
  },
  {
    name: 'validate client overrides',
    steps: [
      unlike(validate({ 'consumer.override.max.poll.records': '10' }), JAVA_CLIENT, [
        ofClient('consumer.override.max.poll.records'),
      ]),
      unlike(validate({ 'consumer.override.max.poll.records': 'x' }), JAVA_CLIENT, [
        '200 application/json',
        ofClient('consumer.override.max.poll.records'),
      ]),
      unlike(validate({ 'consumer.override.auto.offset.reset': 'earliest' }), JAVA_CLIENT, [
        ofClient('consumer.override.auto.offset.reset'),
      ]),
      unlike(validate({ 'producer.override.acks': 'all', 'admin.override.retries': '3' }), JAVA_CLIENT, [
        ofClient('producer.override.acks'),
        ofClient('admin.override.retries'),
      ]),
      validate({ 'consumer.override.sasl.jaas.config': 'secret;' }),
    ],
  },
];
