import { type Format, FormatError, splitList } from './formats.ts';

export const REPORT_FIELDS = [
  ...(['topic', 'partition', 'offset', 'timestamp', 'outcome', 'status', 'truncated'] as const),
  ...(['stage', 'exception', 'reason', 'response', 'value'] as const),
] as const;

/** A header of a report; without a name it is called as the field is, behind the prefix of them all. */
export type ReportHeader = readonly [field: (typeof REPORT_FIELDS)[number], name: string | null];

/** Of Kafka headers: what tools can print and filter by. */
export const reportHeaderPrefix: Format<string> = {
  type: 'string',
  expects: 'at most 64 letters, digits, dots, underscores and hyphens',
  verbatim: false,
  quotable: true,
  read: value => (/^[a-zA-Z0-9._-]{0,64}$/.test(value) ? value : undefined),
};

export const reportHeaders: Format<readonly ReportHeader[]> = {
  type: 'list',
  expects: `some of ${REPORT_FIELDS.join(', ')}, each perhaps with a name of its own: status:http_status`,
  verbatim: false,
  quotable: true,
  read: value => {
    const headers = splitList(value).map(readHeader);
    const fields = headers.map(([field]) => field);
    const twice = fields.find((field, index) => fields.indexOf(field) !== index);
    if (twice !== undefined) throw new FormatError(`must not name ${twice} twice`);
    return headers;
  },
};

function readHeader(item: string): ReportHeader {
  const [, field = '', name = null] = /^([^:]*)(?::(.*))?$/s.exec(item) ?? [];
  const known = REPORT_FIELDS.find(each => each === field);
  if (known === undefined) {
    throw new FormatError(
      `must hold ${REPORT_FIELDS.join(', ')} alone, each perhaps with a colon and a name behind it`,
    );
  }
  if (name !== null && !/^[a-zA-Z0-9._-]{1,128}$/.test(name)) {
    throw new FormatError(`must have a name of letters, digits, dots, underscores and hyphens for ${field}`);
  }
  return [known, name];
}
