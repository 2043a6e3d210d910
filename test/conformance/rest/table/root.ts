import { get, post, put, remove, request, type Scenario } from '../step.ts';

/** The root, the health, and what is nowhere. */
export const ROOT: readonly Scenario[] = [
  {
    name: 'root',
    steps: [
      get('/'),
      get('/?a=b'),
      get('/', { headers: { accept: 'application/json' } }),
      get('/', { headers: { accept: 'text/html' } }),
      get('/', { headers: { accept: 'text/html, */*;q=0.1' } }),
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
      get('/connectors//status'),
      get('//connectors'),
      get('/connectors/..'),
      get('/connectors/a%2Fb'),
      get('/connectors/a;b=c'),
      get('/connectors/%zz'),
      get('/connectors/%ff'),
    ],
  },
];
