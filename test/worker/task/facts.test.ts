import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFault as toClientFault } from '../../../worker/kafka/faults.ts';
import type { TaskFact } from '../../../worker/task/facts.ts';
import { KafkaError, toFault } from '../../../worker/task/kafka-error.ts';
import { isPlain } from '../../sim/plain.ts';
import { EVERY, REJECTED } from '../every-fact.ts';

/** What a type keeps of itself as plain data: nothing of functions, and so of what has methods. */
type Plain<T> = T extends string | number | boolean | null
  ? T
  : T extends (...args: never[]) => unknown
    ? never
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : never;

/** Does not compile when a fact can hold anything else. */
const plainByType: TaskFact extends Plain<TaskFact> ? true : false = true;

const AT = { topic: 'orders', partition: 1 };
const FAULT = { code: -195, message: 'no broker', fatal: true, at: AT };

const FACTS: readonly TaskFact[] = [
  ...Object.values(EVERY),
  // With all that may be left out.
  { ...REJECTED, error: { ...REJECTED.error, causes: ['class: why'], httpStatus: 422 } },
  { kind: 'client-fault', fault: FAULT },
];

function assertPlain(fact: TaskFact, like = fact): void {
  assert.deepEqual(structuredClone(fact), like);
  assert.deepEqual(JSON.parse(JSON.stringify(fact)), like);
  assert.ok(isPlain(fact));
}

test('a fact of every kind goes to another process as it is', () => {
  assert.ok(plainByType);
  for (const fact of FACTS) assertPlain(fact);
});

test('what the simulation asks of its facts says no where a clone or JSON would change one', () => {
  for (const value of [undefined, Number.NaN, -0, 1n, new Error('x'), Buffer.of(1), new Map(), () => 0, new Date()]) {
    assert.equal(isPlain({ kind: 'x', list: [{ value }] }), false, String(value));
  }
});

test('a fault that was thrown does so too', () => {
  const thrown = new KafkaError(FAULT, { cause: new Error('behind it') });
  assert.throws(() => assertPlain({ kind: 'client-fault', fault: thrown }));
  const { at: _, ...nowhere } = FAULT;
  for (const plain of [toFault, toClientFault]) {
    assertPlain({ kind: 'client-fault', fault: plain(thrown) }, { kind: 'client-fault', fault: FAULT });
    assertPlain(
      { kind: 'client-fault', fault: plain(new KafkaError(nowhere)) },
      { kind: 'client-fault', fault: nowhere },
    );
  }
});
