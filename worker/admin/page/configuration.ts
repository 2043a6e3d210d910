import type { ExplainedKey, ExplainedSource } from '../../../config/explain.ts';
import { HIDDEN } from '../../../config/properties.ts';
import { chip, type Tone } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { ConnectorView } from './model.ts';

const TONES: Readonly<Record<ExplainedKey['outcome'], Tone>> = {
  honoured: 'good',
  differs: 'warn',
  ignored: 'idle',
  refused: 'bad',
};

/** What it was told, and what `tailrace explain` says of it; what does not count as it was written comes first. */
export function configurationSection({ name }: ConnectorView, { keys, faults }: ExplainedSource): Markup {
  const inOrder = [...keys].sort((a, b) => Number(b.outcome !== 'honoured') - Number(a.outcome !== 'honoured'));
  const wrong = faults.map(fault => html`<li class="error">${fault.message}</li>`);
  const file = `/connectors/${encodeURIComponent(name)}/config`;
  return html`<section data-key="configuration" aria-labelledby="configuration"><h2 id="configuration">Configuration</h2>${wrong.length > 0 && html`<ul>${wrong}</ul>`}<dl class="keys">${inOrder.map(entry)}</dl><p class="note"><a href="${file}">As JSON</a></p></section>`;
}

function entry({ key, value, outcome, reasons, became }: ExplainedKey): Markup {
  const isEffective = outcome === 'honoured' || outcome === 'differs';
  const shown = value ?? (isEffective ? HIDDEN : null);
  const set = became.length > 0 && html`<p class="note">sets <code>${became.join(' ')}</code></p>`;
  const said = reasons.map(reason => html`<p class="note">${reason}</p>`);
  return html`<div data-key="${key}"><dt><code>${key}</code></dt><dd>${shown !== null && html`<code>${shown}</code> `}${outcome !== 'honoured' && chip(outcome, TONES[outcome])}${said}${set}</dd></div>`;
}
