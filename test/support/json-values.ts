export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
export const bigUtf16 = (text: string): Buffer => utf16(text).swap16();
export const utf32 = (text: string, big = false): Buffer =>
  Buffer.concat(
    [...text].map(char => {
      const bytes = Buffer.alloc(4);
      if (big) bytes.writeUInt32BE(char.codePointAt(0)!);
      else bytes.writeUInt32LE(char.codePointAt(0)!);
      return bytes;
    }),
  );
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** What texts are put together of that are JSON now and then. */
export const JSON_PIECES: readonly string[] = [...'{}[]":,-.e0 \\', 'true', 'null', '"a"'];

/** Values that are not JSON, and the JSON that is written for each; null: it is refused. */
export const REWRITTEN: readonly (readonly [value: string | Buffer, json: string | null])[] = [
  ['007', '7'],
  ['-007', '-7'],
  ['000', '0'],
  ['00.50', '0.50'],
  ['00e01', '0e01'],
  ['{"zip":007,"007":"007","x":1e007}', '{"zip":7,"007":"007","x":1e007}'],
  ['[00 , -01,\n0,10,0.01]', '[0 , -1,\n0,10,0.01]'],
  ['["\\"007", "\\\\",007]', '["\\"007", "\\\\",7]'],
  ['--007', null],
  ['1-007', null],
  ['07.', null],
  ['0x7', null],
  ['a007', null],
  ['{"a":1} garbage', '{"a":1}'],
  ['{"a":1}{"b":2}', '{"a":1}'],
  [' [1]]', ' [1]'],
  ['"a"b', '"a"'],
  ['1 2', '1'],
  ['1\n,', '1'],
  ['1,2', null],
  ['1]', null],
  ['true]', 'true'],
  ['true}x', 'true'],
  ['truex', null],
  ['true1', null],
  ['trueé', null],
  ['{]', null],
  ['{"a":1]}', null],
  [',1', null],
  ['{"a":1', null],
  ['[1,]', null],
  ['NaN', null],
  ["{'a':1}", null],
  ['\ufeff{"a":"\ufeff"}', '{"a":"\ufeff"}'],
  ['\ufeff', null],
  ['\ufeff ', ' '],
  [' \ufeff1', null],
  ['\ufeff\ufeff1', null],
  [utf16('{"a":"é😀"}'), '{"a":"é😀"}'],
  [bigUtf16('{"a":"é😀"}'), '{"a":"é😀"}'],
  [utf16('\ufeff[007]x'), '[7]'],
  [bigUtf16('\ufeff[007]x'), '[7]'],
  [utf16('1'), '1'],
  [bigUtf16('"'), null],
  [utf32('{"a":"é😀"}'), '{"a":"é😀"}'],
  [utf32('{"a":"é😀"}', true), '{"a":"é😀"}'],
  [utf32('\ufeff1'), '1'],
  [utf32('\ufeff 1', true), ' 1'],
  [utf32('\ufeff'), ''],
  [Buffer.concat([utf16('[1]'), Buffer.of(0x20)]), '[1]'],
  [Buffer.concat([utf16('1'), Buffer.of(0x20)]), null],
  [Buffer.concat([utf16('"'), Buffer.of(0, 0xd8), utf16('a"')]), '"\ufffd"'],
  [Buffer.concat([utf16('"'), Buffer.of(0, 0xdc), utf16('a"')]), '"\ufffda"'],
  [Buffer.concat([utf16('"'), Buffer.of(0, 0xd8), utf16('"')]), null],
  [Buffer.of(0, 0, 0xff, 0xfe, 0, 0, 0, 0x31), null],
  [Buffer.of(0xfe, 0xff, 0, 0, 0, 0x31, 0, 0), null],
  [Buffer.of(0, 0, 0, 0x31, 0, 0x11, 0, 0), null],
  [latin1('"\xc0\xaf"'), '"\\u002f"'],
  [latin1('{"\xc0\xa2\xe0\x80\x80\xc3\xa9":1}'), '{"\\u0022\\u0000é":1}'],
  [latin1('{}\xff'), '{}'],
  [latin1('"\xff"'), null],
  [latin1('"\xed\xa0\x80"'), null],
  [latin1('"\xf4\x90\x80\x80"'), null],
  [latin1('"\xf0\x80\x80\x80"'), null],
  [latin1('"\xc3"'), null],
  [latin1('"\xe2\x82'), null],
  ['"a\nb"', null],
  ['"\u0000"', null],
  ['\u0000', null],
];

/**
 * Whether JSON.parse of some Node 24 reads all of it: a name that is one escaped character alone may become another there
 * (`{"a":0,"\"":0}` has the names `a` and `\` then).
 */
export function isReadAlike(json: string): boolean {
  return !/"\\.":/.test(json);
}
