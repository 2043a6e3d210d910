import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, parseCommand } from '../../../worker/cli/parse.ts';

/** 2026-01-31T12:00:00Z */
const NOW = 1_769_860_800_000;

function parse(...argv: readonly string[]): Command {
  return parseCommand(argv, NOW);
}

function misuse(...argv: readonly string[]): string {
  const command = parse(...argv);
  assert.equal(command.kind, 'misuse', argv.join(' '));
  return command.kind === 'misuse' ? command.text : '';
}

test('run takes a worker file, connector files and overrides in any order', () => {
  assert.deepEqual(parse('run', '--override', 'a=1', 'w.properties', 's1', '--override=b=x=y', 's2'), {
    kind: 'call',
    name: 'run',
    input: { arguments: ['w.properties', 's1', 's2'], options: { override: ['a=1', 'b=x=y'] } },
  });
});

test('a file whose name begins with a dash stands behind --', () => {
  const input = { arguments: ['-w', '-s'], options: { override: [] } };
  assert.deepEqual(parse('run', '--', '-w', '-s'), { kind: 'call', name: 'run', input });
});

test('run may go without files: all can be in the environment', () => {
  const input = { arguments: [], options: { override: [] } };
  assert.deepEqual(parse('run'), { kind: 'call', name: 'run', input });
});

test('explain takes files, overrides and a form', () => {
  assert.deepEqual(parse('explain', '--json', 'w', '--override', 'a=1', 's'), {
    kind: 'call',
    name: 'explain',
    input: { arguments: ['w', 's'], options: { json: true, override: ['a=1'] } },
  });
});

test('demo has a default and takes a number of records', () => {
  const demo = (records: number) => ({ kind: 'call', name: 'demo', input: { arguments: [], options: { records } } });
  assert.deepEqual(parse('demo'), demo(50_000));
  assert.deepEqual(parse('demo', '--records', '300'), demo(300));
  for (const bad of ['0', '-1', '1.5', 'many', '9999999', '', '1e3', ' 1', '0x10']) {
    assert.match(misuse('demo', `--records=${bad}`), /--records takes a whole number from 1 to 200000\n/);
  }
});

test('version and help have their usual spellings', () => {
  for (const argv of [['version'], ['--version'], ['-v']]) {
    assert.deepEqual(parse(...argv), { kind: 'call', name: 'version', input: { arguments: [], options: {} } });
  }
  for (const argv of [['help'], ['--help'], ['-h']]) {
    assert.deepEqual(parse(...argv), { kind: 'help', topic: null });
  }
});

test('each command has a help of its own, whatever else is on the line', () => {
  for (const name of ['run', 'explain', 'demo', 'version']) {
    for (const argv of [
      [name, '--help'],
      [name, 'x', '-h'],
      ['help', name],
    ]) {
      assert.deepEqual(parse(...argv), { kind: 'help', topic: name });
    }
  }
});

test('what is wrong is said in one line, with a hint', () => {
  assert.match(misuse(), /no command given\nTry "tailrace --help"/);
  assert.match(misuse('rnu'), /unknown command "rnu"/);
  assert.match(misuse('help', 'rnu'), /unknown command "rnu"/);
  assert.match(misuse('--verbose'), /unknown option "--verbose"/);
  assert.match(misuse('run', '--verbose', 'a', 'b'), /unknown option "--verbose"\nTry "tailrace run --help"/);
  assert.match(misuse('run', '-x', 'a', 'b'), /unknown option "-x"/);
  assert.match(misuse('run', 'w', 's', '--override'), /lacks its value/);
  assert.match(misuse('run', 'w', 's', '--override', 'novalue'), /KEY=VALUE/);
  assert.match(misuse('run', 'w', 's', '--override', '=v'), /KEY=VALUE/);
  assert.match(misuse('demo', 'x'), /no argument "x"/);
  for (const argv of [[], ['x'], ['demo', 'x']]) assert.equal(misuse(...argv).split('\n').length, 3);
});

test('a mistyped option does not repeat its value, which may be a secret', () => {
  assert.doesNotMatch(misuse('run', '--overide=sasl.password=hunter2', 'w', 's'), /hunter2/);
  assert.doesNotMatch(misuse('run', 'w', 's', '--override', 'hunter2'), /hunter2/);
  assert.doesNotMatch(misuse('demo', '--records', 'hunter2'), /hunter2/);
});
