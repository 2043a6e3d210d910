import { errorLine, get, patch, post, put, remove, type Scenario, settled, sink, unlike } from '../step.ts';

/** Keys that mean something to one of the two sinks and nothing to the other, which takes them too. */
const [TEXT, OTHER] = ['http.headers.X-Text', 'http.headers.X-Other'];
const AS_SENT =
  '{"connector.class":"tailrace.HttpSink","topics":"rest","http.url":"http://endpoint.invalid/in","http.auth.type":"bearer",' +
  '"http.auth.bearer.token":"[hidden]","name":"secret"}';
const HIDDEN =
  '{"connector.class":"tailrace.HttpSink","http.auth.bearer.token":"[hidden]","http.auth.type":"bearer",' +
  '"http.url":"http://endpoint.invalid/in","name":"secret","topics":"rest"}';
const TASK = '{"connector":"secret","task":0}';
const infoOf = (config: string, tasks: string): string =>
  `{"name":"secret","config":${config},"tasks":[${tasks}],"type":"sink"}`;
const plainConfig = (name: string): string =>
  `{"connector.class":"tailrace.HttpSink","http.url":"http://endpoint.invalid/in","name":"${name}","topics":"rest"}`;
const NO_ADDRESS = 'a connector of any name can be asked for';
const HIDES = 'a secret never comes back';
const NO_GUESS = 'a key that nobody knows is a mistake, as in a file';
const SECRET = { 'http.auth.type': 'bearer', 'http.auth.bearer.token': 'a-secret' };

/** A connector's configuration and its name. */
export const CONFIGURATIONS: readonly Scenario[] = [
  {
    name: 'configurations',
    steps: [
      post('/connectors', {
        name: 'values',
        config: sink({ 'tasks.max': 1, 'errors.log.enable': true, [TEXT]: ' a ', [OTHER]: 1.5 }),
      }),
      get('/connectors/values/config'),
      get('/connectors/values/tasks', { until: ({ body }) => body !== '[]' }),
      settled('values', 'RUNNING', 'RUNNING', 1),
      put('/connectors/values/config', sink({ [TEXT]: 'b', 'tasks.max': 2 })),
      settled('values', 'RUNNING', 'RUNNING', 2),
      get('/connectors/values'),
      put('/connectors/values/config', sink({ [TEXT]: 'b', 'tasks.max': 2 })),
      put('/connectors/values/config', sink({ 'tasks.max': 'abc' })),
      put('/connectors/values/config', sink({ name: 'other' })),
      put('/connectors/values/config', {}),
      get('/connectors/values/config'),
      // The second task of a new configuration comes when its topics are known: it is there or not at once.
      put('/connectors/values/config', sink({ [TEXT]: 'b', 'tasks.max': '1' })),
      settled('values', 'RUNNING', 'RUNNING', 1),
      patch('/connectors/values/config', { [TEXT]: 'c', [OTHER]: 1, name: 'values' }),
      settled('values', 'RUNNING', 'RUNNING', 1),
      patch('/connectors/values/config', { [TEXT]: null, absent: null }),
      settled('values', 'RUNNING', 'RUNNING', 1),
      get('/connectors/values/config'),
      patch('/connectors/values/config', {}),
      patch('/connectors/values/config'),
      patch('/connectors/values/config', 'null'),
      patch('/connectors/values/config', '[]'),
      patch('/connectors/values/config', { 'tasks.max': 'abc' }),
      patch('/connectors/values/config', { 'connector.class': null }),
      patch('/connectors/values/config', { topics: null }),
      patch('/connectors/values/config', { a: { b: 'c' } }),
      get('/connectors/values/config'),
      unlike(
        patch('/connectors/values/config', { name: 'other' }),
        'Kafka Connect takes a name there that it refuses everywhere else',
        errorLine(400, "Connector name configuration (other) doesn't match connector name in the URL (values)"),
      ),
      remove('/connectors/values'),
      put('/connectors/values/config', sink({ name: 'values' })),
      settled('values', 'RUNNING', 'RUNNING', 1),
      remove('/connectors/values'),
    ],
  },
  {
    name: 'secrets and unknown keys',
    steps: [
      unlike(
        put('/connectors/secret/config', sink(SECRET)),
        HIDES,
        `201 application/json; Location: http://WORKER/connectors/secret ${infoOf(AS_SENT, '')}`,
      ),
      settled('secret', 'RUNNING', 'RUNNING', 1),
      unlike(get('/connectors/secret/config'), HIDES, `200 application/json ${HIDDEN}`),
      unlike(get('/connectors/secret'), HIDES, `200 application/json ${infoOf(HIDDEN, TASK)}`),
      unlike(
        get('/connectors/secret/tasks'),
        HIDES,
        `200 application/json [{"id":${TASK},"config":${HIDDEN.replace('"topics"', '"task.class":"tailrace.HttpSinkTask","topics"')}}]`,
      ),
      unlike(get('/connectors?expand=info'), HIDES, `200 application/json {"secret":{"info":${infoOf(HIDDEN, TASK)}}}`),
      unlike(
        patch('/connectors/secret/config', { [TEXT]: 'a' }),
        HIDES,
        `200 application/json ${infoOf(HIDDEN.replace('"http.url"', '"http.headers.X-Text":"a","http.url"'), TASK)}`,
      ),
      remove('/connectors/secret'),
      unlike(put('/connectors/unknown/config', sink({ unknown: 'x' })), NO_GUESS, [
        '400 application/json {"error_code":400,"message":"Connector configuration is invalid and contains the following 1 error(s):',
        'is not a key of a connector file',
      ]),
      get('/connectors/unknown/nothing'),
      unlike(remove('/connectors/unknown'), NO_GUESS, errorLine(404, 'Connector unknown not found')),
    ],
  },
  {
    name: 'names',
    steps: [
      post('/connectors', { name: 'a b', config: sink() }),
      get('/connectors/a%20b/config'),
      get('/connectors/a+b/config'),
      settled('a b', 'RUNNING', 'RUNNING', 1),
      remove('/connectors/a%20b'),
      post('/connectors', { name: ' trimmed ', config: sink() }),
      get('/connectors'),
      remove('/connectors/trimmed'),
      put('/connectors/gr%C3%BCn/config', sink()),
      settled('grün', 'RUNNING', 'RUNNING', 1),
      get('/connectors/gr%C3%BCn'),
      remove('/connectors/gr%C3%BCn'),
      put('/connectors/%20/config', sink()),
      post('/connectors', { name: 'end\n', config: sink() }),
      remove('/connectors/end'),
      get('/connectors'),
    ],
  },
];

/** What Kafka Connect creates and then can not be asked for, or rid of: nothing may follow it. */
export const UNREACHABLE: Scenario = {
  name: 'names that Kafka Connect has no address for',
  steps: [
    post('/connectors', { name: 'x/y', config: sink() }),
    unlike(get('/connectors/x%2Fy/config'), NO_ADDRESS, `200 application/json ${plainConfig('x/y')}`),
    unlike(remove('/connectors/x%2Fy'), NO_ADDRESS, '204 -'),
    post('/connectors', { name: 'q?&%', config: sink() }),
    unlike(get('/connectors/q%3F%26%25/config'), NO_ADDRESS, `200 application/json ${plainConfig('q?&%')}`),
    unlike(remove('/connectors/q%3F%26%25'), NO_ADDRESS, '204 -'),
  ],
};
