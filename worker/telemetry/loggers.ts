/** Kafka Connect's level names, which are log4j's, by how much they let pass. */
export const LEVELS = {
  ALL: 0,
  TRACE: 10,
  DEBUG: 20,
  INFO: 30,
  WARN: 40,
  ERROR: 50,
  FATAL: 60,
  OFF: Number.POSITIVE_INFINITY,
} as const;

export type LevelName = keyof typeof LEVELS;

/** Kafka Connect's LoggerLevel, as its REST API spells it. */
export interface LoggerLevel {
  readonly level: LevelName;
  /** When it was changed, epoch milliseconds; null for one that is as it was at the start. */
  readonly last_modified: number | null;
}

/** Whether a line of a level is written. Costs next to nothing while no level changes. */
export interface Gate {
  passes(level: Lowercase<LevelName>): boolean;
}

/**
 * Levels by the names of loggers, which form a tree by their dots, as in log4j: a logger without a level of its own has that of the next one above
 * it, `root` at last (in any case, or as no name at all). In the manner of Kafka Connect's Loggers.
 */
export interface Loggers {
  /** Those there are, in the order of their names; none that is OFF. */
  list(): ReadonlyMap<string, LoggerLevel>;
  /** Null: there is none of this name. */
  get(name: string): LoggerLevel | null;
  /**
   * Sets one, which need not exist, and all below it.
   * @returns those whose level has changed, in order; one that is new counts
   */
  set(name: string, level: LevelName): readonly string[];
  /** Of lines that belong to several loggers: the level that was set last decides. The loggers exist from now on. */
  gate(names: readonly string[]): Gate;
  /** It is gone, with all below it. */
  forget(name: string): void;
}

const ROOT = 'root';
/** Made by `set` alone: nobody is to fill the memory with names. */
const MOST_FOREIGN = 500;

/** A level, and which change set it. */
interface Own {
  readonly level: LevelName;
  readonly sequence: number;
}

interface Logger {
  /** Null: that of the next one above. */
  own: Own | null;
  lastModified: number | null;
}

function isWithin(name: string, above: string): boolean {
  return name === above || name.startsWith(`${above}.`);
}

/** A level's name, in any case; null for what is none. */
export function toLevelName(text: string): LevelName | null {
  const name = text.toUpperCase();
  return Object.hasOwn(LEVELS, name) ? (name as LevelName) : null;
}

/** @param wall gives epoch milliseconds */
export function createLoggers(level: LevelName, wall: () => number): Loggers {
  const root: Logger = { own: { level, sequence: 0 }, lastModified: null };
  const loggers = new Map<string, Logger>([[ROOT, root]]);
  const foreign = new Set<string>();
  /** Of changes so far. */
  let sequence = 0;

  function nameOf(text: string): string {
    return text === '' || text.toLowerCase() === ROOT ? ROOT : text;
  }

  /** The level of the nearest one that has its own: itself, or one above it. A name may be long, and those with a level are few. */
  function deciding(name: string): Own {
    let nearest = '';
    let found = root.own!;
    for (const [each, { own }] of loggers) {
      if (own === null || each.length <= nearest.length || !isWithin(name, each)) continue;
      nearest = each;
      found = own;
    }
    return found;
  }

  function levelOf(name: string, { lastModified }: Logger): LoggerLevel {
    return { level: deciding(name).level, last_modified: lastModified };
  }

  /** Itself and what is below it. */
  function family(name: string): string[] {
    const all = [...loggers.keys()];
    return name === ROOT ? all : all.filter(each => isWithin(each, name));
  }

  function make(name: string): Logger {
    const made: Logger = { own: null, lastModified: null };
    loggers.set(name, made);
    return made;
  }

  function makeForeign(name: string): void {
    if (foreign.size >= MOST_FOREIGN) {
      const [oldest] = foreign;
      foreign.delete(oldest!);
      loggers.delete(oldest!);
    }
    foreign.add(name);
    make(name);
  }

  return {
    list() {
      const names = [...loggers.keys()].sort();
      const entries = names.map(name => [name, levelOf(name, loggers.get(name)!)] as const);
      return new Map(entries.filter(([, { level: of }]) => of !== 'OFF'));
    },
    get(text) {
      const name = nameOf(text);
      const logger = loggers.get(name);
      return logger === undefined ? null : levelOf(name, logger);
    },
    set(text, to) {
      const name = nameOf(text);
      const before = new Map(family(name).map(each => [each, deciding(each).level]));
      if (!loggers.has(name)) makeForeign(name);
      const names = family(name);
      for (const each of names) loggers.get(each)!.own = null;
      sequence += 1;
      loggers.get(name)!.own = { level: to, sequence };
      const changed = names.filter(each => before.get(each) !== to).sort();
      for (const each of changed) loggers.get(each)!.lastModified = wall();
      return changed;
    },
    gate(names) {
      for (const name of names) {
        foreign.delete(name);
        if (!loggers.has(name)) make(name);
      }
      let known = -1;
      let least = 0;
      return {
        passes(of) {
          if (known !== sequence) {
            known = sequence;
            const last = names.map(deciding).reduce((one, other) => (other.sequence > one.sequence ? other : one));
            least = LEVELS[last.level];
          }
          return VALUES[of] >= least;
        },
      };
    },
    forget(name) {
      for (const each of family(name)) {
        loggers.delete(each);
        foreign.delete(each);
      }
      sequence += 1;
    },
  };
}

const VALUES = Object.fromEntries(
  Object.entries(LEVELS).map(([name, value]) => [name.toLowerCase(), value]),
) as Readonly<Record<Lowercase<LevelName>, number>>;
