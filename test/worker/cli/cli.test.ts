import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../worker/cli/cli.ts';
import { EXIT_CODES } from '../../../worker/cli/exit-codes.ts';

function misuse(...argv: string[]): string {
  const command = parseCommand(argv);
  assert.equal(command.kind, 'misuse', argv.join(' '));
  return command.kind === 'misuse' ? command.text : '';
}

test('run takes a worker file, connector files and overrides in any order', () => {
  assert.deepEqual(parseCommand(['run', '--override', 'a=1', 'w.properties', 's1', '--override=b=x=y', 's2']), {
    kind: 'run',
    workerFile: 'w.properties',
    connectorFiles: ['s1', 's2'],
    overrides: ['a=1', 'b=x=y'],
  });
});

test('a file whose name begins with a dash stands behind --', () => {
  const command = parseCommand(['run', '--', '-w', '-s']);
  assert.deepEqual(command, { kind: 'run', workerFile: '-w', connectorFiles: ['-s'], overrides: [] });
});

test('run may go without files: all can be in the environment', () => {
  const command = parseCommand(['run']);
  assert.deepEqual(command, { kind: 'run', workerFile: null, connectorFiles: [], overrides: [] });
});

test('explain takes files, overrides and a form', () => {
  assert.deepEqual(parseCommand(['explain', '--json', 'w', '--override', 'a=1', 's']), {
    kind: 'explain',
    files: ['w', 's'],
    overrides: ['a=1'],
    json: true,
  });
});

test('demo has a default and takes a number of records', () => {
  assert.deepEqual(parseCommand(['demo']), { kind: 'demo', records: 50_000 });
  assert.deepEqual(parseCommand(['demo', '--records', '300']), { kind: 'demo', records: 300 });
  for (const bad of ['0', '-1', '1.5', 'many', '9999999', '']) {
    assert.match(misuse('demo', `--records=${bad}`), /whole number/);
  }
});

test('version and help have their usual spellings', () => {
  for (const argv of [['version'], ['--version'], ['-v']]) assert.deepEqual(parseCommand(argv), { kind: 'version' });
  for (const argv of [['help'], ['--help'], ['-h']]) assert.equal(parseCommand(argv).kind, 'help');
});

test('each command has a help of its own, whatever else is on the line', () => {
  for (const name of ['run', 'explain', 'demo', 'version']) {
    for (const argv of [
      [name, '--help'],
      [name, 'x', '-h'],
      ['help', name],
    ]) {
      const command = parseCommand(argv);
      assert.equal(command.kind, 'help');
      assert.match(command.kind === 'help' ? command.text : '', new RegExp(`tailrace ${name}`));
    }
  }
});

test('the help lists every exit code and fits a terminal of 120 columns', () => {
  for (const argv of [['help'], ['run', '--help'], ['demo', '--help']]) {
    const command = parseCommand(argv);
    assert.ok(command.kind === 'help');
    for (const line of command.text.split('\n')) assert.ok(line.length <= 120, line);
    if (argv[0] !== 'demo')
      for (const [code] of EXIT_CODES) assert.match(command.text, new RegExp(`^  ${code.replace('+', '\\+')} `, 'm'));
  }
});

test('what is wrong is said in one line, with a hint', () => {
  assert.match(misuse(), /no command given\nTry "tailrace --help"/);
  assert.match(misuse('rnu'), /unknown command "rnu"/);
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
});
