/** Where in a partition; times are epoch milliseconds. */
export type Place = 'earliest' | 'latest' | { readonly offset: number } | { readonly time: number };

/** What a value of each kind comes out as. */
export interface Values {
  readonly text: string;
  /** A whole number. */
  readonly count: number;
  /** `500ms`, `30s`, `5m`, `2h`, `1d`; a plain number is milliseconds, which it comes out as. */
  readonly duration: number;
  /** `500kB`, `10MB`, `1GiB`; a plain number is bytes, which it comes out as. */
  readonly bytes: number;
  readonly choice: string;
  /** Of a file that need not exist. */
  readonly file: string;
  /** `KEY=VALUE`, as written. */
  readonly pair: string;
  /** ISO 8601 (UTC where no zone stands), epoch milliseconds, or `-2h`: epoch milliseconds. */
  readonly time: number;
  readonly place: Place;
}

export type OptionKind = keyof Values;

export interface OptionSpec {
  /** Without the hyphens. */
  readonly name: string;
  readonly short?: string;
  /** Null: a flag, which takes no value. */
  readonly kind: OptionKind | null;
  /** What stands for the value in texts. */
  readonly value?: string;
  /** Of kind `choice`. */
  readonly choices?: readonly string[];
  readonly multiple?: boolean;
  readonly required?: boolean;
  /** The value when it is left out, as it would be written. */
  readonly fallback?: string;
  /** Bounds of a `count`, a `duration` (milliseconds) or `bytes`; the least is 0 when left out. */
  readonly least?: number;
  readonly most?: number;
  /** Without a full stop. */
  readonly text: string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly text: string;
  readonly isFile: boolean;
  /** Nothing else is taken. */
  readonly choices?: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [term: string, text: string])[];
  /** Beneath the rows. */
  readonly text?: string;
}

/** Options of which one is taken at most; or exactly one. */
export interface Alternatives {
  readonly options: readonly string[];
  readonly required: boolean;
}

export interface CommandSpec {
  /** One word, or two: `dlq list`. */
  readonly name: string;
  /** Of the list of commands. */
  readonly summary: string;
  /** Behind `tailrace NAME`. */
  readonly synopsis: string;
  readonly description: string;
  /** The last one may stand for several. */
  readonly arguments: readonly ArgumentSpec[];
  /** How many arguments there are at least and at most; null: any number. */
  readonly least: number;
  readonly most: number | null;
  readonly options: readonly OptionSpec[];
  readonly alternatives?: readonly Alternatives[];
  readonly sections: readonly Section[];
  readonly examples: readonly string[];
  readonly exitCodes: readonly (readonly [code: string, meaning: string])[];
}

/** `dry-run` is `dryRun`. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type OneOf<O extends OptionSpec> = O extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : O['kind'] extends OptionKind
    ? Values[O['kind']]
    : never;

type ValueOf<O extends OptionSpec> = O['kind'] extends OptionKind
  ? O extends { readonly multiple: true }
    ? readonly OneOf<O>[]
    : O extends { readonly required: true } | { readonly fallback: string }
      ? OneOf<O>
      : OneOf<O> | null
  : boolean;

/**
 * What a command is called with. A flag is true or false; of an option that may be repeated, all values; of one that was left out,
 * its `fallback`, or null.
 */
export interface InputOf<S extends CommandSpec> {
  readonly arguments: readonly string[];
  readonly options: { readonly [O in S['options'][number] as CamelCase<O['name']>]: ValueOf<O> };
}
