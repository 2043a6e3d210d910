import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TaskFact } from '../../../worker/task/facts.ts';
import { ANNOUNCEMENTS } from '../../../worker/telemetry/announcements.ts';
import { FACT_MEANINGS, LINE_EVENTS } from '../../../worker/telemetry/events.ts';
import { renderEvents } from '../../../worker/telemetry/events-reference.ts';
import { levelsOf } from '../../support/log-events.ts';
import { EVERY } from '../every-fact.ts';

const WORKER = fileURLToPath(new URL('../../../../worker/', import.meta.url));

function sources(): string {
  return readdirSync(WORKER, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('events.ts'))
    .map(file => readFileSync(`${WORKER}${file}`, 'utf8'))
    .join('\n');
}

test('names are words joined by hyphens, and no line has the name of a fact', () => {
  const names = [...Object.keys(FACT_MEANINGS), ...Object.keys(LINE_EVENTS)];
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
});

test('each fact of a task has a meaning, and a level of those that the reference names', () => {
  assert.deepEqual(Object.keys(FACT_MEANINGS).sort(), Object.keys(ANNOUNCEMENTS).sort());
  for (const fact of Object.values<TaskFact>(EVERY)) {
    const { level } = ANNOUNCEMENTS[fact.kind];
    const told = typeof level === 'string' ? level : level.of(fact as never);
    assert.ok(levelsOf(fact.kind)!.includes(told), fact.kind);
  }
});

test('no name stands in the reference that no line has', () => {
  const text = sources();
  for (const name of Object.keys(LINE_EVENTS)) assert.ok(text.includes(`event: '${name}'`), name);
});

test('the reference names every event once, in tables that stay whole', () => {
  const text = renderEvents();
  for (const name of [...Object.keys(FACT_MEANINGS), ...Object.keys(LINE_EVENTS)]) {
    const rows = text.split('\n').filter(line => line.startsWith(`| \`${name}\` `));
    assert.equal(rows.length, 1, name);
    assert.match(rows[0]!, /^(\| [^|]+ ){3}\|$/);
  }
});
