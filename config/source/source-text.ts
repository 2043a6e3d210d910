import type { Findings } from '../findings.ts';
import { decodeUtf8, type Files, refuseUtf16, unreadable } from './files.ts';

/** One configuration file as text. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
  /** UTF-8 without a byte order mark where it is left out. */
  readonly encoding?: 'ISO-8859-1' | 'UTF-8 with a byte order mark';
  /** Every user of the machine may read it. */
  readonly openToAll?: boolean;
  /** It stands for a worker file that was not read: nothing that it lacks is told. */
  readonly isStandIn?: true;
}

/** The name by which a file is told of: never that of another source of keys. */
export function fileName(name: string): string {
  return name === 'environment' || name === 'command line' ? `./${name}` : name;
}

/**
 * Reads a configuration file. Properties that are no UTF-8 are taken as ISO-8859-1, as Kafka Connect reads all of them; JSON is
 * UTF-8. Null when it can't be read; that is on record.
 */
export function readSource(name: string, files: Files, findings: Findings): SourceText | null {
  try {
    return { name, ...decode(files.read(name)), openToAll: files.isOpenToAll(name) };
  } catch (error) {
    findings.fault('unreadable', { file: name, line: null, key: null }, `can't be read: ${unreadable(error)}`);
    return null;
  }
}

export function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

const MARK = Buffer.from('efbbbf', 'hex');

function decode(bytes: Buffer): Pick<SourceText, 'text' | 'encoding'> {
  refuseUtf16(bytes);
  const latin1 = bytes.toString('latin1');
  try {
    const text = decodeUtf8(bytes);
    return bytes.subarray(0, 3).equals(MARK) ? { text, encoding: 'UTF-8 with a byte order mark' } : { text };
  } catch (error) {
    if (isJson(latin1)) throw error;
    return { text: latin1, encoding: 'ISO-8859-1' };
  }
}

/** For a worker file that is not read, so that the connectors' faults are told without those of a worker. */
export function standIn(name: string): SourceText {
  return { name, text: 'bootstrap.servers=localhost:9092', isStandIn: true };
}
