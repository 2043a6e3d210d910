import type { CommandSpec } from '../command-spec.ts';
import { EXIT, exitRows, SIGNAL_BASE } from '../exit-codes.ts';
import { JSON_OPTION } from './shared.ts';

export const TOP = {
  name: 'top',
  summary: 'watch a running worker in the terminal',
  synopsis: '[--user NAME] [--ca FILE] [--interval TIME] [--once | --json] [URL]',
  description:
    'Shows what a running worker does, over its listener: its connectors and their tasks with state, lag, rates and latencies, and ' +
    'what is wrong. Connectors can be paused, resumed, stopped and restarted, each after a question.',
  arguments: [{ name: 'URL', isFile: false, text: "the worker's listener, http://127.0.0.1:8083 when left out" }],
  least: 0,
  most: 1,
  options: [
    {
      name: 'user',
      kind: 'text',
      value: 'NAME',
      text: 'whom the listener lets in; the password is in TAILRACE_PASSWORD of the environment, or is asked for',
    },
    { name: 'ca', kind: 'file', value: 'FILE', text: 'certificates (PEM) that a listener with HTTPS is verified with' },
    { name: 'interval', kind: 'duration', value: 'TIME', fallback: '2s', least: 100, text: 'how often it looks' },
    { name: 'once', kind: null, text: 'print one look and end' },
    { ...JSON_OPTION, text: 'print one look as JSON and end' },
  ],
  alternatives: [{ options: ['once', 'json'], required: false }],
  sections: [
    {
      title: 'Keys',
      rows: [
        ['up, down', 'choose a connector; scroll in its details'],
        ['Enter, Esc', 'its details, and back'],
        ['left, right, i', 'the column that is sorted by, and its direction'],
        ['p, r, s, R', 'pause, resume, stop and restart the connector'],
        ['q', 'end'],
      ],
    },
  ],
  examples: ['tailrace top', 'tailrace top --user admin https://worker.example.org:8083', 'tailrace top --once'],
  exitCodes: [
    [String(EXIT.CLEAN), 'done'],
    ...exitRows(EXIT.USAGE),
    [String(EXIT.UNFINISHED), 'the worker gave no answer, or did not let this user in'],
    [`${SIGNAL_BASE}+n`, 'a signal n ended it'],
  ],
} as const satisfies CommandSpec;
