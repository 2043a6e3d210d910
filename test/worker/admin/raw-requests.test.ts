import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { listen } from '../../../worker/admin/listener.ts';
import { systemClock } from '../../../worker/clock.ts';
import { connector } from '../statuses.ts';
import { watchedApplication } from './applications.ts';

const METRICS = 'tailrace_up 1\n';
const LIVE = '{"alive":true,"message":"Worker has completed startup and is ready to handle requests."}';
const telemetry = { contentType: 'text/plain; version=0.0.4', render: async () => METRICS };
const application = watchedApplication(() => [connector({ lastVerdictAt: Infinity, lastPollAt: Infinity })], telemetry);
const listener = await listen({ host: '127.0.0.1', port: 0 }, application, systemClock);
after(() => listener.close());

/** What came back: a line and a body for each answer, and whether the connection still answers. */
interface Outcome {
  readonly answers: readonly string[];
  readonly end: 'kept' | 'closed';
}

const PROBE = 'GET /probe HTTP/1.1\r\nHost: localhost\r\n\r\n';
const PROBED = `404 Not Found {"error_code":404,"message":"HTTP 404 Not Found"}`;

/** Sends bytes; once the answer is there, asks again on the same connection. */
function send(bytes: string | Buffer, isHead = false): Promise<Outcome> {
  return new Promise(resolve => {
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    let text = '';
    let probed = false;
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('data', chunk => {
      text += String(chunk);
      const answers = answersIn(text, isHead);
      if (answers.includes(PROBED) && probed) finish(socket, { answers: answers.slice(0, -1), end: 'kept' });
      else if (answers.length > 0 && !probed) {
        probed = true;
        socket.write(PROBE);
      }
    });
    socket.on('close', () => resolve({ answers: answersIn(text, isHead), end: 'closed' }));
    socket.write(bytes);
    function finish(from: Socket, outcome: Outcome): void {
      resolve(outcome);
      from.destroy();
    }
  });
}

function answersIn(text: string, isHead: boolean): string[] {
  const found: string[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return found;
    const head = rest.slice(0, end);
    const length = isHead && found.length === 0 ? 0 : Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    if (rest.length < end + 4 + length) return found;
    const line = head.split('\r\n', 1)[0]!.replace(/^HTTP\/1\.1 /, '');
    found.push(`${line} ${rest.slice(end + 4, end + 4 + length)}`.trim());
    rest = rest.slice(end + 4 + length);
  }
}

const refused = (status: number, reason: string, message = `HTTP ${status} ${reason}`) =>
  `${status} ${reason} ${JSON.stringify({ error_code: status, message })}`;
const BAD = refused(400, 'Bad Request');
const BAD_HOST = refused(400, 'Bad Request', 'The Host header is missing, there twice or no host');
const OTHER_HOST = refused(403, 'Forbidden', 'The Host header names another machine');
const NOT_FOUND = refused(404, 'Not Found');
const NOT_ALLOWED = refused(405, 'Method Not Allowed');
const TOO_LARGE = refused(413, 'Payload Too Large');
const OK = `200 OK ${LIVE}`;

/** A request in whose headers one can write. */
function request(line: string, ...headers: string[]): string {
  return `${[line, ...headers].join('\r\n')}\r\n\r\n`;
}

const HOST = 'Host: localhost';
const GET = 'GET /health/live HTTP/1.1';
const POST = 'POST /health HTTP/1.1';

const TABLE: readonly (readonly [what: string, bytes: string | Buffer, answer: string, end: Outcome['end']])[] = [
  ['a request', request(GET, HOST), OK, 'kept'],
  ['metrics', request('GET /metrics HTTP/1.1', HOST), `200 OK ${METRICS.trim()}`, 'kept'],
  ['with a query', request('GET /health/live?a=b?c HTTP/1.1', HOST), OK, 'kept'],
  ['that wants its end', request(GET, HOST, 'Connection: close'), OK, 'closed'],
  ['HTTP/1.0', request('GET /health/live HTTP/1.0', HOST), OK, 'closed'],
  ['HTTP/1.0, kept', request('GET /health/live HTTP/1.0', HOST, 'Connection: keep-alive'), OK, 'kept'],
  ['HTTP/1.0 without a host', request('GET /health/live HTTP/1.0'), OTHER_HOST, 'closed'],
  ['HTTP/0.9', 'GET /health/live\r\n\r\n', refused(505, 'HTTP Version Not Supported'), 'closed'],
  [
    'HTTP/2.0 in words',
    request('GET /health/live HTTP/2.0', HOST),
    refused(505, 'HTTP Version Not Supported'),
    'closed',
  ],
  ['HTTP/1.9', request('GET /health/live HTTP/1.9', HOST), BAD, 'closed'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', BAD, 'closed'],
  ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), BAD, 'closed'],
  ['NUL', Buffer.alloc(20), BAD, 'closed'],
  ['NUL in the path', request('GET /health\u0000 HTTP/1.1', HOST), BAD, 'closed'],
  ['NUL in a header', request(GET, HOST, 'X: a\u0000b'), BAD, 'closed'],
  ['a folded header', request(GET, HOST, 'X: a', ' b'), BAD, 'closed'],
  ['a blank before the colon', request(GET, HOST, 'X : a'), BAD, 'closed'],
  ['line feeds alone', `${GET}\n${HOST}\n\n`, BAD, 'closed'],
  ['an unknown method', request('BREW /health HTTP/1.1', HOST), BAD, 'closed'],
  ['small letters', request('get /health HTTP/1.1', HOST), BAD, 'closed'],
  ['no path', request('GET HTTP/1.1', HOST), BAD, 'closed'],
  ['a relative path', request('GET health HTTP/1.1', HOST), BAD, 'closed'],
  [
    '16 KiB of headers',
    request(GET, HOST, `X: ${'x'.repeat(17_000)}`),
    refused(431, 'Request Header Fields Too Large'),
    'closed',
  ],
  [
    '16 KiB of a path',
    request(`GET /${'x'.repeat(17_000)} HTTP/1.1`, HOST),
    refused(431, 'Request Header Fields Too Large'),
    'closed',
  ],
  ['two lengths', request(POST, HOST, 'Content-Length: 1', 'Content-Length: 2'), BAD, 'closed'],
  ['the same length twice', request(POST, HOST, 'Content-Length: 1', 'Content-Length: 1'), BAD, 'closed'],
  ['a length and chunks', request(POST, HOST, 'Content-Length: 1', 'Transfer-Encoding: chunked'), BAD, 'closed'],
  ['an unknown coding', request(POST, HOST, 'Transfer-Encoding: gzip'), BAD, 'closed'],
  ['a length that is none', request(POST, HOST, 'Content-Length: -1'), BAD, 'closed'],
  ['a chunk that is none', `${request(POST, HOST, 'Transfer-Encoding: chunked')}zz\r\n`, BAD, 'closed'],
  ['a small body', `${request(POST, HOST, 'Content-Length: 3')}abc`, NOT_ALLOWED, 'kept'],
  [
    'a small body in chunks',
    `${request(POST, HOST, 'Transfer-Encoding: chunked')}1\r\na\r\n0\r\n\r\n`,
    NOT_ALLOWED,
    'kept',
  ],
  ['64 KiB', `${request(POST, HOST, 'Content-Length: 65536')}${'x'.repeat(65_536)}`, NOT_ALLOWED, 'kept'],
  ['70 kB', `${request(POST, HOST, 'Content-Length: 70000')}${'x'.repeat(70_000)}`, TOO_LARGE, 'closed'],
  ['70 kB that do not come', request(POST, HOST, 'Content-Length: 70000'), TOO_LARGE, 'closed'],
  [
    '70 kB in a chunk',
    `${request(POST, HOST, 'Transfer-Encoding: chunked')}11170\r\n${'x'.repeat(70_000)}\r\n0\r\n\r\n`,
    TOO_LARGE,
    'closed',
  ],
  ['10^30 bytes', request(POST, HOST, `Content-Length: 1${'0'.repeat(30)}`), BAD, 'closed'],
  ['70 kB to read', `${request(GET, HOST, 'Content-Length: 70000')}${'x'.repeat(70_000)}`, TOO_LARGE, 'closed'],
  ['100-continue', request(POST, HOST, 'Content-Length: 5', 'Expect: 100-continue'), NOT_ALLOWED, 'closed'],
  ['100-continue of 70 kB', request(POST, HOST, 'Content-Length: 70000', 'Expect: 100-continue'), TOO_LARGE, 'closed'],
  ['100-continue to read', request(GET, HOST, 'Expect: 100-continue'), OK, 'closed'],
  ['another expectation', request(GET, HOST, 'Expect: coffee'), refused(417, 'Expectation Failed'), 'closed'],
  ['TRACE', request('TRACE /health HTTP/1.1', HOST), NOT_ALLOWED, 'kept'],
  ['OPTIONS', request('OPTIONS /health HTTP/1.1', HOST), '200 OK GET, HEAD, OPTIONS', 'kept'],
  ['OPTIONS *', request('OPTIONS * HTTP/1.1', HOST), NOT_FOUND, 'kept'],
  ['CONNECT', request('CONNECT localhost:80 HTTP/1.1', HOST), NOT_ALLOWED, 'closed'],
  ['an upgrade', request(GET, HOST, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'), OK, 'kept'],
  ['h2c', request(GET, HOST, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAA'), OK, 'kept'],
  ['a path above the root', request('GET /../health/live HTTP/1.1', HOST), NOT_FOUND, 'kept'],
  ['a percent sign', request('GET /health%2flive HTTP/1.1', HOST), NOT_FOUND, 'kept'],
  ['a name that objects have', request('GET /__proto__ HTTP/1.1', HOST), NOT_FOUND, 'kept'],
  ['a whole address', request('GET http://localhost:1/health/live?x HTTP/1.1', HOST), OK, 'kept'],
  ['a whole address of another', request('GET http://evil.example/health/live HTTP/1.1', HOST), OTHER_HOST, 'kept'],
  ['a whole address with a user', request('GET http://u@localhost/health/live HTTP/1.1', HOST), BAD_HOST, 'kept'],
  ['no host', request(GET), BAD_HOST, 'kept'],
  ['two hosts', request(GET, HOST, 'Host: localhost'), BAD_HOST, 'kept'],
  ['an empty host', request(GET, 'Host:'), BAD_HOST, 'kept'],
  ['a host with a user', request(GET, 'Host: localhost@evil.example'), BAD_HOST, 'kept'],
  ['two hosts in one', request(GET, 'Host: localhost, evil.example'), BAD_HOST, 'kept'],
  ['a port out of range', request(GET, 'Host: localhost:99999'), BAD_HOST, 'kept'],
  ['another host', request(GET, 'Host: evil.example'), OTHER_HOST, 'kept'],
  ['all interfaces', request(GET, 'Host: 0.0.0.0'), OTHER_HOST, 'kept'],
  ['a private address', request(GET, 'Host: 10.0.0.1'), OTHER_HOST, 'kept'],
  ['a name that begins right', request(GET, 'Host: localhost.evil.example'), OTHER_HOST, 'kept'],
  ['an address that begins right', request(GET, 'Host: 127.0.0.1.evil.example'), OTHER_HOST, 'kept'],
  ['capitals', request(GET, 'Host: LocalHost:8083'), OK, 'kept'],
  ['a dot behind', request(GET, 'Host: localhost.'), OK, 'kept'],
  ['a short address', request(GET, 'Host: 127.1'), OK, 'kept'],
  ['IPv6', request(GET, 'Host: [::1]:8083'), OK, 'kept'],
  ['IPv4 in IPv6', request(GET, 'Host: [::ffff:127.0.0.1]'), OK, 'kept'],
  ['another IPv4 in IPv6', request(GET, 'Host: [::ffff:10.0.0.1]'), OTHER_HOST, 'kept'],
  ['two at once', request(GET, HOST).repeat(2), OK, 'closed'],
  ['two thousand at once', request(GET, HOST).repeat(2000), OK, 'closed'],
  ['one, and rubbish behind', `${request(GET, HOST)}rubbish\r\n\r\n`, OK, 'closed'],
  ['one, and CONNECT behind', `${request(GET, HOST)}${request('CONNECT localhost:80 HTTP/1.1', HOST)}`, OK, 'closed'],
];

for (const [what, bytes, answer, end] of TABLE) {
  test(`raw: ${what}`, { timeout: 20_000 }, async () => {
    assert.deepEqual(await send(bytes), { answers: [answer], end });
  });
}

test('raw: HEAD has the head alone', async () => {
  assert.deepEqual(await send(request('HEAD /metrics HTTP/1.1', HOST), true), { answers: ['200 OK'], end: 'kept' });
});
