import type { ExplainedSource } from '../../../config/explain.ts';
import { configurationSection } from './configuration.ts';
import { bar, spark } from './curves.ts';
import { type AssetUrls, chip, documentOf, stateChips, table, tile } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { ConnectorView, Figures, SeriesName, WorkerView } from './model.ts';
import { ago, brief, bytes, count, duration, rate, short, UNKNOWN } from './numbers.ts';
import { healthChip, problemText } from './overview.ts';
import { tasksSection } from './tasks.ts';

/** The page of one connector: how it is and why, what can be done, its figures and curves, its tasks, its configuration. */
export function connectorPage(
  view: ConnectorView,
  worker: Pick<WorkerView, 'health' | 'version'>,
  explained: ExplainedSource,
  assets: AssetUrls,
): string {
  const { name, state } = view;
  return documentOf({
    title: `${name} ${state} – Tailrace`,
    assets,
    hasPlots: true,
    head: html`<nav class="where" aria-label="Where you are"><a href="/">Worker</a> <span aria-hidden="true">/</span> <span aria-current="page">${name}</span> ${healthChip(worker)}</nav>`,
    main: html`${title(view)}${problems(view)}${figures(view)}${plots(view)}${batches(view)}${tasksSection(view)}${rejections(view)}${configurationSection(view, explained)}`,
    foot: html`<span>Tailrace ${worker.version}</span><span><a href="/connectors/${encodeURIComponent(name)}/status">status</a> <a href="/page/data/${encodeURIComponent(name)}">data of this page</a></span>`,
  });
}

/** Where there is no connector of the name (any more). */
export function missingPage(name: string, worker: Pick<WorkerView, 'health' | 'version'>, assets: AssetUrls): string {
  return documentOf({
    title: `${name} – Tailrace`,
    assets,
    hasPlots: false,
    head: html`<nav class="where" aria-label="Where you are"><a href="/">Worker</a> ${healthChip(worker)}</nav>`,
    main: html`<section class="empty" data-missing="${name}"><h1>No connector ${name}</h1><p>It was deleted, or never was. <a href="/">All connectors</a></p></section>`,
    foot: html`<span>Tailrace ${worker.version}</span>`,
  });
}

function title(view: ConnectorView): Markup {
  const { name, state, target, connectorClass, tasks } = view;
  const goes = target === 'RUNNING' ? action('pause', 'Pause') : action('resume', 'Resume');
  const isOnItsWay = state !== target && state !== 'FAILED';
  return html`<div class="title" data-key="title" data-name="${name}" data-state="${state}">
<div><h1>${name}</h1> ${stateChips(view)}${isOnItsWay && html` <span class="note">to be ${target}</span>`}<p class="note">${connectorClass}${tasks.length > 0 && html` · ${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}`}</p></div>
<div class="actions scripted" role="group" aria-label="Actions">${goes}${action('stop', 'Stop', target === 'STOPPED')}${action('restart', 'Restart')}</div></div>`;
}

function action(what: string, label: string, isPointless = false): Markup {
  return html`<button type="button" data-action="${what}" data-key="${what === 'resume' ? 'pause' : what}"${isPointless && html` disabled`}>${label}</button>`;
}

function problems({ problems: all, state }: ConnectorView): Markup {
  if (all.length === 0) {
    const text = state === 'RUNNING' ? 'Nothing is wrong.' : `Nothing is wrong; it is ${state}.`;
    return html`<section class="all-well" data-key="problems" aria-label="What is wrong"><p>${text}</p></section>`;
  }
  const items = all.map(one => html`<li class="${one.severity}">${problemText(one)}</li>`);
  return html`<section class="attention ${all[0]!.severity}" data-key="problems" aria-labelledby="wrong"><h2 id="wrong">What is wrong</h2><ul>${items}</ul></section>`;
}

function figures({ figures: all, batchMaxRecords }: ConnectorView): Markup {
  const { totals } = all;
  const held = all.bufferMaxBytes === 0 ? 0 : all.bufferedBytes / all.bufferMaxBytes;
  return html`<section data-key="figures" aria-labelledby="now"><h2 id="now" class="unseen">Now</h2><dl class="tiles">
${tile('Lag', html`<span title="${count(all.lag)}">${short(all.lag)}</span>`, trendText(all))}
${tile('Records', rate(all.recordsPerSecond), html`per second; ${short(totals.delivered)} delivered`)}
${tile('Bytes', bytes(all.bytesPerSecond), 'per second, before compression')}
${tile('Requests', rate(all.requestsPerSecond), html`per second; ${all.requestsInFlight} of ${all.maxInFlight} in flight`)}
${tile('Request', pair(all.requestMs, brief), 'p50 / p99, last minute')}
${tile('End to end', pair(all.recordMs, brief), 'p50 / p99, timestamp to answer')}
${tile(
  'Batch',
  pair(all.batch, value => short(Math.round(value))),
  html`records, p50 / p99${batchMaxRecords !== null && html`, of ${short(batchMaxRecords)}`}`,
)}
${tile('Retries', short(totals.retries), html`of ${short(totals.requests)} requests`)}
${tile('Dead letters', count(totals.deadLettered), totals.skipped > 0 ? html`and ${count(totals.skipped)} skipped` : 'since the start')}
${tile('Memory', bytes(all.bufferedBytes), html`${bar(held, 64)} of ${bytes(all.bufferMaxBytes)}`)}
${tile('Waiting', short(all.unresolved), 'records without a verdict')}
${tile('Uncommitted', short(all.uncommitted), 'records, sent again after a crash')}
</dl></section>`;
}

/** Seconds behind which a lag does not count as one that is caught up with. */
const LONGEST_CATCH_UP = 30 * 24 * 3600;

function trendText({ lag, lagPerSecond }: Figures): string {
  if (lag === null || lagPerSecond === null) return 'records';
  // A handful of records more or less is no trend.
  if (Math.abs(lagPerSecond) * 60 < Math.max(lag * 0.02, 10)) return 'records, steady';
  if (lagPerSecond > 0) return `records, growing by ${rate(lagPerSecond)}/s`;
  const seconds = lag / -lagPerSecond;
  const left = seconds < LONGEST_CATCH_UP ? `, caught up in ${duration(seconds * 1000)}` : '';
  return `records, ${rate(-lagPerSecond)}/s less${left}`;
}

function pair(of: { readonly p50: number; readonly p99: number } | null, text: (value: number) => string): Markup {
  return of === null ? html`${UNKNOWN}` : html`${text(of.p50)} <span class="of">/ ${text(of.p99)}</span>`;
}

/** What is drawn, by the names of the history's columns. */
const PLOTS: readonly (readonly [
  title: string,
  unit: string,
  series: readonly SeriesName[],
  names: readonly string[],
])[] = [
  ['Lag', 'records', ['lag'], ['lag']],
  ['Delivered', 'records/s', ['records'], ['records/s']],
  ['Requests', '/s', ['requests', 'retries'], ['requests/s', 'retries/s']],
  ['Request time', 'ms', ['requestP50', 'requestP99'], ['p50', 'p99']],
  ['End to end', 'ms', ['recordP50', 'recordP99'], ['p50', 'p99']],
  ['Records of a request', 'records', ['batch'], ['mean']],
];

function plots({ history }: ConnectorView): Markup {
  const figures = PLOTS.map(([name, unit, series, names]) => {
    const text = (value: number | null) => (unit === 'ms' ? brief(value) : short(value));
    const now = series.map((one, index) => {
      const value = text(history?.series[one].at(-1) ?? null);
      return html`<span class="key-${index + 1}">${names.length > 1 && html`${names[index]!} `}${value}</span>`;
    });
    const curve = history?.series[series.at(-1)!] ?? [];
    return html`<figure class="plot" data-key="${name}"><figcaption><span class="plot-name">${name}</span> <span class="plot-now">${now}</span><span class="plot-at" data-keep></span></figcaption><div role="img" aria-label="${described(name, names.at(-1)!, curve, text)}"><div class="canvas" data-keep data-series="${series.join(' ')}" data-names="${names.join('|')}" data-unit="${unit}">${spark(history?.series[series[0]!] ?? [], 320, 96)}</div></div></figure>`;
  });
  return html`<section data-key="plots" aria-labelledby="curves"><h2 id="curves">Last 15 minutes</h2><div class="plots">${figures}</div></section>`;
}

/** What a curve shows, in words. */
function described(
  title: string,
  name: string,
  curve: readonly (number | null)[],
  text: (value: number | null) => string,
): string {
  const known = curve.flatMap(value => value ?? []);
  if (known.length === 0) return `${title} over the last 15 minutes: nothing yet`;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return `${title} over the last 15 minutes: ${name} from ${text(least)} to ${text(most)}, at last ${text(known.at(-1)!)}`;
}

function batches({ batches: rows, figures: { batch, lag }, batchMaxRecords }: ConnectorView): Markup {
  const all = rows.reduce((sum, { requests }) => sum + requests, 0);
  if (all === 0) return html``;
  const most = Math.max(...rows.map(({ requests }) => requests));
  const last = rows.findLastIndex(({ requests }) => requests > 0);
  const shown = rows.slice(0, last + 1).map(({ most: bound, requests }, index) => {
    const before = index === 0 ? 0 : rows[index - 1]!.most!;
    const range =
      bound === null
        ? `over ${count(before)}`
        : before + 1 === bound
          ? count(bound)
          : `${count(before + 1)} – ${count(bound)}`;
    return html`<tr><th scope="row">${range}</th><td class="n">${count(requests)}</td><td><span class="share">${bar(requests / most, 160)} ${Math.round((requests / all) * 100)} %</span></td></tr>`;
  });
  return html`<section data-key="batches" class="batches" aria-labelledby="batching"><h2 id="batching">Is batching working?</h2><p>${batchVerdict(batch?.p50 ?? 0, batchMaxRecords, lag ?? 0)}</p>${table('batches', 'Records of a request, last minute', [['Records'], ['Requests', 'n'], ['Share']], shown)}</section>`;
}

function batchVerdict(median: number, most: number | null, lag: number): string {
  const half = `Half of the requests carry ${count(median)} records or more`;
  if (most === null || most === 1) return `${half}.`;
  const share = median / most;
  if (share >= 0.8) return `${half}: nearly full, batch.max.records is ${count(most)}.`;
  if (share >= 0.2) return `${half}, of at most ${count(most)} (batch.max.records).`;
  const why =
    lag > most
      ? 'more wait, so something else fills a request: batch.max.bytes, batch.target.bytes, or where records go'
      : 'few records wait, or batch.linger.ms is short';
  return `${half}, of at most ${count(most)} (batch.max.records): ${why}.`;
}

function rejections({ rejections: causes, otherRejections, now }: ConnectorView): Markup {
  if (causes.length === 0) return html``;
  const rows = causes.map(
    one =>
      html`<tr><th scope="row">${one.reason}<span class="why">${one.stage} · ${one.exceptionClassName}</span></th><td>${chip(one.outcome, one.outcome === 'failed-task' ? 'bad' : 'warn')}</td><td class="n">${count(one.records)}</td><td class="n">${ago(one.firstAt, now)}</td><td class="n">${ago(one.lastAt, now)}</td></tr>`,
  );
  const others =
    otherRejections > 0 && html`<p class="note">${count(otherRejections)} records more, for other causes.</p>`;
  return html`<section data-key="rejections" aria-labelledby="undeliverable"><h2 id="undeliverable">Records that could not be delivered</h2>${table('rejections', 'Causes, the most frequent first', [['Cause'], ['What became of them'], ['Records', 'n'], ['First', 'n'], ['Last', 'n']], rows)}${others}</section>`;
}
