import * as zlib from 'node:zlib';
import type { Findings, Origin } from './findings.ts';
import { type ConnectorSection, noteIdle } from './schema/section.ts';
import type { CodingConfig, Compression } from './types.ts';

const KEY = 'http.request.compression';
const LEVEL_KEY = `${KEY}.level`;

const LEVELS: Readonly<Record<Compression, { least: number; most: number; fallback: number }>> = {
  gzip: { least: 1, most: 9, fallback: 1 },
  deflate: { least: 1, most: 9, fallback: 1 },
  br: { least: 0, most: 11, fallback: 2 },
  zstd: { least: 1, most: 22, fallback: 1 },
};

export function readCoding(section: ConnectorSection, findings: Findings): CodingConfig {
  const { requestCompression: codec, responseCompressionEnabled: compressedAnswers } = section.values;
  const accept = headerOf(section, 'accept-encoding');
  if (accept !== null) {
    findings.note('ignored', accept, 'http.response.compression.enabled says which encodings are asked for');
  }
  if (codec === 'none') {
    noteIdle(section, [LEVEL_KEY, `${KEY}.min.bytes`], `${KEY} is none`, findings);
    return { requests: null, compressedAnswers };
  }
  const encoding = headerOf(section, 'content-encoding');
  if (encoding !== null) findings.fault('conflict', encoding, `contradicts ${KEY}=${codec}: take one of them out`);
  if (codec === 'zstd' && !('createZstdCompress' in zlib)) {
    const message = 'is zstd, which this Node does not have: run Node 22.15 or later, or take another one';
    findings.fault('unsupported', section.origin(KEY), message);
  }
  const minBytes = section.values.requestCompressionMinBytes;
  return { requests: { codec, level: readLevel(section, codec, findings), minBytes }, compressedAnswers };
}

function readLevel({ values, origin }: ConnectorSection, codec: Compression, findings: Findings): number {
  const { least, most, fallback } = LEVELS[codec];
  const level = values.requestCompressionLevel ?? fallback;
  if (level >= least && level <= most) return level;
  findings.fault('invalid', origin(LEVEL_KEY), `must be from ${least} to ${most} with ${KEY}=${codec}`);
  return fallback;
}

function headerOf(section: ConnectorSection, wanted: string): Origin | null {
  for (const [name, { origin }] of section.family('http.headers.')) if (name.toLowerCase() === wanted) return origin;
  return null;
}
