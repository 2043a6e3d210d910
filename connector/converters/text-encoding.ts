import { isAscii, isUtf8 } from 'node:buffer';

const REPLACEMENT = 0xfffd;

/** Bytes to text; what is no text in the encoding becomes U+FFFD. */
export type DecodeText = (bytes: Buffer) => string;

function decoder(label: string): DecodeText {
  const text = new TextDecoder(label, { ignoreBOM: true });
  // Node 20 and 22 took it for ISO-8859-1 for a while: wrong characters are worse than a refusal.
  if (text.encoding === 'windows-1252' && text.decode(Buffer.of(0x80)) !== '€') {
    throw new RangeError(`this version of Node can not decode ${label}`);
  }
  return bytes => text.decode(bytes);
}

function ascii(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  const units = Buffer.alloc(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) units.writeUInt16LE(bytes[i]! < 0x80 ? bytes[i]! : REPLACEMENT, i * 2);
  return units.toString('utf16le');
}

/** Java's UTF-16: the byte order mark decides and is dropped; without one it is big-endian. */
function utf16(): DecodeText {
  const little = new TextDecoder('utf-16le');
  const big = new TextDecoder('utf-16be');
  return bytes => (bytes[0] === 0xff && bytes[1] === 0xfe ? little : big).decode(bytes);
}

/**
 * Whether each of the values is UTF-8, as far as one look at all of them can tell. A separator is UTF-8 and ends any sequence: if
 * all of it is, then so is each value. Without a separator two halves of a character may have met.
 */
export function areUtf8(values: Buffer, separator: Buffer): boolean {
  return separator.length > 0 && isUtf8(values);
}

/**
 * The decoder of a Java charset by its name (`converter.encoding` of Kafka Connect's StringConverter), or null for
 * UTF-8, which needs none.
 * @throws RangeError when this program has no such decoder
 */
export function textDecoder(charset: string): DecodeText | null {
  switch (charset.toUpperCase().replace(/[-_]/g, '')) {
    case 'UTF8':
      return null;
    case 'ISO88591':
    case 'LATIN1':
      // WHATWG's own `latin1` label means windows-1252.
      return bytes => bytes.toString('latin1');
    case 'USASCII':
    case 'ASCII':
      return ascii;
    case 'UTF16':
      return utf16();
    default:
      return decoder(charset);
  }
}
