import type { JudgingConfig } from '../../../config/answer-types.ts';
import type { HttpResponse } from '../../ports.ts';
import { ENTRY_VALUES_MAX, parseJson, VALUES_MAX } from './bounded-json.ts';
import { once } from './once.ts';
import { compileRule, type Look } from './rule.ts';

/** `unclear`: it depends on something that can't be read. A number is the status that it counts as. */
export type Judgement = 'taken' | 'unclear' | number;

export interface Judge {
  /** @param records how many the request carried */
  ofAnswer(answer: HttpResponse, records: number): Judgement;
  /** @param status the item's own, or NaN */
  ofItem(item: unknown, status: number): Judgement;
}

/** A failure that is known goes before a success that is; what is not known confirms nothing and refuses nothing. */
export function createJudge({ success, failures, failureStatus }: JudgingConfig): Judge {
  const isSuccess = success === null ? () => true : compileRule(success);
  const rules = failures.map(({ status, rule }) => ({ status, isSuch: compileRule(rule) }));
  const judge = (look: Look): Judgement => {
    for (const { status, isSuch } of rules) {
      const truth = isSuch(look);
      if (truth === true) return status;
      if (truth === null) return 'unclear';
    }
    const truth = isSuccess(look);
    return truth === null ? 'unclear' : truth ? 'taken' : failureStatus;
  };
  return {
    ofAnswer: (answer, records) => judge(lookAt(answer, VALUES_MAX + records * ENTRY_VALUES_MAX)),
    ofItem: (item, status) => judge({ status, json: () => ({ value: item }), text: () => null, hasBody: true }),
  };
}

function lookAt({ status, body, complete }: HttpResponse, most: number): Look {
  return {
    status,
    hasBody: body.length > 0,
    json: once(() => {
      const value = complete ? parseJson(body, most) : undefined;
      return value === undefined ? null : { value };
    }),
    text: once(() => (complete ? body.toString('utf8') : null)),
  };
}
