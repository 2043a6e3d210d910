import { html, type Markup } from './markup.ts';
import type { ConnectorSummary } from './model.ts';

/** Addresses of the page's files. */
export interface AssetUrls {
  readonly style: string;
  readonly script: string;
  readonly plotStyle: string;
  readonly plotScript: string;
}

interface Layout {
  readonly title: string;
  readonly assets: AssetUrls;
  /** It has curves. */
  readonly hasPlots: boolean;
  /** Beside the name of the program. */
  readonly head: Markup;
  readonly main: Markup;
  readonly foot: Markup;
}

/** Without a script it is loaded anew every so many seconds. */
const RELOAD_SECONDS = 10;

/** A whole document. */
export function documentOf({ title, assets, hasPlots, head, main, foot }: Layout): string {
  const plots = html`<link rel="stylesheet" href="${assets.plotStyle}"><script src="${assets.plotScript}" defer></script>`;
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${assets.style}">
${hasPlots && plots}
<script src="${assets.script}" type="module"></script>
<noscript><meta http-equiv="refresh" content="${RELOAD_SECONDS}"></noscript>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top" id="top">
<a class="brand" href="/">${MARK}<span>Tailrace</span></a>
${head}
<span class="live" id="live" data-keep></span>
</header>
<main id="main" tabindex="-1">
${main}
</main>
<footer class="foot" id="foot">${foot}</footer>
<p class="unseen" role="status" aria-live="polite" id="told" data-keep></p>
<dialog id="ask" data-keep aria-labelledby="ask-title"><form method="dialog"><h2 id="ask-title"></h2><p id="ask-text"></p><div class="actions"><button value="no" autofocus>Cancel</button><button value="yes" class="strong" id="ask-yes"></button></div></form></dialog>
</body>
</html>
`;
  return `<!doctype html>\n${page.text}`;
}

const MARK = html`<svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false"><path d="M2 7c3.3 0 3.3 3 6.7 3S12 7 15.3 7 18.7 10 22 10M2 14c3.3 0 3.3 3 6.7 3s3.3-3 6.6-3 3.4 3 6.7 3" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/></svg>`;

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 7c3.3 0 3.3 3 6.7 3S12 7 15.3 7 18.7 10 22 10M2 14c3.3 0 3.3 3 6.7 3s3.3-3 6.6-3 3.4 3 6.7 3" fill="none" stroke="#2563b8" stroke-width="2.8" stroke-linecap="round"/></svg>',
)}`;

/** What is wrong, or how things are, in a word with a colour of its own. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle';

export function chip(text: string, tone: Tone): Markup {
  return html`<span class="chip chip-${tone}">${text}</span>`;
}

export function toneOfState(state: string): Tone {
  if (state === 'RUNNING') return 'good';
  if (state === 'FAILED') return 'bad';
  return state === 'UNASSIGNED' || state === 'RESTARTING' ? 'warn' : 'idle';
}

/** A connector's state, and what of it is worse: a task that FAILED leaves it RUNNING, as does an endpoint that refuses. */
export function stateChips({ state, tasks, gate, problems }: ConnectorSummary): Markup {
  const failed = tasks.filter(task => task.state === 'FAILED').length;
  const isTroubled = problems[0]?.severity === 'error' && state === 'RUNNING';
  const some = tasks.length === 1 ? 'task FAILED' : `${failed} of ${tasks.length} tasks FAILED`;
  return html`${chip(state, isTroubled ? 'idle' : toneOfState(state))}${failed > 0 && html` ${chip(some, 'bad')}`}${gate !== 'ok' && html` ${gateChip(gate)}`}`;
}

const GATES = { ok: ['open', 'good'], retrying: ['retrying', 'warn'], parked: ['parked', 'bad'] } as const;

/** Whether requests go out. */
export function gateChip(gate: ConnectorSummary['gate']): Markup {
  const [text, tone] = GATES[gate];
  return chip(text, tone);
}

/** A figure with its name; `note` says more in small letters. */
export function tile(name: string, value: Markup | string, note: Markup | string | null = null): Markup {
  return html`<div class="tile"><dt>${name}</dt><dd><span class="figure">${value}</span>${note !== null && html`<span class="note">${note}</span>`}</dd></div>`;
}

/** A column's name; `n`: of numbers. */
export type Column = readonly [name: string, kind?: 'n'];

/** A table within a region that can be scrolled by keys where it is too wide. */
export function table(key: string, caption: string, head: readonly Column[], rows: readonly Markup[]): Markup {
  const cells = head.map(([name, kind]) => html`<th scope="col"${kind === 'n' && html` class="n"`}>${name}</th>`);
  return html`<div class="scroll" data-key="${key}" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function pathOf(connector: string): string {
  return `/page/connectors/${encodeURIComponent(connector)}`;
}
