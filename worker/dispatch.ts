import type { CommandInput, CommandName } from './cli/commands.ts';
import type { Host } from './cli/host.ts';
import type { Call } from './cli/parse.ts';
import { VERSION } from './cli/version.ts';

interface Module<N extends CommandName> {
  /** It loads the Kafka client, which can hold up the end of the process. */
  readonly usesKafka: boolean;
  /** @returns the exit code */
  run(input: CommandInput<N>, host: Host): Promise<number>;
}

/** What each command of the table is done by; nothing of it is loaded before it is called. */
const MODULES: { readonly [N in CommandName]: Module<N> } = {
  run: {
    usesKafka: true,
    async run({ arguments: [workerFile = null, ...connectorFiles], options: { override: overrides } }, host) {
      return (await import('./cli/run.ts')).runWorker({ workerFile, connectorFiles, overrides }, host);
    },
  },
  explain: {
    usesKafka: false,
    run: async (input, host) => (await import('./cli/explain.ts')).runExplain(input, host),
  },
  check: {
    usesKafka: true,
    run: async (input, host) => (await import('./check/command.ts')).runCheck(input, host),
  },
  tune: {
    usesKafka: true,
    run: async (input, host) => (await import('./tune/command.ts')).runTune(input, host),
  },
  'dlq list': {
    usesKafka: true,
    run: async (input, host) => (await import('./dead-letters/list.ts')).runDlqList(input, host),
  },
  'dlq show': {
    usesKafka: true,
    run: async (input, host) => (await import('./dead-letters/show.ts')).runDlqShow(input, host),
  },
  'dlq replay': {
    usesKafka: true,
    run: async (input, host) => (await import('./dead-letters/replay-command.ts')).runDlqReplay(input, host),
  },
  'offsets show': {
    usesKafka: true,
    run: async (input, host) => (await import('./offsets/show.ts')).runOffsetsShow(input, host),
  },
  'offsets reset': {
    usesKafka: true,
    run: async (input, host) => (await import('./offsets/reset.ts')).runOffsetsReset(input, host),
  },
  demo: {
    usesKafka: true,
    run: async ({ options }, host) => (await import('./demo/demo.ts')).runDemo(options, host),
  },
  top: {
    usesKafka: false,
    run: async (input, host) => (await import('./cli/top/command.ts')).runTop(input, host),
  },
  completion: {
    usesKafka: false,
    run: async (input, host) => (await import('./cli/completion/command.ts')).runCompletion(input, host),
  },
  version: {
    usesKafka: false,
    async run(_input, { out }) {
      out.write(`tailrace ${VERSION}\n`);
      return 0;
    },
  },
};

export function usesKafka(name: CommandName): boolean {
  return MODULES[name].usesKafka;
}

/** @returns the exit code */
export function dispatch<N extends CommandName>({ name, input }: Call<N>, host: Host): Promise<number> {
  return MODULES[name].run(input, host);
}
