import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ExplainedSource } from '../../../config/explain.ts';
import type { WrittenProperties } from '../../../config/types.ts';
import type { Herder } from '../../herder.ts';
import type { ConnectorStatus } from '../../status.ts';
import { excerpt } from '../../telemetry/text.ts';
import { examine, verdictOn } from '../health.ts';
import { type Assets, readAssets } from '../page/assets.ts';
import { connectorPage, missingPage } from '../page/connector-page.ts';
import type { WorkerView } from '../page/model.ts';
import { overviewPage } from '../page/overview.ts';
import { connectorView, type ViewParts, workerView } from '../page/view.ts';
import type { OfConnector } from './route-kinds.ts';
import { READ } from './route-kinds.ts';
import { shared } from './shared.ts';

export interface PageParts extends Pick<ViewParts, 'status' | 'telemetry' | 'history' | 'clock' | 'version'> {
  readonly herder: Herder;
  /** Hides secrets. */
  readonly mask: (text: string) => string;
}

/** The page that browsers get, and the data that it and `tailrace top` are made of. */
export interface Page {
  /** The worker's own page. */
  overview(): Promise<string>;
  register(app: FastifyInstance): void;
}

/** How old the view of the worker may be, milliseconds: whoever asks more often gets the same. */
const AGE_MS = 250;
const MOST_TEXT = 1024;

/** Nothing from elsewhere, no script or style that stands in the page, no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const HIDDEN = { schema: { hide: true } };
const FOR_GOOD = 'public, max-age=31536000, immutable';

export function createPage(parts: PageParts): Page {
  const { herder, clock, mask, status, version } = parts;
  const health = (connectors: readonly ConnectorStatus[]): WorkerView['health'] => {
    const { status: word, message } = verdictOn(connectors, clock.now(), mask);
    return { status: word, message };
  };
  const view: ViewParts = {
    ...parts,
    startedAt: clock.now(),
    health,
    judge: slot => examine(slot, clock.now()),
    brief: text => excerpt(mask(text), MOST_TEXT),
  };
  const worker = shared(AGE_MS, clock, () => workerView(view));
  /** What a connector's page says of the worker. */
  const around = shared(AGE_MS, clock, () => ({ health: health(status()), version }));
  const explanations = new WeakMap<WrittenProperties, ExplainedSource>();
  let assets: Assets | null = null;

  function files(): Assets {
    assets ??= readAssets();
    return assets;
  }

  /** It reads files and asks config providers: once for each configuration. */
  function explain(name: string, properties: WrittenProperties): ExplainedSource {
    const known = explanations.get(properties) ?? herder.explain(name);
    explanations.set(properties, known);
    return known;
  }

  async function connector(name: string): Promise<{ readonly status: number; readonly page: string }> {
    const ofWorker = await around();
    if (!herder.names.includes(name)) return { status: 404, page: missingPage(name, ofWorker, files().urls) };
    const found = herder.status(name);
    const explained = explain(name, found.config.properties);
    return { status: 200, page: connectorPage(connectorView(found, view), ofWorker, explained, files().urls) };
  }

  return {
    overview: async () => overviewPage(await worker(), files().urls),
    register(app) {
      app.get('/page/data', { ...HIDDEN, config: READ }, () => worker());
      app.get<OfConnector>('/page/data/:connector', { ...HIDDEN, config: READ }, async ({ params, query }) => {
        const since = Number((query as URLSearchParams).get('since') ?? 0);
        return connectorView(herder.status(params.connector), view, Number.isFinite(since) ? since : 0);
      });
      app.get<OfConnector>('/page/connectors/:connector', HIDDEN, async ({ params }, reply) => {
        const { status: code, page } = await connector(params.connector);
        return sendPage(reply.code(code), page);
      });
      app.get<OfAsset>('/page/assets/:version/:name', HIDDEN, async ({ params }, reply) => {
        const asset = files().find(params.version, params.name);
        if (asset === null) return reply.callNotFound();
        return reply.headers({ 'content-type': asset.type, 'cache-control': FOR_GOOD }).send(asset.bytes);
      });
    },
  };
}

interface OfAsset {
  Params: { version: string; name: string };
}

/** Bytes: a text would go through the serializer of JSON. */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers(PAGE_HEADERS).send(Buffer.from(page));
}
