import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMacro, type JsonPiece, type Template } from '../../../config/route/types.ts';
import { readJsonTemplate } from '../../../config/schema/json-template.ts';
import { readTemplatedUrl } from '../../../config/schema/template-formats.ts';
import { asLiteral, readTemplate } from '../../../config/schema/templates.ts';

/** Literals in quotes, macros as kind, argument and default. */
function shown(template: Template): string {
  return template
    .map(part => {
      if (!isMacro(part)) return JSON.stringify(part);
      const argument = 'pointer' in part ? part.pointer.join('›') : 'name' in part ? part.name : '';
      return `<${part.kind}${argument === '' ? '' : `:${argument}`}${part.fallback === null ? '' : `|${part.fallback}`}>`;
    })
    .join(' ');
}

const TEXTS: readonly (readonly [text: string, template: string])[] = [
  ['', ''],
  ['plain $ {text} $$ }', '"plain $ {text} $$ }"'],
  ['${topic}', '<topic>'],
  ['a${topic}b${partition}${offset}c', '"a" <topic> "b" <partition> <offset> "c"'],
  ['${timestamp|0}', '<timestamp|0>'],
  ['${key}${key|}', '<key> <key|>'],
  ['${key:/id}', '<key:id>'],
  ['${value:/a~1b/~0/0}', '<value:a/b›~›0>'],
  ['${value:/a%7Cb%7D%25|x%7Dy}', '<value:a|b}%|x}y>'],
  ['${header:Fiware-Service|none}', '<header:fiware-service|none>'],
  ['${header:a:b}', '<header:a:b>'],
  ['${record.id}', '<record.id>'],
  ['$${topic}', '"${topic}"'],
  ['$$${topic}', '"$" <topic>'],
  ['$$$${topic}', '"$${topic}"'],
  ['a$$$$${topic}$$${key}$', '"a$$" <topic> "$" <key> "$"'],
  ['${topic}$${topic}', '<topic> "${topic}"'],
  ['${value:/a|b|c}', '<value:a|b|c>'],
];

for (const [text, template] of TEXTS) {
  test(`template: ${text}`, () => assert.equal(shown(readTemplate(text)), template));
}

const REFUSED: readonly (readonly [text: string, message: RegExp])[] = [
  ['${nope}', /macro that is not known: there are topic, partition/],
  ['${}', /not known/],
  ['${ topic }', /not known/],
  ['${Topic}', /not known/],
  ['${file:/run/x:y}', /not known/],
  ['${topic', /without a closing brace/],
  ['${topic:x}', /takes nothing/],
  ['${header}', /names none/],
  ['${header:}', /names none/],
  ['${value:id}', /pointer that must begin with \//],
  ['${value:/a~2}', /must write ~ as ~0/],
  ['${value:/%zz}', /% that is no escape/],
];

for (const [text, message] of REFUSED) {
  test(`template, refused: ${text}`, () => assert.throws(() => readTemplate(text), message));
}

test('what a provider gives holds no macro', () => {
  for (const text of ['${topic}', '$${topic}', '$$$${topic}', '$$', '${a', 'a${', '$$${{}', '{$}$']) {
    assert.equal(shown(readTemplate(asLiteral(text))), JSON.stringify(text));
  }
});

const URLS: readonly (readonly [text: string, url: string, path: string, query: string])[] = [
  ['https://h/a', 'https://h/a', '', ''],
  ['HTTPS://H:443/a/${key}', 'https://h/a/-', '"/a/" <key>', ''],
  ['http://h/${topic}/x?y=${key|0}&z', 'http://h/-/x?y=-&z', '"/" <topic> "/x"', '"?y=" <key|0> "&z"'],
  ['http://h?q=${key}', 'http://h/?q=-', '"/"', '"?q=" <key>'],
  ['http://h/a/../é ${key}'.replace(' ', ''), 'http://h/%C3%A9-', '"/%C3%A9" <key>', ''],
  ['http://[::1]:8080/${value:/a/b}', 'http://[::1]:8080/-', '"/" <value:a›b>', ''],
  ['http://zq/zq0zq/${key}', 'http://zq/zq0zq/-', '"/zq0zq/" <key>', ''],
];

for (const [text, url, path, query] of URLS) {
  test(`address: ${text}`, () => {
    const read = readTemplatedUrl(text)!;
    assert.equal(read.url.href, url);
    assert.deepEqual([shown(read.template?.path ?? []), shown(read.template?.query ?? [])], [path, query]);
  });
}

const REFUSED_URLS: readonly (readonly [text: string, message: RegExp])[] = [
  ['http://${key}/a', /before its path/],
  ['http://h${key}/a', /before its path/],
  ['http://h.${topic}.example/a', /before its path/],
  ['http://user:${key}@h/a', /user or password/],
  ['http://h/a{b}', /braces other than of macros/],
  ['http://h/a b', /blanks/],
  ['http://h/$${key}', /write %24%7B/],
  ['http://h/$$${key}', /%24 for a \$ before a macro/],
  ['http://h/#${key}', /fragment/],
];

for (const [text, message] of REFUSED_URLS) {
  test(`address, refused: ${text}`, () => assert.throws(() => readTemplatedUrl(text), message));
}

for (const text of ['${topic}://h/', 'http:/${key}', '${key}', 'http://h:${partition}/']) {
  test(`address, refused: ${text}`, () => {
    let read: unknown = null;
    try {
      read = readTemplatedUrl(text);
    } catch {
      // A reason of its own.
    }
    assert.equal(read, null);
  });
}

function pieces(list: readonly JsonPiece[]): string {
  return list
    .map(piece => (typeof piece === 'string' ? piece : `<${piece.place} ${piece.macro.source.slice(2, -1)}>`))
    .join('');
}

const JSONS: readonly (readonly [text: string, written: string, texts: number])[] = [
  ['{"a": "${value:/x}"}', '{"a":<value value:/x>}', 1],
  ['{"a": ${value:/x}, "b" : [ ${offset} , 1 ] }', '{"a":<value value:/x>,"b":[<value offset>,1]}', 1],
  ['{"a": "x ${key} y"}', '{"a":"x <string key> y"}', 1],
  ['{"a": "${key}${topic}"}', '{"a":"<string key><string topic>"}', 1],
  ['"${value}"', '<value value>', 1],
  ['${value}', '<value value>', 1],
  ['{"a":"\\"${key}\\\\"}', '{"a":"\\"<string key>\\\\"}', 1],
  ['{"a":"$${key} {}"}', '{"a":"${key} {}"}', 1],
  ['{"a":"$$${key}"}', '{"a":"$<string key>"}', 1],
  ['{"index":{"_id":"${record.id}"}}\n${value}', '{"index":{"_id":<value record.id>}}\n<value value>', 2],
  ['\n{\n"a":\n1\n}\n\n\n2\n', '{"a":1}\n2', 2],
  ['  true  ', 'true', 1],
];

for (const [text, written, texts] of JSONS) {
  test(`JSON template: ${JSON.stringify(text)}`, () => {
    const read = readJsonTemplate(text);
    assert.deepEqual([pieces(read.pieces), read.texts], [written, texts]);
  });
}

const REFUSED_JSON: readonly (readonly [text: string, message: RegExp])[] = [
  ['', /must hold a JSON text/],
  [' \n ', /must hold a JSON text/],
  ['{"a": ${value}', /must be JSON/],
  ['{"a": ${value} ${key}}', /must be JSON/],
  ['{} {}', /must be JSON/],
  ['{"a":1}\n{"b"}', /must be JSON.*text 2, from character 9/],
  ['{"${key}": 1}', /name of a member.*character 2/],
  ['{"x${key}" : 1}', /name of a member/],
  ['{"a": "${key}', /not closed.*character 7/],
  ['{"a": tr${key}ue}', /must be JSON/],
  ['{"a": "${nope}"}', /not known/],
  ['{"a": $${key}}', /outside a string/],
];

for (const [text, message] of REFUSED_JSON) {
  test(`JSON template, refused: ${JSON.stringify(text)}`, () => assert.throws(() => readJsonTemplate(text), message));
}
