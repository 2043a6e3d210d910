import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, restore } from '../../../worker/store/restore.ts';
import type { StoredConnector } from '../../../worker/store/state-store.ts';

type Properties = Readonly<Record<string, string>>;

const FILE: Properties = { name: 'a', topics: 'orders' };
const CHANGED: Properties = { name: 'a', topics: 'clicks' };
const OF_FILE = digestOf(FILE);

function restored(file: Properties | null, stored: StoredConnector | null) {
  const files = new Map(file === null ? [] : [['a', file]]);
  const { connectors, outdated, notices, warnings } = restore(files, new Map(stored === null ? [] : [['a', stored]]));
  const begun = connectors.map(({ name, properties, target, isOfFile }) => [
    name,
    properties['topics'],
    target,
    isOfFile,
  ]);
  return {
    begun,
    outdated,
    said: [...notices.map(text => `notice ${text}`), ...warnings.map(text => `warning ${text}`)],
  };
}

test('a file alone, and a connector of REST alone, are what they are', () => {
  assert.deepEqual(restored(FILE, null), { begun: [['a', 'orders', null, true]], outdated: [], said: [] });
  assert.deepEqual(restored(null, { properties: CHANGED, target: 'PAUSED', file: null }), {
    begun: [['a', 'clicks', 'PAUSED', false]],
    outdated: [],
    said: [],
  });
});

test('while a file says the same, what was changed through REST counts, and is told', () => {
  assert.deepEqual(restored(FILE, { properties: CHANGED, target: 'RUNNING', file: OF_FILE }), {
    begun: [['a', 'clicks', 'RUNNING', false]],
    outdated: [],
    said: ['notice Connector a is as it was set through REST, RUNNING; its file has not changed since'],
  });
  assert.deepEqual(restored(FILE, { properties: null, target: 'STOPPED', file: OF_FILE }), {
    begun: [['a', 'orders', 'STOPPED', true]],
    outdated: [],
    said: ['notice Connector a is STOPPED, as it was set through REST'],
  });
  assert.deepEqual(restored(FILE, { properties: null, target: null, file: OF_FILE }), {
    begun: [],
    outdated: [],
    said: ['notice Connector a was deleted through REST, and its file still says the same: it does not run'],
  });
});

test('a file that says something else counts, whatever was changed, and so does one that is new', () => {
  const before = digestOf({ ...FILE, topics: 'before' });
  const changes: readonly StoredConnector[] = [
    { properties: CHANGED, target: 'PAUSED', file: before },
    { properties: null, target: 'STOPPED', file: before },
    { properties: null, target: null, file: before },
    { properties: CHANGED, target: 'RUNNING', file: null },
  ];
  for (const stored of changes) {
    assert.deepEqual(restored(FILE, stored), {
      begun: [['a', 'orders', null, true]],
      outdated: ['a'],
      said: [
        'warning Connector a is as its file says now: what was changed through REST before does not count any more',
      ],
    });
  }
});

test('what was changed of a file that is not given any more goes with it, and is told unless it was deleted', () => {
  const warning =
    'warning Connector a does not run: its file is not given any more, and what was changed through REST goes with it';
  const gone = { begun: [], outdated: ['a'] };
  assert.deepEqual(restored(null, { properties: CHANGED, target: 'RUNNING', file: OF_FILE }), {
    ...gone,
    said: [warning],
  });
  assert.deepEqual(restored(null, { properties: null, target: 'PAUSED', file: OF_FILE }), { ...gone, said: [warning] });
  assert.deepEqual(restored(null, { properties: null, target: null, file: OF_FILE }), { ...gone, said: [] });
});

test('connectors of files come first, each once', () => {
  const files = new Map([
    ['f', FILE],
    ['g', FILE],
  ]);
  const stored: [string, StoredConnector][] = [
    ['r', { properties: CHANGED, target: 'RUNNING', file: null }],
    ['g', { properties: CHANGED, target: 'PAUSED', file: OF_FILE }],
  ];
  assert.deepEqual(
    restore(files, new Map(stored)).connectors.map(({ name }) => name),
    ['f', 'g', 'r'],
  );
});

test('the order of keys is nothing of what a file says; names and values are, wherever one ends', () => {
  assert.equal(digestOf({ a: '1', b: '2' }), digestOf({ b: '2', a: '1' }));
  assert.notEqual(digestOf({ a: '1', b: '2' }), digestOf({ a: '2', b: '1' }));
  assert.notEqual(digestOf({ ab: 'c' }), digestOf({ a: 'bc' }));
});
