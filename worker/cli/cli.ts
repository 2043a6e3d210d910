import { parseArgs } from 'node:util';
import { printable } from '../../config/printable.ts';
import { EXIT_CODES } from './exit-codes.ts';

/** What the command line asks for. */
export type Command =
  | {
      readonly kind: 'run';
      /** Null: all is in the environment. */
      readonly workerFile: string | null;
      readonly connectorFiles: readonly string[];
      /** `key=value`, as written. */
      readonly overrides: readonly string[];
    }
  | {
      readonly kind: 'explain';
      readonly files: readonly string[];
      readonly overrides: readonly string[];
      readonly json: boolean;
    }
  | { readonly kind: 'demo'; readonly records: number }
  | { readonly kind: 'version' }
  /** `text` goes to the standard output. */
  | { readonly kind: 'help'; readonly text: string }
  /** `text`, one line with what is wrong and one with what helps, goes to the standard error. */
  | { readonly kind: 'misuse'; readonly text: string };

type CommandName = 'run' | 'explain' | 'demo' | 'version';

type Option = { readonly type: 'string' | 'boolean'; readonly multiple?: boolean; readonly short?: string };

const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const satisfies Record<string, Option>;

const OPTIONS: Readonly<Record<CommandName, Readonly<Record<string, Option>>>> = {
  run: { ...HELP_OPTION, override: { type: 'string', multiple: true } },
  explain: { ...HELP_OPTION, override: { type: 'string', multiple: true }, json: { type: 'boolean' } },
  demo: { ...HELP_OPTION, records: { type: 'string' } },
  version: HELP_OPTION,
};

const DEMO_RECORDS = 50_000;
const DEMO_MOST_RECORDS = 200_000;

const exitCodes = (codes: readonly string[]) =>
  EXIT_CODES.filter(([code]) => codes.includes(code))
    .map(([code, meaning]) => `  ${code.padEnd(6)} ${meaning}`)
    .join('\n');

const OVERVIEW = `Tailrace: Kafka topics in, confirmed HTTP deliveries out. A Kafka Connect sink worker without the JVM.

Usage:
  tailrace run WORKER SINK...   run the connectors of the given files
  tailrace explain FILE...      tell what becomes of each key of these files
  tailrace demo                 see it work, without a Kafka of your own
  tailrace version              print the version
  tailrace COMMAND --help       more about one command

Exit codes:
${exitCodes(EXIT_CODES.map(([code]) => code))}
`;

const HELP: Readonly<Record<CommandName, string>> = {
  run: `Runs connectors until it is stopped, as connect-standalone does.

Usage:
  tailrace run [--override KEY=VALUE]... [WORKER [SINK...]]

Arguments:
  WORKER   the worker's properties file: bootstrap.servers, converters, listeners
  SINK     a connector each: name, connector.class, topics, http.url; as a properties file, as a JSON object, or as
           {"name": …, "config": {…}, "initial_state": …}

Environment:
  TAILRACE_WORKER_<KEY>            TAILRACE_WORKER_BOOTSTRAP_SERVERS is bootstrap.servers of the worker
  TAILRACE_CONNECTOR_<KEY>         a key of every connector
  TAILRACE_CONNECTOR_<ID>_<KEY>    a key of one: the identifier of orders-to-http is ORDERS_TO_HTTP. One that has its
                                   connector class in the environment needs no file

Options:
  --override KEY=VALUE   set one key, over files and environment; may be repeated. Other users of the machine can see
                         a command line: write secrets into a file or the environment
  -h, --help             this text

Signals:
  SIGTERM, SIGINT   finish what is in flight, commit it, leave the group, end; a second one ends at once.
                    What was not confirmed by then is not committed and will be sent again.

Examples:
  tailrace run worker.properties orders-to-http.properties
  tailrace run --override listeners=http://127.0.0.1:0 worker.properties sink.properties
  curl -s http://127.0.0.1:8083/health

Exit codes:
${exitCodes(EXIT_CODES.map(([code]) => code))}
`,
  explain: `Tells what becomes of each key of a worker file and connector files, of connector files alone, or of the
environment: honoured, honoured differently, ignored or refused, with file and line, and why; then the configuration that
a worker would run with. No secret is shown, nor what a config provider gave.

Usage:
  tailrace explain [--json] [--override KEY=VALUE]... [FILE...]

Options:
  --json                 for machines
  --override KEY=VALUE   as with run
  -h, --help             this text

Exit codes:
  0      every key is honoured
  10     some are honoured in another way than Kafka Connect does
  11     some are ignored
  2, 3   some are refused: the worker, or only connectors, would not start; "run" ends with the same code
`,
  demo: `Starts an embedded Kafka broker and an HTTP endpoint that demands an OAuth2 token, produces sample events to three
topics, delivers them with a real worker, and compares what was consumed with what the endpoint received.

Usage:
  tailrace demo [--records N]

Options:
  --records N   how many events, ${DEMO_RECORDS} when left out, at most ${DEMO_MOST_RECORDS}
  -h, --help    this text

Exit codes:
${exitCodes(['0', '1'])}
  4      the numbers did not add up
`,
  version: `Prints the version.

Usage:
  tailrace version
`,
};

/** @param argv the arguments behind the program's name */
export function parseCommand(argv: readonly string[]): Command {
  const [first, ...rest] = argv;
  if (first === undefined) return misuse('no command given');
  if (first === '--help' || first === '-h' || first === 'help') return helpFor(rest[0]);
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (!isCommand(first)) return misuse(`unknown ${first.startsWith('-') ? 'option' : 'command'} "${first}"`);
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(first, rest);
  } catch (error) {
    return misuse(complaint(error, rest), first);
  }
  if (parsed.values['help'] === true) return { kind: 'help', text: HELP[first] };
  const overrides = (parsed.values['override'] ?? []) as string[];
  if (overrides.some(override => !/^[^=]+=/.test(override))) return misuse('--override takes KEY=VALUE', first);
  if (first === 'run') return run(parsed.positionals, overrides);
  if (first === 'explain') {
    return { kind: 'explain', files: parsed.positionals, overrides, json: parsed.values['json'] === true };
  }
  if (parsed.positionals.length > 0) return misuse(`${first} takes no argument "${parsed.positionals[0]}"`, first);
  if (first === 'version') return { kind: 'version' };
  return demo(parsed.values['records'] as string | undefined);
}

function parse(command: CommandName, args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS[command], allowPositionals: true, strict: true });
}

function isCommand(text: string): text is CommandName {
  return Object.hasOwn(HELP, text);
}

function helpFor(command: string | undefined): Command {
  if (command === undefined) return { kind: 'help', text: OVERVIEW };
  return isCommand(command) ? { kind: 'help', text: HELP[command] } : misuse(`unknown command "${command}"`);
}

function run(files: readonly string[], overrides: readonly string[]): Command {
  const [workerFile = null, ...connectorFiles] = files;
  return { kind: 'run', workerFile, connectorFiles, overrides };
}

function demo(records: string | undefined): Command {
  const amount = records === undefined ? DEMO_RECORDS : Number(records);
  if (!Number.isInteger(amount) || amount < 1 || amount > DEMO_MOST_RECORDS) {
    return misuse(`--records takes a whole number from 1 to ${DEMO_MOST_RECORDS}`, 'demo');
  }
  return { kind: 'demo', records: amount };
}

/** Never repeats a value of the command line: it may be a secret with a typo before it. */
function complaint(error: unknown, args: readonly string[]): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
    return 'an option lacks its value, or has one that it does not take';
  const unknown = args.find(
    arg => arg.startsWith('-') && String((error as Error).message).includes(arg.split('=')[0]!),
  );
  return unknown === undefined ? 'unknown option' : `unknown option "${unknown.split('=')[0]}"`;
}

function misuse(what: string, command?: CommandName): Command {
  const help = command === undefined ? 'tailrace --help' : `tailrace ${command} --help`;
  return { kind: 'misuse', text: `tailrace: ${printable(what)}\nTry "${help}".\n` };
}
