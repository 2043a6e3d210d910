import { JsonScanner } from '../../connector/converters/json-scan.ts';
import { behindBlanks, behindValue } from '../../connector/data/json-skip.ts';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * The records of a sample, byte for byte as they stand there: the values of one JSON array, one other JSON value, or a JSON value a
 * line.
 * @throws Error whose message completes "the file …"
 */
export function recordsIn(bytes: Buffer): readonly Buffer[] {
  const text = bytes.subarray(bytes.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0);
  const scanner = new JsonScanner(text);
  if (text.toString('latin1').trim() === '') throw new Error('is empty');
  const whole = scanner.scan(0, text.length);
  const records = whole ? valuesOf(text) : linesOf(text, scanner);
  if (records.length === 0) throw new Error('holds an array of no records');
  return records;
}

function valuesOf(text: Buffer): readonly Buffer[] {
  let at = behindBlanks(text, 0);
  if (text[at] !== OPEN_ARRAY) return [text.subarray(at, behindValue(text, at, text.length))];
  const records: Buffer[] = [];
  for (at = behindBlanks(text, at + 1); text[at] !== CLOSE_ARRAY; at = behindBlanks(text, at)) {
    // Behind each value but the last stands a comma.
    if (records.length > 0) at = behindBlanks(text, at + 1);
    const end = behindValue(text, at, text.length);
    records.push(text.subarray(at, end));
    at = end;
  }
  return records;
}

function linesOf(text: Buffer, scanner: JsonScanner): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0, line = 1; start < text.length; line++) {
    const found = text.indexOf(NEWLINE, start);
    const end = found === -1 ? text.length : found;
    const record = text.subarray(start, end);
    start = end + 1;
    if (record.toString('latin1').trim() === '') continue;
    if (!scanner.scan(start - 1 - record.length, end))
      throw new Error(`is neither JSON nor JSON a line: line ${line}: ${scanner.fault}`);
    const from = behindBlanks(record, 0);
    records.push(record.subarray(from, behindValue(record, from, record.length)));
  }
  return records;
}
