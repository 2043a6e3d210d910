import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../../config/printable.ts';
import { stylesOf, widthOf } from '../../../worker/cli/terminal.ts';
import type { GroupDescription } from '../../../worker/kafka/inquiry.ts';
import type { Position } from '../../../worker/offsets/positions.ts';
import { groupText, memberText, remarkOf, renderPositions, renderTargets } from '../../../worker/offsets/render.ts';

const look = (width: number | null) => ({ styles: stylesOf({ terminal: false, env: {} }), width, shown: printable });

function position(more: Partial<Position>): Position {
  return {
    topic: 'orders',
    partition: 0,
    committed: 5,
    isOfOlderTopic: false,
    topicId: null,
    ends: { low: 0, high: 9 },
    lag: 4,
    fault: null,
    ...more,
  };
}

function group(members: GroupDescription['members'], state = 'Stable'): GroupDescription {
  return { state, type: 'Classic', assignor: null, members, operations: null };
}

test('a group in words', () => {
  const member = { clientId: 'c', instanceId: null, host: '/127.0.0.1', partitions: [] };
  assert.equal(groupText(null), 'its members are not known: that takes the native reader');
  assert.equal(groupText(group([], 'Dead')), 'there is no such group yet');
  assert.equal(groupText(group([], 'Empty')), 'Empty, no members');
  assert.equal(groupText(group([member])), 'Stable, 1 member');
  assert.equal(groupText(group([member, member])), 'Stable, 2 members');
});

test('a member: a few of its partitions in order, and nothing that steers a terminal', () => {
  const partitions = [10, 2, 0, 1, 3, 4, 5].map(partition => ({ topic: 'orders', partition }));
  const member = { clientId: 'c\u001b[2J', instanceId: null, host: '/10.0.0.1', partitions };
  const text = memberText(member, printable);
  assert.match(text, /on 10\.0\.0\.1 \(orders-0, orders-1, orders-2, orders-3, orders-4, 2 more\)$/);
  assert.ok(!text.includes('\u001b'));
  assert.match(memberText({ ...member, partitions: [] }, printable), /\(no partition\)$/);
});

test('columns in which nothing stands are left out; a holder and a remark bring theirs', () => {
  const plain = renderPositions([position({})], null, look(null));
  assert.deepEqual(plain, [
    'TOPIC   PARTITION  COMMITTED  BEGINS  ENDS  LAG',
    'orders          0          5       0     9    4',
  ]);
  const holder = {
    clientId: 'worker-1',
    instanceId: null,
    host: '/h',
    partitions: [{ topic: 'orders', partition: 0 }],
  };
  const lines = renderPositions(
    [position({}), position({ partition: 1, committed: 12, lag: 0 })],
    group([holder]),
    look(null),
  );
  assert.match(lines[1]!, /worker-1$/);
  assert.match(lines[2]!, /- +beyond its log$/);
});

test('a terminal of 60 columns: what may be cut is cut', () => {
  const long = 'a-topic-with-a-name-that-nobody-would-like-to-type-every-day';
  for (const line of renderPositions([position({ topic: long })], null, look(60))) assert.ok(widthOf(line) <= 60, line);
});

test('remarks', () => {
  assert.equal(remarkOf(position({})), null);
  assert.equal(remarkOf(position({ committed: null, lag: null })), null);
  assert.match(remarkOf(position({ committed: 5, ends: { low: 6, high: 9 } }))!, /outside its log/);
  assert.match(remarkOf(position({ isOfOlderTopic: true }))!, /older topic/);
  const fault = { code: 3, message: 'no such partition', fatal: false };
  assert.equal(remarkOf(position({ ends: null, fault })), 'no such partition');
});

test('from where to where, and what that means', () => {
  const targets = [
    { position: position({}), to: 2 },
    { position: position({ partition: 1 }), to: 9 },
    { position: position({ partition: 2 }), to: 5 },
    { position: position({ partition: 3, committed: null }), to: 0 },
  ];
  const ends = renderTargets(targets, look(null)).map(line => line.split(/ {2,}/).at(-1));
  assert.deepEqual(ends, ['RECORDS', '3 again', '4 passed by', 'as it is', '9']);
});
