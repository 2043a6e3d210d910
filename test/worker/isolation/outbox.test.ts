import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { FromTask, News } from '../../../worker/isolation/messages.ts';
import { MOST_FACTS, MOST_LINES, NEWS_MS, Outbox, STATUS_MS } from '../../../worker/isolation/outbox.ts';
import type { TaskFact } from '../../../worker/task/facts.ts';
import type { TaskStatus } from '../../../worker/task/task.ts';
import { createManualClock } from '../manual-clock.ts';
import { RUNNING } from './running-status.ts';

/** A channel that takes a message when it is told to. */
function setUp() {
  const clock = createManualClock();
  const sent: FromTask[] = [];
  const taken: (() => void)[] = [];
  const outbox = new Outbox((message, then) => {
    sent.push(message);
    taken.push(then);
  }, clock);
  const news = (): News[] => sent.filter(message => message.kind === 'news');
  return { clock, sent, outbox, news, taken, take: () => taken.shift()!() };
}

function fact(n: number): TaskFact {
  return { kind: 'records-delivered', topic: 't', partition: 0, records: n, latenciesMs: [] };
}

function line(n: number) {
  return { level: 'info', text: String(n), fields: { event: 'task-started' } } as const;
}

/** The numbers that facts and lines were made with, in the order in which they were told. */
function numbersOf(news: readonly News[]) {
  return {
    facts: news.flatMap(({ facts }) => facts.map(each => (each as { readonly records: number }).records)),
    lines: news.flatMap(({ lines }) => lines.map(({ text }) => Number(text))),
    dropped: news.reduce(
      (sum, { dropped }) => ({ facts: sum.facts + dropped.facts, lines: sum.lines + dropped.lines }),
      { facts: 0, lines: 0 },
    ),
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('what comes within a moment goes over together, in order', () => {
  const { clock, outbox, sent, news } = setUp();
  for (const n of range(0, 3)) outbox.announce(fact(n));
  outbox.line(line(7));
  assert.deepEqual(sent, []);
  clock.advance(NEWS_MS);
  assert.equal(sent.length, 1);
  assert.deepEqual(numbersOf(news()), { facts: [0, 1, 2], lines: [7], dropped: { facts: 0, lines: 0 } });
  assert.equal(clock.timers, 0, 'nothing happens while there is nothing to tell');
});

test('one message is under way at a time, and the next waits for its moment', () => {
  const { clock, outbox, news, take } = setUp();
  outbox.announce(fact(0));
  clock.advance(NEWS_MS);
  for (const n of range(1, 4)) outbox.announce(fact(n));
  clock.advance(60_000);
  assert.equal(news().length, 1, 'the channel has not taken the first');
  take();
  assert.equal(news().length, 1);
  clock.advance(NEWS_MS);
  assert.deepEqual(numbersOf(news()).facts, [0, 1, 2, 3]);
});

test('a worker that stands still costs no more than the bounds, and learns what is missing', () => {
  const { clock, outbox, news, taken, take } = setUp();
  outbox.announce(fact(0));
  clock.advance(NEWS_MS);
  const [facts, lines] = [MOST_FACTS + 5_000, MOST_LINES + 700];
  for (const n of range(1, facts + 1)) outbox.announce(fact(n));
  for (const n of range(0, lines)) outbox.line(line(n));
  while (taken.length > 0) {
    take();
    clock.advance(NEWS_MS);
  }
  const all = numbersOf(news());
  assert.ok(isDeepStrictEqual(all.facts, range(0, MOST_FACTS + 1)), `${all.facts.length} facts`);
  assert.deepEqual(all.lines, range(0, MOST_LINES));
  assert.deepEqual(all.dropped, { facts: 5_000, lines: 700 });
  for (const one of news()) assert.ok(one.facts.length <= 4_096 && one.lines.length <= 256);
});

test('a status goes over again and again, also when nothing happens, with the time that it is of', () => {
  const { clock, outbox, news, take } = setUp();
  outbox.tell(() => RUNNING);
  for (let i = 0; i < 5; i++) {
    clock.advance(STATUS_MS);
    take();
  }
  const told = news();
  assert.ok(told.length >= 4 && told.every(({ status }) => status === RUNNING));
  assert.deepEqual(
    told.slice(1).map(({ now }, i) => now - told[i]!.now),
    told.slice(1).map(() => STATUS_MS),
  );
});

test('what changes the status brings it along: who hears of the one looks at the other', () => {
  const { clock, outbox, news, take } = setUp();
  let state: TaskStatus = RUNNING;
  outbox.tell(() => state);
  clock.advance(NEWS_MS);
  take();
  state = { ...RUNNING, state: 'FAILED' };
  outbox.announce({ kind: 'task-state', state: 'FAILED', reason: 'r' });
  clock.advance(NEWS_MS);
  assert.equal(news().at(-1)!.facts.length, 1);
  assert.equal(news().at(-1)!.status!.state, 'FAILED');
});

test('the end comes behind all that was to be told, whether or not the channel is slow', async () => {
  const { clock, outbox, sent, news, take } = setUp();
  outbox.tell(() => RUNNING);
  for (const n of range(0, 10_000)) outbox.announce(fact(n));
  clock.advance(NEWS_MS);
  for (const n of range(10_000, 20_000)) outbox.announce(fact(n));
  const ended = outbox.end({ clean: true, trace: null });
  assert.deepEqual(sent.at(-1), { kind: 'end', end: { clean: true, trace: null } });
  assert.deepEqual(numbersOf(news()).facts, range(0, 20_000));
  assert.equal(news().at(-1)!.facts.length > 0, true);
  assert.ok(
    news()
      .slice(1)
      .some(({ status }) => status === RUNNING),
    'with the last status',
  );
  for (const _ of sent) take();
  await ended;
});
