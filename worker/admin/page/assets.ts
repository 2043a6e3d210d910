import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AssetUrls } from './layout.ts';

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Assets {
  readonly urls: AssetUrls;
  /** Null: there is none of the name, or it is another version's. */
  find(version: string, name: string): Asset | null;
}

/** The compiled scripts stand beside this file, the others as they were written, below the root of the program. */
const COMPILED = new URL('./browser/', import.meta.url);
const WRITTEN = new URL('../../../../worker/admin/page/', import.meta.url);

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

const FILES: readonly (readonly [name: string, type: string, from: URL])[] = [
  ...['page.js', 'refresh.js', 'morph.js', 'actions.js', 'plots.js'].map(
    name => [name, JAVASCRIPT, new URL(name, COMPILED)] as const,
  ),
  ['page.css', CSS, new URL('page.css', WRITTEN)],
  ['uPlot.js', JAVASCRIPT, new URL('vendor/uPlot.iife.min.js', WRITTEN)],
  ['uPlot.css', CSS, new URL('vendor/uPlot.min.css', WRITTEN)],
];

/** Reads the page's files. Their addresses hold a digest of all, so that each may be kept for good, and scripts find each other. */
export function readAssets(): Assets {
  const digest = createHash('sha256');
  const assets = new Map(
    FILES.map(([name, type, from]) => {
      const bytes = readFileSync(from);
      digest.update(`${name} ${bytes.byteLength}\n`).update(bytes);
      return [name, { type, bytes }];
    }),
  );
  const own = digest.digest('hex').slice(0, 16);
  const url = (name: string): string => `/page/assets/${own}/${name}`;
  return {
    urls: { style: url('page.css'), script: url('page.js'), plotStyle: url('uPlot.css'), plotScript: url('uPlot.js') },
    find: (version, name) => (version === own ? (assets.get(name) ?? null) : null),
  };
}
