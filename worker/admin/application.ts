import { type IncomingMessage, METHODS } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { escapeControls } from '../telemetry/text.ts';
import { acceptsJson, prefersHtml } from './accept.ts';
import { type Answer, bytesOf, COMMON_HEADERS, failure, headersOf } from './answer.ts';
import { awaitsContinue, MAX_IGNORED_BYTES, readBody } from './body.ts';
import { refusalOf, targetOf } from './head.ts';
import { type Application, LIMITS } from './listener.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes a body, of at most so many bytes; without, one is read away. */
    takesBytes?: number;
    /** Whoever takes no JSON is refused. */
    answersJson?: boolean;
    /** And whoever wants a page gets one. */
    answersHtml?: boolean;
    /** How long the answer may take, milliseconds, where that is longer than usual. */
    answerMs?: number;
  }
}

export interface ApplicationParts {
  /** How the listener is called beside the names of loopback; null where other machines reach it. */
  readonly ownName: string | null;
  readonly register: (app: FastifyInstance) => Promise<void>;
  /** The answer to what a handler threw. */
  readonly answerTo: (error: unknown) => Answer;
  /** Called when an answer was given. */
  readonly answered: (request: IncomingMessage, status: number) => void;
  /** Why this request is refused; null: it is not. Asked before its body is read. */
  readonly admit: (request: IncomingMessage, path: string) => Promise<Answer | null>;
  /** Headers of the answer to this request beside its own, small letters. */
  readonly headersFor: (
    request: IncomingMessage,
    present: PresentHeaders,
  ) => Readonly<Record<string, string | string[]>>;
}

export type PresentHeaders = (name: string) => string | readonly string[] | number | undefined;

/** One listener's application: what all its routes have in common. */
export async function createApplication(parts: ApplicationParts): Promise<Application> {
  const allowances = new WeakMap<IncomingMessage, (ms: number) => void>();
  const app = fastify({
    rewriteUrl: ({ url }) => targetOf(url ?? '').path,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: LIMITS.maxHeaderSize,
      querystringParser: text => new URLSearchParams(text) as never,
    },
    // A path that can't be decoded: no hook runs, nor is its body read.
    frameworkErrors(error, _request, reply) {
      const answer = failure(error.statusCode ?? 400, undefined, { connection: 'close' });
      const bytes = bytesOf(answer.body);
      void (reply as FastifyReply).code(answer.status).headers(headersOf(answer, bytes.byteLength)).send(bytes);
    },
  });
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  }
  // Bodies are read in the hook below, whatever their type: what a route takes is its own to say.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, _payload, done) => done(null, request.body));
  // The schemas of the routes are their documentation; what is sent is judged as Kafka Connect does.
  app.setValidatorCompiler(() => () => true);
  app.setReplySerializer(serialized);
  app.setSerializerCompiler(() => serialized);
  app.setNotFoundHandler((_request, reply) => send(reply, failure(404)));
  app.setErrorHandler((error: { statusCode?: number; code?: string }, request, reply) => {
    const isOurs = error.code?.startsWith('FST_') !== true;
    if (isOurs) return send(reply, parts.answerTo(error));
    // What its own Content-Type is worth says nothing about a path that there is not.
    return send(reply, failure(request.is404 ? 404 : (error.statusCode ?? 500)));
  });

  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    const { takesBytes, answerMs, answersJson, answersHtml } = request.routeOptions.config;
    const denial = refusalOf(raw, request.originalUrl, parts.ownName) ?? (await parts.admit(raw, request.url));
    const isTaken = denial === null && takesBytes !== undefined;
    if (awaitsContinue(raw) && !isTaken) {
      // The final answer comes in place of 100 Continue, and what the client might send then is not waited for.
      reply.header('connection', 'close');
      if (Number(raw.headers['content-length']) > MAX_IGNORED_BYTES) return send(reply, denial ?? failure(413));
    } else {
      const bytes = await readBody(raw, reply.raw, isTaken ? takesBytes : MAX_IGNORED_BYTES);
      if (bytes === null) return send(reply.header('connection', 'close'), denial ?? failure(413));
      request.body = bytes;
    }
    if (denial !== null) return send(reply, denial);
    const { accept } = raw.headers;
    const isPage = answersHtml === true && prefersHtml(accept);
    if (answersJson === true && !isPage && !acceptsJson(accept)) return send(reply, failure(406));
    if (answerMs !== undefined) allowances.get(raw)?.(answerMs);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    // What never changes may be kept.
    reply.headers({ ...COMMON_HEADERS, ...only('cache-control', reply.getHeader('cache-control')) });
    const varies = reply.getHeader('vary');
    reply.headers(parts.headersFor(request.raw, name => reply.getHeader(name)));
    if (varies !== undefined && reply.getHeader('vary') !== varies)
      reply.header('vary', `${varies}, ${reply.getHeader('vary')}`);
    // Kafka Connect names no character set, nor does JSON have any.
    if (reply.getHeader('content-type') === JSON_UTF8) reply.header('content-type', 'application/json');
    return payload;
  });

  app.addHook('onResponse', async (request, reply) => parts.answered(request.raw, reply.statusCode));

  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', route => {
    const known = methods.get(route.url) ?? new Set();
    methods.set(route.url, known);
    for (const method of [route.method].flat()) known.add(method);
  });
  await parts.register(app);
  for (const [url, allowed] of [...methods]) {
    const allow = [...allowed, 'OPTIONS'].sort().join(', ');
    const hidden = { url, schema: { hide: true }, exposeHeadRoute: false };
    // As Kafka Connect, which tells whoever asks.
    app.route({
      ...hidden,
      method: 'OPTIONS',
      handler: (_request, reply) => reply.headers({ allow, 'content-type': 'text/plain' }).send(allow),
    });
    app.route({
      ...hidden,
      method: app.supportedMethods.filter(method => method !== 'OPTIONS' && !allowed.has(method)),
      handler: (_request, reply) => send(reply.header('allow', allow), failure(405)),
    });
  }
  await app.ready();
  return {
    serve(request, response, allow) {
      allowances.set(request, allow);
      app.routing(request, response);
    },
  };
}

/** As it is, whatever a schema says of it. */
function serialized(payload: unknown): string {
  return escapeControls(JSON.stringify(payload));
}

function only(name: string, value: string | number | readonly string[] | undefined): object {
  return value === undefined ? {} : { [name]: value };
}

const JSON_UTF8 = 'application/json; charset=utf-8';

function send(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
