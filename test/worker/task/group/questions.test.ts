import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Questions } from '../../../../worker/task/group/questions.ts';
import type { KafkaConsumer } from '../../../../worker/task/ports.ts';

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Questions that are answered by the test. */
function setUp() {
  const begun: string[] = [];
  const answers = new Map<string, (fault?: Error) => void>();
  const questions = new Questions({} as KafkaConsumer);
  const ask = (name: string): Promise<string> =>
    questions.ask(
      () =>
        new Promise<string>((resolve, reject) => {
          begun.push(name);
          answers.set(name, fault => (fault === undefined ? resolve(name) : reject(fault)));
        }),
    );
  return { questions, begun, answers, ask };
}

test('one question is under way at a time; one that fails holds up no other', async () => {
  const { begun, answers, ask } = setUp();
  const [first, second, third] = ['first', 'second', 'third'].map(ask);
  await turn();
  assert.deepEqual(begun, ['first']);
  answers.get('first')!();
  assert.equal(await first, 'first');
  await turn();
  assert.deepEqual(begun, ['first', 'second']);
  answers.get('second')!(new Error('no leader'));
  await assert.rejects(second!, /no leader/);
  await turn();
  answers.get('third')!();
  assert.equal(await third, 'third');
});

test('once the task leaves, none is begun; the one under way is answered', async () => {
  const { questions, begun, answers, ask } = setUp();
  const [first, second] = ['first', 'second'].map(ask);
  await turn();
  questions.close();
  answers.get('first')!();
  assert.equal(await first, 'first');
  await assert.rejects(second!, { name: 'KafkaError', message: /leaving/ });
  await assert.rejects(ask('third'), { name: 'KafkaError', message: /leaving/ });
  assert.deepEqual(begun, ['first']);
});
