import type { ExplainedKey, ExplainedSource } from '../../../config/explain.ts';
import { HIDDEN } from '../../../config/properties.ts';
import { chip, type Tone, table } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { ConnectorView } from './model.ts';

const TONES: Readonly<Record<ExplainedKey['outcome'], Tone>> = {
  honoured: 'good',
  differs: 'warn',
  ignored: 'idle',
  refused: 'bad',
};

/** What it was told, and what `tailrace explain` says of it. */
export function configurationSection({ name }: ConnectorView, { keys, faults }: ExplainedSource): Markup {
  const rows = keys.map(row);
  const wrong = faults.map(fault => html`<li class="error">${fault.message}</li>`);
  const file = `/connectors/${encodeURIComponent(name)}/config`;
  return html`<section data-key="configuration" aria-labelledby="configuration"><h2 id="configuration">Configuration</h2>${wrong.length > 0 && html`<ul>${wrong}</ul>`}${table('keys', 'Keys, as tailrace explain tells them', ['Key', 'Value', 'Effect', 'What it means'], rows)}<p class="note"><a href="${file}">As JSON</a></p></section>`;
}

function row({ key, value, outcome, reasons, became }: ExplainedKey): Markup {
  const isEffective = outcome === 'honoured' || outcome === 'differs';
  const shown = value ?? (isEffective ? HIDDEN : '');
  const set = became.length === 0 ? null : html`<span>sets <code>${became.join(' ')}</code></span>`;
  const said = reasons.map(reason => html`<span>${reason}</span>`);
  return html`<tr data-key="${key}"><th scope="row"><code>${key}</code></th><td class="value">${shown !== '' && html`<code>${shown}</code>`}</td><td>${chip(outcome, TONES[outcome])}</td><td class="means">${said}${set}</td></tr>`;
}
