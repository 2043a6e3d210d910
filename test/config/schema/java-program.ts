import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SOURCES = new URL('../../../../test/config/schema/', import.meta.url);

/**
 * What a Java program of this folder answers to each case, a line each. A case is a line of its texts in Base64.
 * @returns null where there is no Java on the PATH
 */
export function answersOfJava(
  program: 'MatchTopics.java' | 'ReplaceAll.java',
  cases: readonly (readonly string[])[],
): readonly string[] | null {
  if (spawnSync('java', ['-version']).error) return null;
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const options = ['-Xshare:auto', '-XX:TieredStopAtLevel=1'];
  const java = spawnSync('java', [...options, fileURLToPath(new URL(program, SOURCES))], {
    input: cases.map(texts => `${texts.map(encode).join(' ')}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(java.status, 0, java.stderr);
  return java.stdout.split('\n');
}
