import { sumOfKnown } from '../../telemetry/known.ts';
import { spark } from './curves.ts';
import { type AssetUrls, type Column, chip, documentOf, pathOf, stateChips, table, tile } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { ConnectorSummary, Figures, Problem, WorkerView } from './model.ts';
import { brief, count, duration, rate, short, UNKNOWN } from './numbers.ts';

/** The page of the worker: what is wrong first, then every connector in a line, the worst ones first. */
export function overviewPage(view: WorkerView, assets: AssetUrls): string {
  const connectors = [...view.connectors].sort((a, b) => rankOf(a) - rankOf(b));
  return documentOf({
    title: titleOf(connectors),
    assets,
    hasPlots: false,
    head: html`<span class="where">${healthChip(view)}</span>`,
    main: html`<h1 class="unseen">Worker</h1>${attention(connectors)}${totals(connectors)}${list(connectors)}`,
    foot: html`<span>Tailrace ${view.version}</span><span>up ${duration(view.uptimeMs)}</span><span><a href="/health">health</a> <a href="/metrics">metrics</a> <a href="/openapi.json">REST API</a></span>`,
  });
}

export function healthChip({ health }: Pick<WorkerView, 'health'>): Markup {
  const tone = { healthy: 'good', starting: 'warn', unhealthy: 'bad' } as const;
  return chip(health.status, tone[health.status]);
}

/** Problems before trouble that passes, both before what runs, and what is not to run last. */
function rankOf({ problems, state }: ConnectorSummary): number {
  const [worst] = problems;
  if (worst !== undefined) return worst.severity === 'error' ? 0 : 1;
  return state === 'PAUSED' || state === 'STOPPED' ? 3 : 2;
}

function titleOf(connectors: readonly ConnectorSummary[]): string {
  const bad = connectors.filter(one => rankOf(one) === 0).length;
  return bad === 0 ? 'Tailrace' : `(${bad}) Tailrace`;
}

/** Connectors that are named at the top; the list has all. */
const MOST_NAMED = 5;

function attention(connectors: readonly ConnectorSummary[]): Markup {
  if (connectors.length === 0) return html``;
  const wrong = connectors.filter(({ problems }) => problems.length > 0);
  if (wrong.length === 0) {
    const all = connectors.length === 1 ? 'The connector does' : `All ${connectors.length} connectors do`;
    return html`<section class="all-well" data-key="attention" aria-label="What is wrong"><p>${all} what ${connectors.length === 1 ? 'it is' : 'they are'} told to.</p></section>`;
  }
  const errors = wrong.filter(one => rankOf(one) === 0).length;
  const items = wrong.slice(0, MOST_NAMED).map(one => {
    const [worst, ...others] = one.problems;
    return html`<li data-key="${one.name}" class="${worst!.severity}"><a href="${pathOf(one.name)}">${one.name}</a> <span>${problemText(worst!)}${others.length > 0 && html` <span class="more">and ${others.length} more</span>`}</span></li>`;
  });
  const rest = wrong.length - MOST_NAMED;
  return html`<section class="attention ${errors > 0 ? 'error' : 'warning'}" data-key="attention" aria-labelledby="wrong">
<h2 id="wrong">${wrong.length} of ${connectors.length} ${connectors.length === 1 ? 'connector needs' : 'connectors need'} attention</h2>
<ul>${items}${rest > 0 && html`<li data-key=" more">${rest} more in the list below</li>`}</ul></section>`;
}

export function problemText({ task, text }: Problem): Markup {
  return html`${task !== null && html`Task ${task}: `}${text}`;
}

function totals(connectors: readonly ConnectorSummary[]): Markup {
  if (connectors.length === 0) {
    return html`<section class="empty"><h2>No connectors</h2><p>Name connector files on the command line, or create one over REST: <code>POST /connectors</code>.</p></section>`;
  }
  const sum = (of: (figures: Figures) => number | null): number | null =>
    sumOfKnown(connectors.map(({ figures }) => of(figures)));
  const tasks = connectors.flatMap(one => one.tasks);
  const running = tasks.filter(({ state }) => state === 'RUNNING').length;
  return html`<dl class="tiles" data-key="totals">
${tile('Lag', short(sum(({ lag }) => lag)), 'records')}
${tile('Delivered', rate(sum(figures => figures.recordsPerSecond)), 'records/s')}
${tile('Requests', rate(sum(figures => figures.requestsPerSecond)), 'per second')}
${tile('Dead letters', count(sum(({ totals }) => totals.deadLettered)), 'since the start')}
${tile('Tasks', html`${running}<span class="of">/${tasks.length}</span>`, 'running')}
</dl>`;
}

const COLUMNS: readonly Column[] = [
  ['Connector'],
  ['Lag', 'n'],
  ['Trend, 15 min'],
  ['Records/s', 'n'],
  ['Request p99', 'n'],
  ['End to end p99', 'n'],
  ['Batch', 'n'],
  ['Dead letters', 'n'],
];

function list(connectors: readonly ConnectorSummary[]): Markup {
  if (connectors.length === 0) return html``;
  const rows = connectors.map(one => row(one));
  return html`<section data-key="list" class="connectors"><div class="list-head"><h2>Connectors</h2><label class="filter" data-keep><span>Filter</span> <input type="search" id="filter" autocomplete="off" spellcheck="false"></label></div>${table('connectors', 'All connectors, what is wrong first', COLUMNS, rows)}</section>`;
}

function row(connector: ConnectorSummary): Markup {
  const { name, state, problems, figures, lagTrend } = connector;
  const [worst] = problems;
  const tone = worst === undefined ? '' : worst.severity;
  return html`<tr data-key="${name}" data-name="${name}" data-state="${state}" class="${tone}"><th scope="row"><a href="${pathOf(name)}">${name}</a> ${stateChips(connector)}${worst !== undefined && html`<span class="why">${problemText(worst)}</span>`}</th>${numbers(figures, lagTrend)}</tr>`;
}

function numbers(figures: Figures, trend: ConnectorSummary['lagTrend']): Markup {
  const {
    lag,
    recordsPerSecond,
    requestMs,
    recordMs,
    batch,
    totals: { deadLettered },
  } = figures;
  return html`<td class="n" title="${count(lag)}">${short(lag)}</td><td class="c-trend">${spark(trend)}</td><td class="n">${rate(recordsPerSecond)}</td><td class="n c-request">${brief(requestMs?.p99 ?? null)}</td><td class="n c-record">${brief(recordMs?.p99 ?? null)}</td><td class="n c-batch">${batch === null ? UNKNOWN : short(Math.round(batch.p50))}</td><td class="n c-dead">${short(deadLettered)}</td>`;
}
