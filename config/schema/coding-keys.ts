import { boolean, integer, oneOf } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { MEBIBYTE } from './units.ts';

const compression = keyGroup('Compression');

/** How requests and answers are encoded. */
export const codingKeys = {
  requestCompression: compression.withDefault(
    'http.request.compression',
    oneOf('none', 'gzip', 'deflate', 'br', 'zstd'),
    'none',
    'How bodies of requests are compressed; `content-encoding` says so. The endpoint must know it: one that does not answers ' +
      '415, or 400 as if the records were at fault. `zstd` needs Node 22.15 or later.',
  ),
  requestCompressionLevel: compression.optional(
    'http.request.compression.level',
    integer(0, 22),
    'How hard it is tried: 1-9 with `gzip` and `deflate`, 0-11 with `br`, 1-22 with `zstd`. By default 1, with `br` 2: records ' +
      'are the smaller by two thirds of what the highest levels save, at a fraction of their time.',
  ),
  requestCompressionMinBytes: compression.withDefault(
    'http.request.compression.min.bytes',
    integer(0, 1024 * MEBIBYTE),
    '1024',
    'A smaller body goes as it is, and so does one that would not become smaller.',
  ),
  responseCompressionEnabled: compression.withDefault(
    'http.response.compression.enabled',
    boolean,
    'false',
    'Ask for compressed answers (`accept-encoding`: gzip, deflate, br, and zstd from Node 22.15 on). Those that come are ' +
      'understood in any case, and decoded up to `http.response.max.bytes`.',
  ),
};
