import { escapeHtml as e } from '../telemetry/text.ts';
import type { Advice } from './advice.ts';
import { HALF, NARROW, type Plot, renderPlot, WIDE } from './plot.ts';
import { colourOf, flightsOf, latencyPlot, throughputPlot } from './plots.ts';
import type { Point } from './point.ts';
import { STYLE } from './report-style.ts';
import type { Choice, CodecResult } from './session.ts';
import {
  type Account,
  caveats,
  codecText,
  costsText,
  deviationText,
  duplicatesText,
  kneeText,
  loadText,
  objectionText,
  outcomeText,
  sampleText,
  usedText,
} from './summary.ts';
import { errorText, inOrder } from './text.ts';
import { count, percent, rate, time } from './words.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The account as one HTML file: no script, nothing from elsewhere.
 * @param made when it was measured, for people
 */
export function renderReport(account: Account, made: string): string {
  const { subject, connector, result, advice } = account;
  const { choice } = result;
  const title = `Tuning of ${connector}`;
  const body = [
    `<h1>${e(title)}</h1>`,
    `<p class="dim subject">${e(subject)} · ${e(made)}</p>`,
    ...caveats(account).map(text => `<p class="caveat">${e(text)}</p>`),
    choice === null || advice === null
      ? '<h2>There is nothing to recommend</h2>'
      : recommended(choice, advice, account),
    ...result.results.filter(({ points }) => points.length > 0).map(each => sweepSection(each, account)),
    '<h2>How it was measured</h2>',
    `<p>${e(sampleText(account))}.</p><p>${e(usedText(result))}.</p>`,
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${e(title)}</title><style>${STYLE}</style></head>`,
    `<body><main>${body.join('\n')}</main></body></html>\n`,
  ].join('\n');
}

function recommended(choice: Choice, advice: Advice, { result }: Account): string {
  const { outcome, lines, configured } = advice;
  const points = result.results.find(({ codec }) => codec === choice.codec)!.points;
  const tiles: readonly (readonly [value: string, name: string])[] = [
    [rate(outcome.recordsPerSecond), 'records/s'],
    [rate(outcome.requestsPerSecond), 'requests/s'],
    [time(outcome.p50Ms), 'p50 of a request'],
    [time(outcome.p99Ms), 'p99 of a request'],
    [count(advice.duplicates.records), 'records at most twice after a crash'],
  ];
  const pasted = lines.map(({ key, value, before, why }) => {
    const reason = before === value ? why : `in place of ${before}: ${why}`;
    return `<span class="dim"># ${e(reason)}</span>\n${e(`${key}=${value}`)}`;
  });
  const share = percent(outcome.recordsPerSecond / choice.best.recordsPerSecond);
  const best = `The fastest point (${loadText(choice.best)}) gave ${rate(choice.best.recordsPerSecond)} records/s: this is ${share} of it.`;
  return [
    `<h2>Recommended: ${e(loadText(outcome))}</h2>`,
    `<ul class="tiles">${tiles.map(([value, name]) => `<li><b>${e(value)}</b><span>${e(name)}</span></li>`).join('')}</ul>`,
    `<p>This is ${e(deviationText(advice, choice.prediction.recordsPerSecond))}. ${e(best)}</p>`,
    `<p>As configured (${e(loadText(configured))}): ${e(outcomeText(configured))}, predicted.</p>`,
    `<pre>${pasted.join('\n')}</pre>`,
    `<p>${e(kneeText(advice, points))} ${e(duplicatesText(advice))}</p>`,
  ].join('\n');
}

function sweepSection(result: CodecResult, account: Account): string {
  const { codec, points, fitted } = result;
  const { choice } = account.result;
  const chosen = choice?.codec === codec ? (account.advice?.outcome ?? null) : null;
  const several = account.result.results.length > 1 ? `, compression: ${codecText(codec)}` : '';
  const own = (plot: Plot): Plot => ({ ...plot, id: `${plot.id}-${codecText(codec)}` });
  const throughput = own(throughputPlot(result, chosen));
  const latencies = [latencyPlot(result, 'p50', chosen), latencyPlot(result, 'p99', chosen)].map(own);
  return [
    `<h2>Throughput${e(several)}</h2>`,
    fitted === null ? '' : `<p>${e(costsText(fitted.model, fitted.error))}</p>`,
    legend(points, chosen !== null),
    `<figure><div class="wide">${renderPlot(throughput, WIDE)}</div><div class="narrow">${renderPlot(throughput, NARROW)}</div>`,
    '<figcaption>Dots are measured, lines are the model of costs.</figcaption></figure>',
    `<h2>Latency${e(several)}</h2>`,
    `<div class="pair">${latencies.map(plot => `<figure>${renderPlot(plot, HALF)}</figure>`).join('')}</div>`,
    `<h2>All points${e(several)}</h2>`,
    pointsTable(points, choice?.codec === codec ? choice.best : null),
  ].join('\n');
}

function legend(points: readonly Point[], ringed: boolean): string {
  const byColour = new Map<number, number[]>();
  for (const inFlight of flightsOf(points)) {
    const colour = colourOf(inFlight);
    byColour.set(colour, [...(byColour.get(colour) ?? []), inFlight]);
  }
  const items = [...byColour].map(
    ([colour, flights]) => `<li><span class="key c${colour}"></span>${flights.join(', ')}</li>`,
  );
  if (ringed) items.push('<li><span class="key ring"></span>recommended</li>');
  if (points.some(({ objection }) => objection !== null)) items.push('<li><span class="key x">×</span>too much</li>');
  return `<ul class="legend" aria-label="Requests in flight, by colour"><li>in flight:</li>${items.join('')}</ul>`;
}

const TITLES = ['batch', 'in flight', 'records/s', '±', 'requests/s', 'p50', 'p99', 'requests', 'objection'];

function pointsTable(points: readonly Point[], best: Point | null): string {
  const rows = inOrder(points).map(point => {
    const figures =
      point.requests === 0
        ? ['', '', '', '', '', '']
        : [
            rate(point.recordsPerSecond),
            errorText(point.relativeError),
            rate(point.requestsPerSecond),
            time(point.p50Ms),
            time(point.p99Ms),
            count(point.requests),
          ];
    const cells = [count(point.batch), count(point.inFlight), ...figures].map(cell => `<td>${e(cell)}</td>`).join('');
    return `<tr${point === best ? ' class="best"' : ''}>${cells}<td class="note">${e(objectionText(point))}</td></tr>`;
  });
  const titles = TITLES.map(title => `<th scope="col">${e(title)}</th>`).join('');
  return [
    '<div class="scroll" tabindex="0" role="region" aria-label="All points"><table><caption>★ marks the fastest. ± is the standard error of the throughput.</caption>',
    `<thead><tr>${titles}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`,
  ].join('');
}
