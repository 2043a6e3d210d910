import { boolean, integer, password, socketPath, text } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { bypassList, proxyUrl } from './proxy-formats.ts';
import { DAY_MS } from './units.ts';

const proxy = keyGroup('Proxy');
const connections = keyGroup('Connections to the endpoint');

/** The keys of how connections are opened and kept, TLS aside. */
export const transportKeys = {
  proxyUrl: proxy.optional(
    'http.proxy.url',
    proxyUrl,
    'Forward proxy for all requests, those for tokens too: `http://host:port`, or `https://host:port` where the proxy itself is ' +
      'spoken to over TLS (it is trusted as the endpoint is, and shown no client certificate). https targets are reached by ' +
      '`CONNECT`, http targets by requests in absolute form, as curl and browsers do. It resolves the targets’ names. It is ' +
      'logged, so it must not hold a user or a password. What the proxy answers in its own name (407, 403, 502 …) never ' +
      'confirms anything: the connector parks or tries again, as with the same answers of the endpoint.',
  ),
  proxyUsername: proxy.optional(
    'http.proxy.username',
    text,
    'User at the proxy (Basic). Without it the proxy is told none.',
  ),
  proxyPassword: proxy.optional('http.proxy.password', password, 'Password at the proxy.'),
  proxyBypass: proxy.optional(
    'http.proxy.bypass',
    bypassList,
    'What is reached without the proxy, separated by commas: `example.org` is that name and all below it, `.example.org` and ' +
      '`*.example.org` those below alone, `10.1.2.3`, `10.0.0.0/8` and `fd00::/8` are addresses where the URL has one in it ' +
      '(no name is resolved for that), `<local>` is every name without a dot, `*` everything. A `:port` behind a host limits ' +
      'it to that port. Nothing is left out by itself, not even `localhost`.',
  ),
  proxyFromEnvironment: proxy.withDefault(
    'http.proxy.from.environment',
    boolean,
    'false',
    'Take the proxy from the environment, as curl does: `https_proxy` or `HTTPS_PROXY` for https targets, `http_proxy` or ' +
      '`HTTP_PROXY` for http ones, `all_proxy` or `ALL_PROXY` for both, and hosts to leave out from `no_proxy` or `NO_PROXY` ' +
      'beside `http.proxy.bypass`; the first that is not empty counts. A user and a password may stand in these addresses. ' +
      'Without this key the variables have no effect. They are read at the start.',
  ),
  unixSocket: connections.optional(
    'http.unix.socket',
    socketPath,
    'Unix socket that requests to `http.url` go over in place of the network, to a sidecar for example. The URL says the rest: ' +
      '`Host` header, path, and with https the name that the certificate must have. Requests for tokens go over it where they ' +
      'have the same scheme, host and port.',
  ),
  keepAliveIdleMs: connections.optional(
    'http.keepalive.idle.ms',
    integer(0, DAY_MS),
    'Milliseconds after which a connection that is not used is closed; less than what the endpoint, or a load balancer before ' +
      'it, allows. An endpoint that names a shorter time (`Keep-Alive: timeout`) has it, less two seconds. 0 closes every connection ' +
      'behind its answer. Where it is not written: 4000, or what the endpoint names.',
  ),
  connectionMaxAgeMs: connections.withDefault(
    'http.connection.max.age.ms',
    integer(0, 366 * DAY_MS),
    '0',
    'Milliseconds after which a connection is not used again but made anew, so that changes in DNS and at load balancers are ' +
      'followed; 0: never. No request is cut for it. Each connection draws its own age between four fifths of this and all of it, so ' +
      'that they do not end together.',
  ),
};
