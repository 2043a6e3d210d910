import { readFile } from 'node:fs/promises';
import { isLoopback } from '../../../config/host.ts';
import { printable, printableJson } from '../../../config/printable.ts';
import type { CommandInput } from '../commands.ts';
import { EXIT } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { print } from '../output.ts';
import { misuse } from '../parse.ts';
import { columnsOf, stylesOf } from '../terminal.ts';
import { AskError, type ClientOptions, createWorkerClient, type WorkerClient } from './client.ts';
import { renderList, renderProblems, renderWorker } from './list.ts';
import { Session } from './session.ts';
import { INITIAL } from './state.ts';

const LISTENER = 'http://127.0.0.1:8083';
const PASSWORD = 'TAILRACE_PASSWORD';

type Input = CommandInput<'top'>;

/** `tailrace top`: what a running worker does, by its listener. @returns the exit code */
export async function runTop({ arguments: [url = LISTENER], options }: Input, host: Host): Promise<number> {
  const base = baseOf(url);
  if (typeof base === 'string') return misused(base, host);
  const isLook = options.once || options.json;
  if (!isLook && !(host.terminal && host.keyboard.terminal && host.env['TERM'] !== 'dumb')) {
    return misused('top needs a terminal that can be drawn on; --once and --json do without', host);
  }
  const ca = await readAuthorities(options.ca);
  if (ca instanceof Error) return misused(ca.message, host);
  const user = options.user === null ? null : await signIn(options.user, host);
  if (user instanceof Error) return misused(user.message, host);
  if (user !== null && base.protocol === 'http:' && !isLoopback(base.hostname)) {
    host.complain('The password goes over the network as it is: https:// would encrypt it\n');
  }
  const client = createWorkerClient({ base, user, ca, clock: host.clock });
  const shown = base.href.replace(/\/$/, '');
  if (!isLook) return new Session(client, shown, options.interval, host).run();
  return look(client, shown, options.json, host);
}

function misused(what: string, host: Host): number {
  host.complain(misuse(what, 'top'));
  return EXIT.USAGE;
}

/** @returns what is wrong with it, in which nothing of it stands: there may be a password in it */
function baseOf(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return 'URL is an http:// or https:// address';
  if (url.username !== '' || url.password !== '') {
    return `the URL has a user in it: --user takes the name, and ${PASSWORD} of the environment the password`;
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

async function readAuthorities(file: string | null): Promise<string | null | Error> {
  try {
    return file === null ? null : await readFile(file, 'utf8');
  } catch (error) {
    return new Error(`--ca can't be read: ${printable((error as Error).message.split(',')[0]!)}`);
  }
}

async function signIn(
  name: string,
  { env, keyboard, errorTerminal, complain }: Host,
): Promise<ClientOptions['user'] | Error> {
  const known = env[PASSWORD];
  if (known !== undefined) return { name, password: known };
  if (!keyboard.terminal || !errorTerminal)
    return new Error(`--user needs ${PASSWORD} in the environment where nobody can be asked`);
  // Nothing is shown any more before the question is: its answer may come at once.
  const answer = keyboard.line({ hidden: true });
  complain(`Password of ${printable(name)}: `);
  const password = await answer;
  complain('\n');
  return password === null ? new Error('no password was given') : { name, password };
}

async function look(client: WorkerClient, url: string, json: boolean, host: Host): Promise<number> {
  try {
    const view = await client.worker();
    const styles = stylesOf(host);
    const list = { ...INITIAL, width: columnsOf(host), rows: null, styles };
    const lines = json
      ? [printableJson(view)]
      : [
          ...renderWorker(view, url, styles),
          '',
          ...renderList(view, list),
          ...view.connectors.flatMap(connector => {
            const problems = renderProblems(connector.problems, list.width, styles);
            return problems.length === 0 ? [] : ['', `${printable(connector.name)}:`, ...problems];
          }),
        ];
    await print(`${lines.join('\n')}\n`, host);
    return EXIT.CLEAN;
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    host.complain(`${url}: ${error.message}\n`);
    return EXIT.UNFINISHED;
  }
}
