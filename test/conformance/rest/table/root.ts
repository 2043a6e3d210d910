import { errorLine, get, post, put, remove, request, type Scenario, unlike } from '../step.ts';

const NO_PARSER = 'a path that there is not is 404; Jetty takes an empty segment for an attempt to get around a rule';
const ANY_NAME = 'a connector of any name can be asked for; Jetty refuses or drops some signs';

const PAGE = 'a browser gets the page; Kafka Connect has none';

/** The root, the health, and what is nowhere. */
export const ROOT: readonly Scenario[] = [
  {
    name: 'root',
    steps: [
      get('/'),
      get('/?a=b'),
      get('/', { headers: { accept: 'application/json' } }),
      unlike(get('/', { headers: { accept: 'text/html' } }), PAGE, '200 text/html; charset=utf-8 (a page)'),
      unlike(get('/', { headers: { accept: 'text/html, */*;q=0.1' } }), PAGE, '200 text/html; charset=utf-8 (a page)'),
      request('HEAD', '/', null, {}),
      request('OPTIONS', '/', null, {}),
      post('/', {}),
      put('/', {}),
      remove('/'),
    ],
  },
  {
    name: 'health',
    steps: [
      get('/health'),
      get('/health/'),
      request('HEAD', '/health', null, {}),
      post('/health', {}),
      request('OPTIONS', '/health', null, {}),
    ],
  },
  {
    name: 'nowhere',
    steps: [
      get('/nowhere'),
      post('/nowhere', {}),
      get('/connectors/a/b'),
      get('/Connectors'),
      get('/favicon.ico'),
      unlike(get('/connectors//status'), NO_PARSER, errorLine(404, 'No status found for connector ')),
      unlike(get('//connectors'), NO_PARSER, errorLine(404, 'HTTP 404 Not Found')),
      get('/connectors/..'),
      unlike(get('/connectors/a%2Fb'), ANY_NAME, errorLine(404, 'Connector a/b not found')),
      unlike(get('/connectors/a;b=c'), ANY_NAME, errorLine(404, 'Connector a;b=c not found')),
      get('/connectors/%zz'),
      get('/connectors/%ff'),
    ],
  },
];
