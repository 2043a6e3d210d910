import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJaas } from '../../../config/kafka/jaas.ts';
import { JAAS_TEXTS } from './jaas-texts.ts';

for (const [text, read] of JAAS_TEXTS) {
  test(`jaas: ${JSON.stringify(text)} is ${read === null ? 'refused' : 'read'}`, () => {
    const entry = parseJaas(text);
    if (read === null) assert('problem' in entry, JSON.stringify(entry));
    else assert.deepEqual('module' in entry && [entry.module, Object.fromEntries(entry.options)], read);
  });
}

test('jaas: what is wrong is said, and nothing of the text', () => {
  for (const [text, problem] of [
    ['', /^holds no login module$/],
    ['canary', /^holds no flag behind the login module: write required$/],
    ['canary maybe x="1";', /^must hold one of REQUIRED, .* behind the login module$/],
    ['; required;', /^does not begin with the name of a login module$/],
    ['a.B required user="u" password=1canary;', /^holds an option without a value, number 2: write name="value"/],
    ['a.B required password="canary"', /^does not end in a semicolon/],
    ['a.B required password="canary;', /^does not end in a semicolon, or one is within quotes$/],
    ['a.B required; canary.D required;', /^holds 2 login modules: one is taken$/],
  ] as const) {
    const entry = parseJaas(text);
    assert('problem' in entry);
    assert.match(entry.problem, problem);
    assert.doesNotMatch(entry.problem, /canary/);
  }
});

test('jaas: a megabyte of anything is read at once', () => {
  const piece = (text: string) => text.repeat(Math.ceil(1_048_576 / text.length));
  for (const text of [
    'a',
    '/',
    '/*',
    '//',
    '"',
    '\\',
    '"\\',
    '-',
    '1.',
    ' ',
    '\n',
    ';',
    '=',
    'a=',
    'a.B required;',
    "'a' ",
    '/\n',
  ]) {
    for (const head of ['', 'a.B required ', 'a.B required x="']) parseJaas(head + piece(text));
  }
});
