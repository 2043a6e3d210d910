import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../config/findings.ts';
import { compileJavaRegex, JavaRegexError } from '../../config/schema/java-regex.ts';
import { Secret } from '../../config/secret.ts';
import { parseCommand } from '../../worker/cli/parse.ts';
import { createMasking } from '../../worker/telemetry/masking.ts';
import { connectorOf, parse } from '../config/written.ts';
import { recordOf, transformOf } from '../connector/transforms/applying.ts';

/** For what takes milliseconds; a pattern that goes back takes longer than the world is old. */
const GENEROUS = { timeout: 60_000 };
const LENGTH = 100_000;

/** Patterns that a backtracking engine takes exponential or quadratic time for, and the text that shows it. */
const EVIL: readonly (readonly [pattern: string, text: string])[] = [
  ['(a+)+b', 'a'.repeat(LENGTH)],
  ['(a|a)*b', 'a'.repeat(LENGTH)],
  ['(a|aa)+b', 'a'.repeat(LENGTH)],
  ['(.*)*b', 'a'.repeat(LENGTH)],
  ['(.*,){20}b', 'a,'.repeat(LENGTH / 2)],
  ['([a-z]+)*[0-9]', 'a'.repeat(LENGTH)],
  ['(\\w*)*-', 'a'.repeat(LENGTH)],
  ['.*.*.*.*=', 'x'.repeat(LENGTH)],
  ['(a?){30}a{30}', 'a'.repeat(29)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(LENGTH)],
  ['(x+x+)+y', 'x'.repeat(LENGTH)],
];

/** Those that are taken; the others are refused when they are read. */
const TAKEN = EVIL.filter(([pattern]) => {
  try {
    return compileJavaRegex(pattern) !== null;
  } catch (error) {
    assert(error instanceof JavaRegexError, pattern);
    return false;
  }
});

test('S18: a pattern of the user is refused, or linear', GENEROUS, () => {
  assert(TAKEN.length > 6);
  for (const [pattern, text] of TAKEN) assert.equal(compileJavaRegex(pattern).matches(text), false, pattern);
});

test('S18: topics.regex, a router and a provider’s list take no more time with the worst pattern', GENEROUS, () => {
  for (const [pattern, text] of TAKEN) {
    const escaped = pattern.replaceAll('\\', '\\\\');
    const { topicsRegex } = connectorOf({ topics: null, 'topics.regex': escaped });
    assert(topicsRegex !== null);
    const route = transformOf('RegexRouter', { regex: pattern, replacement: '$0' });
    assert.equal(route(recordOf({ topic: text }))!.topic, text);
    const worker = {
      'config.providers': 'e',
      'config.providers.e.class': 'EnvVarConfigProvider',
      'config.providers.e.param.allowlist.pattern': escaped,
    };
    const connector = { 'batch.format': 'envelope', 'batch.envelope.prefix': `\u0024{e:${text.slice(0, 1000)}}` };
    const config = parse({ worker, connector, env: { [text.slice(0, 1000)]: 'never' } });
    assert.match(config.connectors[0]!.batch.envelopePrefix, /^\$\{e:/);
  }
});

/** Patterns that a linear engine has not, or whose size would be its cost. */
const REFUSED: readonly string[] = [
  ...['(a)\\1', '(?=a)b', '(?!a)b', '(?<=a)b', '(?<!a)b', '(?>a+)b', 'a++b', 'a*+b', '((a)\\2)+'],
  ...[
    'a{1001}',
    '(a{1000}){1000}',
    '(((a{100}){100}){100}){100}',
    '('.repeat(20_000),
    '['.repeat(20_000),
    '(?:'.repeat(5_000),
  ],
];

test('S18: what can not be linear is refused when the file is read, in bounded time', GENEROUS, () => {
  for (const pattern of REFUSED) {
    const escaped = pattern.replaceAll('\\', '\\\\');
    assert.throws(() => connectorOf({ topics: null, 'topics.regex': escaped }), ConfigError, pattern.slice(0, 40));
  }
});

test('S18: our own patterns over foreign text are linear', GENEROUS, () => {
  const masking = createMasking([new Secret('0123456789-secret')]);
  for (const unit of [
    'x://',
    'Bearer ',
    'authorization: ',
    'u:p@',
    '\u0000',
    '0123456789-secre',
    'a.',
    '://@',
    '\ud800',
  ]) {
    const text = unit.repeat(1_048_576 / unit.length);
    assert(masking.mask(text).length > 0);
    parseCommand(['run', `--${text}`], 0);
  }
});
