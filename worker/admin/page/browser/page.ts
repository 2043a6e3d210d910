import { listenToActions } from './actions.ts';
import { drawPlots } from './plots.ts';
import { keepFresh } from './refresh.ts';

// The page works without a script; this keeps it fresh, and lets its buttons do something.

document.documentElement.classList.add('is-scripted');

/** Hides the lines that do not hold what was typed. */
function filterConnectors(): void {
  const input = document.querySelector<HTMLInputElement>('#filter');
  if (input === null) return;
  const wanted = input.value.trim().toLowerCase();
  for (const row of document.querySelectorAll<HTMLElement>('tr[data-name]')) {
    row.hidden = !(row.dataset['name'] ?? '').toLowerCase().includes(wanted);
  }
}

document.addEventListener('input', event => {
  if ((event.target as Element).id === 'filter') filterConnectors();
});

/** A link to a task opens what is told of it. */
function openTarget(): void {
  const target = document.getElementById(window.location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

window.addEventListener('hashchange', openTarget);
openTarget();

const plots = drawPlots();
const refresh = keepFresh(() => {
  filterConnectors();
  plots.update();
});
listenToActions(refresh);
