import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../../../config/printable.ts';
import { stylesOf, widthOf } from '../../../../worker/cli/terminal.ts';
import { COLUMNS, sorted, sparkline } from '../../../../worker/cli/top/columns.ts';
import { type Picture, renderFrame } from '../../../../worker/cli/top/frame.ts';
import { INITIAL, press, type Step, type TopState } from '../../../../worker/cli/top/state.ts';
import { details, figures, summary, taskView, worker } from './views.ts';

const PLAIN = stylesOf({ terminal: false, env: {} });
const COLOURED = stylesOf({ terminal: true, env: {} });
const column = (title: string) => COLUMNS.findIndex(each => each.title === title);

const BAD = { severity: 'error', task: 0, text: 'the endpoint answers with 503' } as const;
const ODD = { severity: 'warning', task: null, text: 'Lag grows' } as const;
const THREE = [summary('b', { problems: [BAD] }), summary('a'), summary('c', { problems: [ODD] })];

function picture(changes: Partial<Picture> = {}): Picture {
  const view = worker(...THREE);
  const base = { state: INITIAL, url: 'http://w', worker: view, details: null, trouble: null, ageMs: 0, done: null };
  return { ...base, ...changes };
}

const order = (by: string, reversed = false) => sorted(THREE, column(by), reversed).map(({ name }) => name);

test('what is wrong stands first, by name where nothing differs', () => {
  assert.deepEqual(order('!'), ['b', 'c', 'a']);
  assert.deepEqual(order('!', true), ['a', 'c', 'b']);
  assert.deepEqual(order('CONNECTOR'), ['a', 'b', 'c']);
  assert.deepEqual(order('LAG'), ['a', 'b', 'c']);
  const lags = [
    summary('x', { figures: figures({ lag: null }) }),
    summary('y', { figures: figures({ lag: 1 }) }),
    summary('z'),
  ];
  assert.deepEqual(
    sorted(lags, column('LAG'), false).map(({ name }) => name),
    ['z', 'y', 'x'],
  );
});

test('a trend is drawn from nothing to its highest', () => {
  assert.equal(sparkline([0, 50, 100, null]), '▁▅█ '.padStart(12));
  assert.equal(sparkline([0, 0]), '▁▁'.padStart(12));
  assert.equal(sparkline([]), ' '.repeat(12));
  assert.equal(sparkline(Array.from({ length: 100 }, (_, at) => at)).length, 12);
});

test('a screen is full and no line is longer than it, whatever its size', () => {
  const hostile = summary('日本'.repeat(60), { problems: [{ ...BAD, text: 'x\u001b[2J\n'.repeat(50) }] });
  const many = Array.from({ length: 300 }, (_, at) => summary(`connector-${at}`));
  const view = details(hostile.name, {
    problems: hostile.problems,
    taskViews: [taskView({ gate: { state: 'parked', reason: 'y\u009b'.repeat(99), sinceMs: 5 } })],
    rejections: [
      {
        outcome: 'dead-lettered',
        stage: 's',
        exceptionClassName: 'E',
        reason: 'r\u0007'.repeat(99),
        records: 5,
        firstAt: 0,
        lastAt: 0,
      },
    ],
  } as never);
  for (const styles of [PLAIN, COLOURED]) {
    for (const columns of [1, 20, 40, 80, 250]) {
      for (const rows of [1, 2, 5, 24, 100]) {
        for (const state of [INITIAL, { ...INITIAL, view: 'details', chosen: hostile.name, scrolled: 3 } as TopState]) {
          const lines = renderFrame(
            picture({ worker: worker(hostile, ...many), details: view, state }),
            { columns, rows },
            styles,
          );
          assert.equal(lines.length, rows);
          for (const line of lines) {
            assert(widthOf(line) <= columns, `${columns} columns: ${line}`);
            if (styles === PLAIN) assert.equal(printable(line), line);
          }
        }
      }
    }
  }
});

test('a state says what of the connector does not run', () => {
  const states = (changes: Parameters<typeof summary>[1]) => COLUMNS[column('STATE')]!.text(summary('a', changes));
  assert.equal(states({}), 'RUNNING');
  assert.equal(states({ gate: 'parked' }), 'RUNNING, parked');
  const tasks = [
    { id: 0, state: 'FAILED' },
    { id: 1, state: 'RUNNING' },
  ] as const;
  assert.equal(states({ tasks, gate: 'retrying' }), 'RUNNING, 1 FAILED, retrying');
});

test('forty columns keep name, state, lag and what is wrong', () => {
  const lines = renderFrame(picture(), { columns: 40, rows: 12 }, PLAIN).join('\n');
  for (const pattern of [/CONNECTOR/, /STATE/, /LAG/, /✗ +b /, /the endpoint answers with 503/])
    assert.match(lines, pattern);
});

test('the chosen connector is on the screen, however many there are', () => {
  const many = Array.from({ length: 300 }, (_, at) => summary(`connector-${String(at).padStart(3, '0')}`));
  for (const at of [0, 1, 150, 298, 299]) {
    const chosen = many[at]!.name;
    const lines = renderFrame(
      picture({ worker: worker(...many), state: { ...INITIAL, chosen } }),
      { columns: 80, rows: 24 },
      COLOURED,
    );
    assert(
      lines.some(line => line.includes('\u001b[7m') && line.includes(chosen)),
      chosen,
    );
    assert(lines.some(line => line.includes(' more')));
  }
});

test('the last line says what is asked, what went wrong, and how old all is', () => {
  const last = (changes: Partial<Picture>) => renderFrame(picture(changes), { columns: 120, rows: 10 }, PLAIN).at(-1);
  const asking = { ...INITIAL, asking: { verb: 'pause', connector: 'a' } } as const;
  assert.equal(last({ state: asking, trouble: 'x' }), 'Pause a? [y/N]');
  assert.equal(
    last({ trouble: 'nobody listens there', ageMs: 61_000 }),
    'nobody listens there (what is shown is 1 min 1 s old)',
  );
  assert.equal(last({ trouble: 'nobody listens there', worker: null }), 'nobody listens there');
  assert.equal(last({ done: 'a is asked to pause' }), 'a is asked to pause');
});

const NAMES = ['b', 'c', 'a'];

function after(...keys: readonly string[]): Step {
  return keys.reduce<Step>((step, key) => press(step.state, key, NAMES), { state: INITIAL, wish: null });
}

test('arrows choose and stop at the ends', () => {
  assert.equal(after('down').state.chosen, 'c');
  assert.equal(after('down', 'down', 'down', 'down').state.chosen, 'a');
  assert.equal(after('end', 'up', 'home').state.chosen, 'b');
  assert.equal(after('pagedown').state.chosen, 'a');
  assert.equal(press(INITIAL, 'down', []).state.chosen, null);
});

test('a change is asked for, and only y does it', () => {
  for (const [key, verb] of [
    ['p', 'pause'],
    ['r', 'resume'],
    ['s', 'stop'],
    ['R', 'restart'],
  ] as const) {
    assert.equal(after(key).wish, null);
    assert.deepEqual(after('down', key, 'y').wish, { kind: 'change', verb, connector: 'c' });
    for (const no of ['n', 'return', 'escape', 'q', 'down', key]) {
      assert.deepEqual([after(key, no).wish, after(key, no).state.asking], [null, null], no);
    }
  }
  assert.equal(press(INITIAL, 'p', []).state.asking, null);
});

test('what is asked about stays what it was when the order changes meanwhile', () => {
  const asked = after('down', 's').state;
  assert.deepEqual(press(asked, 'y', ['a', 'b']).wish, { kind: 'change', verb: 'stop', connector: 'c' });
});

test('details open, scroll and close; q and Ctrl-C end', () => {
  assert.deepEqual(
    [after('return').state.view, after('return').state.chosen, after('return').wish],
    ['details', 'b', { kind: 'look' }],
  );
  assert.equal(after('return', 'down', 'down', 'up').state.scrolled, 1);
  assert.equal(after('return', 'up').state.scrolled, 0);
  for (const back of ['escape', 'backspace', 'left']) assert.equal(after('return', back).state.view, 'list');
  for (const keys of [['q'], ['ctrl-c'], ['return', 'q'], ['p', 'ctrl-c'], ['end-of-input']]) {
    assert.deepEqual(after(...keys).wish, { kind: 'end' });
  }
});

test('sorting goes around, over what can be sorted by', () => {
  const seen = new Set<number>();
  let state: TopState = INITIAL;
  for (let at = 0; at < 40; at++) {
    state = press(state, 'right', NAMES).state;
    seen.add(state.sortedBy);
  }
  assert.equal(seen.size, COLUMNS.filter(({ weight }) => weight !== null).length);
  assert.equal(after('left', 'right').state.sortedBy, INITIAL.sortedBy);
  assert.equal(after('i').state.reversed, true);
});

test('keys that mean nothing do nothing, be they names of what objects have', () => {
  for (const key of ['x', 'constructor', '__proto__', 'toString', '', 'f5'])
    assert.deepEqual(after(key).state, INITIAL);
});
