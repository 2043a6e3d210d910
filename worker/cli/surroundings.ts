/** What a worker's surroundings would do to it, beyond its files. */
export interface ProcessSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of Node's that stood on the command line. */
  readonly execArgv: readonly string[];
}

interface Rule {
  readonly names: RegExp;
  readonly text: string;
}

const CODE = 'whoever reaches its port can read secrets and run code in the worker: take it away';
const KEYS = 'writes the keys of TLS connections into a file, with which all that is sent can be read: take it away';
const MEMORY =
  'writes what the worker holds in memory or in its environment, secrets included, into a file: take it away';
const OLD_TLS = 'would allow TLS below 1.2 to endpoints. It has no effect: 1.2 is the least';
const AUTHORITIES = 'changes which certificate authorities are trusted where a connector names none';

/** Options of Node's, with dashes; both files and people write underscores too. */
const OPTIONS: readonly Rule[] = [
  { names: /^--tls-min-v1\.[01]$/, text: OLD_TLS },
  { names: /^--tls-max-v1\.2$/, text: 'keeps connections to endpoints at TLS 1.2' },
  { names: /^--tls-cipher-list$/, text: 'changes which ciphers are offered to endpoints' },
  { names: /^--tls-keylog$/, text: KEYS },
  { names: /^--trace-tls$/, text: 'writes TLS messages to the standard error' },
  { names: /^--(?:inspect|inspect-brk|inspect-wait)$/, text: `opens Node's debugger: ${CODE}` },
  { names: /^--insecure-http-parser$/, text: 'would take malformed requests. It has no effect on the listener' },
  { names: /^--use-(?:openssl|system|bundled)-ca$/, text: AUTHORITIES },
  { names: /^--openssl-(?:config|legacy-provider|shared-config)$/, text: 'changes what OpenSSL allows' },
  { names: /^--security-revert$/, text: 'brings a vulnerability of Node back that was mended: take it away' },
  { names: /^--(?:heapsnapshot-(?:signal|near-heap-limit)|heap-prof|abort-on-uncaught-exception)$/, text: MEMORY },
  { names: /^--report-(?:on-signal|on-fatalerror|uncaught-exception)$/, text: MEMORY },
];

interface VariableRule {
  readonly name: string;
  readonly values: RegExp;
  readonly text: string;
}

const VARIABLES: readonly VariableRule[] = [
  {
    name: 'NODE_TLS_REJECT_UNAUTHORIZED',
    values: /^0$/,
    text: 'would switch the verification of certificates off. It has no effect: they are verified',
  },
  { name: 'NODE_EXTRA_CA_CERTS', values: /./, text: AUTHORITIES },
  { name: 'SSLKEYLOGFILE', values: /./, text: KEYS },
  { name: 'OPENSSL_CONF', values: /./, text: 'changes what OpenSSL allows, for Kafka and for endpoints' },
  {
    name: 'NODE_DEBUG',
    values: /http|tls|net|undici|fetch|\*/i,
    text: 'writes requests to the standard error, credentials included: take it away',
  },
];

/** One line each for what weakens a worker, or would, naming where it was said; never a value. */
export function warningsOf({ env, execArgv }: ProcessSettings): readonly string[] {
  const variables = VARIABLES.filter(({ name, values }) => values.test(env[name] ?? '')).map(
    ({ name, text }) => `${name} of the environment ${text}`,
  );
  const inEnvironment = namesIn((env['NODE_OPTIONS'] ?? '').split(/[\s"]+/));
  return [
    ...variables,
    ...warnings(inEnvironment, name => `${name} in NODE_OPTIONS of the environment`),
    ...warnings(namesIn(execArgv), name => `${name} of node's command line`),
  ];
}

function namesIn(words: readonly string[]): ReadonlySet<string> {
  const options = words.filter(word => word.startsWith('--'));
  return new Set(options.map(option => option.split('=', 1)[0]!.replaceAll('_', '-')));
}

function warnings(names: ReadonlySet<string>, where: (name: string) => string): readonly string[] {
  return [...names].flatMap(name => {
    const rule = OPTIONS.find(each => each.names.test(name));
    return rule === undefined ? [] : [`${where(name)} ${rule.text}`];
  });
}
