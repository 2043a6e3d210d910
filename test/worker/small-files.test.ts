import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { smallFiles } from '../../worker/small-files.ts';

function folder(t: TestContext): string {
  const at = mkdtempSync(join(tmpdir(), 'tailrace-small-'));
  t.after(() => rmSync(at, { recursive: true }));
  return at;
}

test('small files: a text is read whole, and its stamp changes with it', async t => {
  const path = join(folder(t), 'token');
  writeFileSync(path, 'one');
  const first = await smallFiles.stamp(path);
  assert.equal(await smallFiles.read(path), 'one');
  assert.equal(await smallFiles.stamp(path), first);
  writeFileSync(`${path}.new`, 'two');
  renameSync(`${path}.new`, path);
  assert.notEqual(await smallFiles.stamp(path), first);
  assert.equal(await smallFiles.read(path), 'two');
});

test('small files: what Kubernetes does with a projected volume is noticed', async t => {
  const at = folder(t);
  for (const [version, text] of [
    ['..1', 'one'],
    ['..2', 'two'],
  ] as const) {
    mkdirSync(join(at, version));
    writeFileSync(join(at, version, 'token'), text);
  }
  symlinkSync('..1', join(at, '..data'));
  symlinkSync('..data/token', join(at, 'token'));
  const first = await smallFiles.stamp(join(at, 'token'));
  symlinkSync('..2', join(at, '..data_tmp'));
  renameSync(join(at, '..data_tmp'), join(at, '..data'));
  assert.notEqual(await smallFiles.stamp(join(at, 'token')), first);
  assert.equal(await smallFiles.read(join(at, 'token')), 'two');
});

test('small files: what is no file, too large or no text is told, and nothing waits for it', {
  timeout: 20_000,
}, async t => {
  const at = folder(t);
  const path = (name: string): string => join(at, name);
  mkdirSync(path('directory'));
  execFileSync('mkfifo', [path('pipe')]);
  writeFileSync(path('large'), Buffer.alloc(65_537, 0x61));
  writeFileSync(path('limit'), Buffer.alloc(65_536, 0x61));
  writeFileSync(path('binary'), Buffer.from([0x61, 0xff]));
  const refused: readonly (readonly [string, RegExp])[] = [
    ['nowhere', /^there is no such file$/],
    ['directory', /^it is no regular file$/],
    ['pipe', /^it is no regular file$/],
    ['large', /^it is larger than 64 KiB$/],
    ['binary', /^it is not UTF-8/],
    ['nul\0', /NUL/],
  ];
  for (const [name, message] of refused) await assert.rejects(smallFiles.read(path(name)), { message });
  await assert.rejects(smallFiles.read('/dev/zero'), { message: 'it is no regular file' });
  assert.equal((await smallFiles.read(path('limit'))).length, 65_536);
});

test('small files: one takes the place of another at once, for the owner alone', async t => {
  const at = folder(t);
  const path = join(at, 'token');
  await smallFiles.replace(path, 'one');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  const before = statSync(path).ino;
  await smallFiles.replace(path, 'two');
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.notEqual(statSync(path).ino, before, 'a reader finds one or the other');
  assert.deepEqual(readdirSync(at), ['token'], 'nothing is left beside it');
});

test('small files: a link stays one, and what lies in the way of the new text is not written through', async t => {
  const at = folder(t);
  const victim = join(at, 'victim');
  mkdirSync(join(at, 'real'));
  writeFileSync(victim, 'untouched');
  writeFileSync(join(at, 'real/token'), 'one');
  symlinkSync('real/token', join(at, 'link'));
  symlinkSync(victim, join(at, 'real/token.new'));
  await smallFiles.replace(join(at, 'link'), 'two');
  assert.ok(lstatSync(join(at, 'link')).isSymbolicLink());
  assert.equal(readFileSync(join(at, 'real/token'), 'utf8'), 'two');
  assert.equal(readFileSync(victim, 'utf8'), 'untouched');
});

test('small files: a text that can not be written leaves the old one, and says why', async t => {
  const at = folder(t);
  await assert.rejects(smallFiles.replace(join(at, 'none/token'), 'x'), { message: 'there is no such file' });
  mkdirSync(join(at, 'token.new'));
  mkdirSync(join(at, 'token.new/full'));
  writeFileSync(join(at, 'token'), 'one');
  await assert.rejects(smallFiles.replace(join(at, 'token'), 'two'));
  assert.equal(readFileSync(join(at, 'token'), 'utf8'), 'one');
});
