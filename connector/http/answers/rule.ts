import type { Rule, RuleClause, RuleSubject, RuleTest, RuleValue } from '../../../config/answer-types.ts';
import { compileJavaRegex } from '../../../config/schema/java-regex.ts';
import { valueAt } from './pointer.ts';

/** Characters of a text that a pattern is looked for in: each costs a hundred times what reading it does. */
const MATCHED_MAX = 65_536;

/** What a rule looks at. `json` and `text` are null where they can't be read. */
export interface Look {
  readonly status: number;
  readonly json: () => { readonly value: unknown } | null;
  readonly text: () => string | null;
  /** There is something in the body, readable or not. */
  readonly hasBody: boolean;
}

/** Whether a rule holds; null where that depends on something that can't be read. */
export type Truth = boolean | null;

export type CompiledRule = (look: Look) => Truth;

/** Alternatives of clauses, by Kleene's logic: what is unknown decides nothing that the rest decides. */
export function compileRule(rule: Rule): CompiledRule {
  const alternatives = rule.map(clauses => clauses.map(compileClause));
  return look => any(alternatives, clauses => all(clauses, clause => clause(look)));
}

function all<T>(of: readonly T[], truth: (one: T) => Truth): Truth {
  return not(any(of, one => not(truth(one))));
}

function any<T>(of: readonly T[], truth: (one: T) => Truth): Truth {
  let known: Truth = false;
  for (const one of of) {
    const found = truth(one);
    if (found === true) return true;
    if (found === null) known = null;
  }
  return known;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function compileClause({ subject, test }: RuleClause): CompiledRule {
  if (subject.kind === 'body' && test.kind === 'exists') return ({ hasBody }) => hasBody !== test.negated;
  const read = reader(subject);
  const holds = compileTest(test);
  return look => {
    const found = read(look);
    return found === null ? null : holds(found.value);
  };
}

function reader(subject: RuleSubject): (look: Look) => { readonly value: unknown } | null {
  if (subject.kind === 'status') return ({ status }) => ({ value: status });
  if (subject.kind === 'body') {
    return look => {
      const value = look.text();
      return value === null ? null : { value };
    };
  }
  const { tokens } = subject;
  return look => {
    const document = look.json();
    return document === null ? null : { value: valueAt(document.value, tokens) };
  };
}

function compileTest(test: RuleTest): (value: unknown) => Truth {
  switch (test.kind) {
    case 'exists':
      return value => (value !== undefined && value !== null) !== test.negated;
    case 'equals':
      return value => test.values.some(expected => equals(value, expected)) !== test.negated;
    case 'compares': {
      const compare = COMPARE[test.operator];
      return value => typeof value === 'number' && compare(value, test.bound);
    }
    case 'matches': {
      const { isFoundIn } = compileJavaRegex(test.pattern);
      return value => {
        if (typeof value === 'string' && value.length > MATCHED_MAX) return null;
        return (isMatchable(value) && isFoundIn(String(value))) !== test.negated;
      };
    }
  }
}

const COMPARE = {
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
};

function isMatchable(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function equals(value: unknown, expected: RuleValue): boolean {
  if (typeof expected !== 'object' || expected === null) return value === expected;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (expected.empty === 'array'))
    return false;
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}
