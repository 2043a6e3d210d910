import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import bcrypt from 'bcryptjs';
import { Guesses } from '../../../worker/admin/access/guesses.ts';
import { createHashChecker, type HashChecker } from '../../../worker/admin/access/hash-checker.ts';
import { parsePasswords } from '../../../worker/admin/access/htpasswd.ts';
import { Users } from '../../../worker/admin/access/users.ts';
import { smallFiles } from '../../../worker/small-files.ts';
import type { Log } from '../../../worker/telemetry/log.ts';
import { createManualClock } from '../manual-clock.ts';

const hashOf = (password: string) => bcrypt.hashSync(password, 4);

test('a password file: bcrypt hashes count, all else is told by its line and nothing more', () => {
  const hash = hashOf('p');
  const { hashes, faults } = parsePasswords(
    [
      '# users',
      '',
      `ann:${hash}`,
      `y:${hash.replace('$2b$', '$2y$')}\r`,
      'plain:secret',
      'sha:{SHA}abc',
      ':x',
      'no colon',
      `ann:${hash}`,
      `dear:$2b$31${hash.slice(6)}`,
    ].join('\n'),
  );
  assert.deepEqual([...hashes.keys()], ['ann', 'y']);
  assert.equal(faults.length, 6);
  assert.doesNotMatch(faults.join(), /secret|abc|plain/);
  assert.match(faults.join(), /line 5 has no bcrypt hash.*line 9 names a user that stands above.*line 10 has a cost/s);
});

test('the thread says yes to the right password alone, and too many questions get none', {
  timeout: 30_000,
}, async t => {
  const checker = createHashChecker();
  t.after(() => checker.close());
  const hash = hashOf('right');
  const answers = await Promise.all([
    checker.check('right', hash),
    checker.check('wrong', hash),
    checker.check('', hash),
    checker.check('right', 'no hash'),
  ]);
  assert.deepEqual(answers, [true, false, false, false]);
  const many = Array.from({ length: 40 }, () => checker.check('wrong', hash));
  assert.equal(many.filter(answer => answer === null).length, 32);
  await Promise.all(many);
  assert.equal(await checker.check('right', hash), true);
});

test('who guesses waits twice as long each time, others do not, and a right one is forgiven', () => {
  const clock = createManualClock();
  const guesses = new Guesses(clock);
  const waits: number[] = [];
  for (let i = 0; i < 10; i++) {
    guesses.begin('a');
    waits.push(guesses.waitOf('a'));
  }
  assert.deepEqual(waits, [0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(guesses.waitOf('b'), 0);
  clock.advance(59_999);
  assert.equal(guesses.waitOf('a'), 1);
  clock.advance(1);
  assert.equal(guesses.waitOf('a'), 0);
  guesses.right('a');
  guesses.begin('a');
  assert.equal(guesses.waitOf('a'), 0);
});

test('an IPv6 network is one peer, and an IPv4 address is the same in either form', () => {
  const guesses = new Guesses(createManualClock());
  for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:2:3:4:5:6']) guesses.begin(address);
  assert.equal(guesses.waitOf('2001:db8:1:2::77'), 1_000);
  assert.equal(guesses.waitOf('2001:db8:1:3::1'), 0);
  for (const address of ['10.0.0.1', '::ffff:10.0.0.1', '10.0.0.1']) guesses.begin(address);
  assert.deepEqual([guesses.waitOf('::ffff:10.0.0.1'), guesses.waitOf('::1')], [1_000, 0]);
});

/** Users of a file, whose hashes are checked at once; how often they were, and what the log was told. */
async function usersOf(t: TestContext, text: string | null) {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const directory = await mkdtemp(join(tmpdir(), 'users-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'users');
  const write = async (content: string) => {
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
  };
  if (text !== null) await write(text);
  const clock = createManualClock();
  const lines: string[] = [];
  const log: Log = { write: (_level, line) => void lines.push(line), writes: () => true, with: () => log };
  let checks = 0;
  const checker: HashChecker = {
    check: async (password, hash) => {
      checks += 1;
      return bcrypt.compareSync(password, hash);
    },
    close: async () => undefined,
  };
  const users = new Users({ path, files: smallFiles, checker, clock, log });
  return { users, clock, lines, write, checks: () => checks };
}

test('users: a right pair is remembered, a wrong one is not, and a name that is none costs the same', async t => {
  const { users, checks } = await usersOf(t, `ann:${hashOf('secret')}`);
  assert.equal(await users.isRemembered('ann', 'secret'), false);
  assert.equal(await users.check('ann', 'secret'), 'right');
  assert.equal(await users.isRemembered('ann', 'secret'), true);
  assert.equal(await users.isRemembered('ann', 'secreT'), false);
  assert.equal(await users.isRemembered('bob', 'secret'), false);
  assert.equal(await users.check('ann', 'other'), 'wrong');
  assert.equal(await users.check('bob', 'secret'), 'wrong');
  assert.equal(checks(), 3, 'a hash was checked for each');
});

test('users: the file is read anew when it changes, and what was right before counts no more', async t => {
  const { users, clock, write } = await usersOf(t, `ann:${hashOf('old')}`);
  assert.equal(await users.check('ann', 'old'), 'right');
  await write(`ann:${hashOf('new')}\nbob:${hashOf('b')}`);
  clock.advance(1_000);
  assert.equal(await users.isRemembered('ann', 'old'), false);
  assert.deepEqual([await users.check('ann', 'old'), await users.check('bob', 'b')], ['wrong', 'right']);
});

test('users: a file that can not be read lets nobody in, and says so once', async t => {
  const { users, clock, write, lines } = await usersOf(t, null);
  for (let i = 0; i < 3; i++) {
    assert.equal(await users.check('ann', 'secret'), 'unreadable');
    clock.advance(1_000);
  }
  assert.equal(lines.length, 1);
  await write(`ann:${hashOf('secret')}`);
  clock.advance(1_000);
  assert.equal(await users.check('ann', 'secret'), 'right');
});

test('users: one check answers all who ask for the same pair meanwhile', async t => {
  const { users, checks } = await usersOf(t, `ann:${hashOf('secret')}`);
  const pending = [users.check('ann', 'secret'), users.check('ann', 'secret')];
  assert.deepEqual([users.isAsked('ann', 'secret'), users.isAsked('ann', 'other')], [true, false]);
  assert.deepEqual(await Promise.all(pending), ['right', 'right']);
  assert.deepEqual([checks(), users.isAsked('ann', 'secret')], [1, false]);
});

test('users: an empty file lets nobody in', async t => {
  const { users } = await usersOf(t, '# none yet\n');
  assert.equal(await users.check('', ''), 'wrong');
});
