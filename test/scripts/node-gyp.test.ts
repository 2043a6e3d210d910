import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../../scripts/node-gyp.sh', import.meta.url));
const PREFIX = resolve(process.execPath, '../..');

/** In node-gyp's place: what it would go by. */
const SPY = `
const settings = Object.entries(process.env).filter(([name]) => /^npm_(config|package_config_node_gyp)_/i.test(name));
console.log(JSON.stringify({ node: process.version, args: process.argv.slice(2), settings: Object.fromEntries(settings) }));
`;

interface Seen {
  readonly node: string;
  readonly args: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** How npm passes the same setting on, for node-gyp of this and of that version. */
const FOREIGN = {
  npm_config_nodedir: '/opt/another-node',
  NPM_CONFIG_NODEDIR: '/opt/another-node',
  npm_package_config_node_gyp_nodedir: '/opt/another-node',
  npm_config_target: '18.0.0',
};

describe('headers for what is compiled', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailrace-gyp-'));
    const gyp = join(folder, 'lib', 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    await mkdir(dirname(gyp), { recursive: true });
    await writeFile(gyp, SPY);
    // An npm that knows where its parts are, and one setting.
    await mkdir(join(folder, 'bin'));
    const npm = `case "$1 $2 $3" in
      "root -g "*) echo ${join(folder, 'lib')} ;;
      "config get disturl") echo https://headers.example ;;
      "config get "*) echo undefined ;;
    esac`;
    await writeFile(join(folder, 'bin', 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  });
  after(() => rm(folder, { recursive: true }));

  async function seen(bins: readonly string[], env: NodeJS.ProcessEnv): Promise<Seen> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
    const path = [join(folder, 'bin'), ...bins, process.env['PATH']].join(':');
    const { stdout } = await run('bash', [SCRIPT, 'rebuild'], {
      env: { ...Object.fromEntries(inherited), ...env, PATH: path },
    });
    return JSON.parse(stdout) as Seen;
  }

  it('are those beside the Node that runs, whatever npm is set to', async t => {
    const beside = await readFile(join(PREFIX, 'include', 'node', 'node_version.h'), 'utf8').catch(() => null);
    if (beside === null) return t.skip('no headers beside this Node');
    const { node, args, settings } = await seen([dirname(process.execPath)], FOREIGN);
    assert.equal(node, process.version);
    assert.deepEqual(args, ['rebuild', `--nodedir=${PREFIX}`]);
    assert.deepEqual(settings, {});
  });

  it('are brought by node-gyp where none are beside it, from where npm says, and never those of another Node', async () => {
    const alone = join(folder, 'alone', 'bin');
    await mkdir(alone, { recursive: true });
    await copyFile(process.execPath, join(alone, 'node'));
    await chmod(join(alone, 'node'), 0o755);
    const { node, args, settings } = await seen([alone], FOREIGN);
    assert.equal(node, process.version);
    assert.deepEqual(args, ['rebuild']);
    assert.deepEqual(settings, { npm_config_disturl: 'https://headers.example' });
  });

  it('beside another Node than the one that runs are not taken', async () => {
    const other = join(folder, 'other');
    await mkdir(join(other, 'bin'), { recursive: true });
    await mkdir(join(other, 'include', 'node'), { recursive: true });
    const version = ['MAJOR 18', 'MINOR 0', 'PATCH 0'].map(part => `#define NODE_${part.replace(' ', '_VERSION ')}\n`);
    await writeFile(join(other, 'include', 'node', 'node_version.h'), version.join(''));
    await copyFile(process.execPath, join(other, 'bin', 'node'));
    await chmod(join(other, 'bin', 'node'), 0o755);
    assert.deepEqual((await seen([join(other, 'bin')], FOREIGN)).args, ['rebuild']);
  });
});
