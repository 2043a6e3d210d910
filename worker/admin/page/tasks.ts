import { bar, spark } from './curves.ts';
import { type Column, chip, gateChip, table, toneOfState } from './layout.ts';
import { html, type Markup } from './markup.ts';
import type { ConnectorView, PartitionView, TaskView, TokenView } from './model.ts';
import { age, ago, brief, bytes, count, duration, rate, short, UNKNOWN } from './numbers.ts';

const COLUMNS: readonly Column[] = [
  ['Task'],
  ['Endpoint'],
  ['Lag', 'n'],
  ['Trend'],
  ['Records/s', 'n'],
  ['Request p99', 'n'],
  ['In flight', 'n'],
  ['Memory', 'n'],
  ['Uncommitted', 'n'],
  ['Token age', 'n'],
];

/** Every task in a line, and behind each what is known of it. */
export function tasksSection({ taskViews, now }: ConnectorView): Markup {
  if (taskViews.length === 0) return html``;
  const rows = taskViews.map(row);
  const details = taskViews.map(task => detailsOf(task, now));
  return html`<section data-key="tasks" aria-labelledby="tasks"><h2 id="tasks">Tasks</h2>${table('tasks', 'Tasks of the connector', COLUMNS, rows)}${details}</section>`;
}

function row({ id, state, gate, figures, lagTrend, token }: TaskView): Markup {
  const {
    lag,
    recordsPerSecond,
    requestMs,
    requestsInFlight,
    maxInFlight,
    bufferedBytes,
    bufferMaxBytes,
    uncommitted,
  } = figures;
  return html`<tr data-key="${id}"><th scope="row"><a href="#task-${id}">${id}</a> ${chip(state, toneOfState(state))}</th><td>${gateChip(gate.state)}</td><td class="n" title="${count(lag)}">${short(lag)}</td><td>${spark(lagTrend)}</td><td class="n">${rate(recordsPerSecond)}</td><td class="n">${brief(requestMs?.p99 ?? null)}</td><td class="n">${requestsInFlight}<span class="of">/${maxInFlight}</span></td><td class="n"><span class="with-bar">${bytes(bufferedBytes)}${bar(bufferedBytes / Math.max(bufferMaxBytes, 1), 56)}</span></td><td class="n">${short(uncommitted)}</td><td class="n">${token === null ? UNKNOWN : tokenText(token)}</td></tr>`;
}

function tokenText({ ageMs }: TokenView): string {
  return ageMs === null ? 'none' : age(ageMs);
}

function detailsOf(task: TaskView, now: number): Markup {
  const { id, state, trace, gate, partitions, partitionCount, reader } = task;
  return html`<details class="task" id="task-${id}" data-key="task-${id}"><summary><span>Task ${id}</span> ${chip(state, toneOfState(state))} ${gate.state !== 'ok' && gateChip(gate.state)} <span class="note">${partitionCount} ${partitionCount === 1 ? 'partition' : 'partitions'} · ${reader} reader</span></summary>
<div class="inside">${trace !== null && html`<pre class="trace" tabindex="0" role="region" aria-label="Why task ${id} is FAILED">${trace}</pre>`}
<div class="actions scripted"><button type="button" data-action="restart-task" data-task="${id}">Restart task ${id}</button></div>
<div class="columns">${gateFacts(task)}${sendingFacts(task, now)}${tokenFacts(task)}</div>
${partitionTable(id, partitions, partitionCount)}</div></details>`;
}

type Fact = readonly [name: string, value: Markup | string];

function facts(name: string, list: readonly Fact[]): Markup {
  const items = list.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`);
  return html`<div class="facts"><h3>${name}</h3><dl>${items}</dl></div>`;
}

function gateFacts({ gate, figures }: TaskView): Markup {
  return facts('Endpoint', [
    ['gate', gateChip(gate.state)],
    ...(gate.reason === null ? [] : [['why', gate.reason] satisfies Fact]),
    ...(gate.sinceMs === null ? [] : [['for', age(gate.sinceMs)] satisfies Fact]),
    ['requests', count(figures.totals.requests)],
    ['retries', count(figures.totals.retries)],
    ['without a verdict', count(figures.unresolved)],
  ]);
}

/** In the words of FIWARE Orion's notifications. */
function sendingFacts({ sending }: TaskView, now: number): Markup {
  const { timesSent, lastSuccess, lastSuccessCode, lastFailure, lastFailureCode, lastFailureReason, failsCounter } =
    sending;
  return facts('Requests', [
    ['timesSent', count(timesSent)],
    ['lastSuccess', ago(lastSuccess, now)],
    ['lastSuccessCode', code(lastSuccessCode, lastSuccess)],
    ['lastFailure', ago(lastFailure, now)],
    ['lastFailureCode', code(lastFailureCode, lastFailure)],
    ['lastFailureReason', lastFailureReason ?? UNKNOWN],
    ['failsCounter', count(failsCounter)],
  ]);
}

function code(status: number | null, at: number | null): string {
  if (at === null) return UNKNOWN;
  return status === null ? 'no answer' : String(status);
}

function tokenFacts({ token }: TaskView): Markup {
  if (token === null) return html``;
  const { ageMs, expiresInMs, refreshes, failures, lastFailure } = token;
  return facts('Token', [
    ['age', ageMs === null ? 'none' : age(ageMs)],
    ['good for', age(expiresInMs)],
    ['renewed', count(refreshes)],
    ['failures', count(failures)],
    ...(lastFailure === null ? [] : [['last failure', lastFailure] satisfies Fact]),
  ]);
}

function partitionTable(task: number, partitions: readonly PartitionView[], all: number): Markup {
  if (all === 0) return html`<p class="note">No partitions.</p>`;
  const rows = partitions.map(
    ({ topic, partition, committed, end, lag, unresolved, oldestUnresolvedMs, fault }) =>
      html`<tr data-key="${topic} ${partition}"><th scope="row">${topic}-${partition}${fault !== null && html`<span class="why">${fault}</span>`}</th><td class="n">${count(committed)}</td><td class="n">${count(end)}</td><td class="n">${count(lag)}</td><td class="n">${count(unresolved)}</td><td class="n">${duration(oldestUnresolvedMs)}</td></tr>`,
  );
  const left = all - partitions.length;
  const numbers: readonly Column[] = [
    ['Committed', 'n'],
    ['End', 'n'],
    ['Lag', 'n'],
    ['No verdict', 'n'],
    ['Oldest of these', 'n'],
  ];
  const head: readonly Column[] = [['Partition'], ...numbers];
  return html`${table(`partitions-${task}`, `Partitions of task ${task}`, head, rows)}${left > 0 && html`<p class="note">The ${partitions.length} that are furthest behind; ${left} more are in <a href="/metrics">metrics</a>.</p>`}`;
}
