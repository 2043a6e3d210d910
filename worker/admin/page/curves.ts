import { html, type Markup } from './markup.ts';

type Column = readonly (number | null)[];

/** A small curve without axes, from 0 up. It says nothing that does not stand beside it: it is hidden from screen readers. */
export function spark(values: Column, width = 96, height = 22): Markup {
  const most = Math.max(...values.map(value => value ?? 0), 1e-9);
  const stretches = stretchesOf(values).map(stretch =>
    stretch.map(([index, value]) => {
      const x = values.length < 2 ? width : (index / (values.length - 1)) * (width - 2) + 1;
      return `${x.toFixed(1)},${(height - 2 - (value / most) * (height - 4)).toFixed(1)}`;
    }),
  );
  const lines = stretches.map(points => html`<polyline points="${points.join(' ')}"/>`);
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false">${lines}</svg>`;
}

/** A share of a whole as a bar. */
export function bar(share: number, width = 120): Markup {
  const part = Math.min(Math.max(share, 0), 1) * width;
  const shown = share > 0 ? Math.max(part, 1.5) : 0;
  return html`<svg class="bar" viewBox="0 0 ${width} 8" width="${width}" height="8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="bar-whole" width="${width}" height="8" rx="2"/><rect class="bar-part" width="${shown.toFixed(1)}" height="8" rx="2"/></svg>`;
}

/** What is known, in pieces without a gap. */
function stretchesOf(values: Column): readonly (readonly (readonly [index: number, value: number])[])[] {
  const stretches: (readonly [number, number])[][] = [];
  let open: (readonly [number, number])[] | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = null;
      continue;
    }
    if (open === null) {
      open = [];
      stretches.push(open);
    }
    open.push([index, value]);
  }
  return stretches;
}
