import type { ListenerConfig, ResponseHeader } from '../rest-types.ts';
import { type Format, FormatError, isHeaderName, isHeaderValue, readList } from './formats.ts';

/** `http://host:port` or `https://…`, several by comma; nothing means no listener. */
export const listenerList: Format<readonly ListenerConfig[]> = {
  type: 'list',
  expects: 'addresses like http://127.0.0.1:8083, or nothing for no listener',
  verbatim: false,
  quotable: true,
  read: value => readList(value, readListener),
};

function readListener(item: string): ListenerConfig | undefined {
  const match = /^(https?):\/\/(\[[0-9a-f:.]+\]|[0-9a-z._-]*):(\d{1,5})\/?$/i.exec(item);
  if (match === null || Number(match[3]) > 65535) return undefined;
  const host = match[2]!.replace(/^\[|\]$/g, '');
  const protocol = match[1]!.toLowerCase() === 'https' ? 'https' : 'http';
  return { protocol, host: host === '' ? '0.0.0.0' : host, port: Number(match[3]) };
}

const ACTIONS = ['set', 'add', 'setDate', 'addDate'] as const;

/** As Kafka Connect's RestServerConfig checks it and Jetty's HeaderFilter reads it: `action name:value`, by comma, in quotes where one holds a comma. */
export const responseHeaders: Format<readonly ResponseHeader[]> = {
  type: 'list',
  expects: 'items of "action name:value", separated by commas',
  verbatim: false,
  quotable: false,
  read: value => splitQuoted(value).map(readHeader),
};

/** @throws FormatError */
function readHeader(item: string): ResponseHeader {
  const [, written = '', rest = ''] = /^(\S+)\s+(\S.*)$/s.exec(item) ?? [];
  const action = ACTIONS.find(known => known.toLowerCase() === written.toLowerCase());
  const [name = '', value = '', ...more] = rest.split(':').map(part => part.trim());
  if (action === undefined) throw new FormatError(`must hold items that begin with ${ACTIONS.join(', ')} and a blank`);
  if (more.length > 0)
    throw new FormatError('must hold no colon but the one between name and value, as in Kafka Connect');
  if (!rest.includes(':')) throw new FormatError('must hold items with a colon between name and value');
  if (!isHeaderName(name)) throw new FormatError('must hold a name that an HTTP header can have before each colon');
  if (!isHeaderValue(value)) throw new FormatError('must hold values that an HTTP header can have');
  if (action.endsWith('Date') && !/^-?\d{1,15}$/.test(value)) {
    throw new FormatError(`must give ${action} a number of milliseconds`);
  }
  return { action, name, value };
}

/** Between commas, blanks around taken off; within double quotes a comma is one, and a backslash takes the next character as it is. */
function splitQuoted(text: string): string[] {
  const items: string[] = [];
  let item = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted && sign === '\\' && at + 1 < text.length) item += text[++at];
    else if (sign === '"') quoted = !quoted;
    else if (sign === ',' && !quoted) {
      items.push(item.trim());
      item = '';
    } else item += sign;
  }
  items.push(item.trim());
  return items.filter(Boolean);
}
