import { bug, type PlantedBug } from './bug.ts';

const CLASSIFY = 'connector/http/answers/classify.js';

/** What an endpoint's answer means. */
export const ANSWERS: readonly PlantedBug[] = [
  bug('207 as a success', [
    CLASSIFY,
    'return classifyRecords(outcome, reader, sent);',
    "return { class: 'delivered' };",
  ]),
  bug('a web page with 200 as a success', [
    CLASSIFY,
    "if (doubt !== null)\n        return fatal(`${what} ${DOUBTS[doubt]}`, false, doubt === 'encoding');",
    "if (doubt === 'encoding')\n        return fatal(`${what} ${DOUBTS[doubt]}`, false, true);",
  ]),
  bug('what parks a whole request rejects the records of a 207', [
    CLASSIFY,
    "if (kind === 're-authenticate' || (kind === 'fatal' && !takesSome))",
    'if (false)',
  ]),
  bug(
    'a redirect as a success',
    [CLASSIFY, "['fatal', 'redirects are not followed: set http.url to the final address']", "['success', '']"],
    ['connector/http/answers/reader.js', 'status >= from && status <= to', 'status < 400'],
  ),
  bug('a 5xx other than 500 as a record error', [CLASSIFY, '?? RETRY;', "?? (status > 500 ? ['reject', ''] : RETRY);"]),
  bug('a 413 that cannot be split is given up as delivered', [
    CLASSIFY,
    "sent.records > 1 ? 'split' : 'reject'",
    "sent.records > 1 ? 'split' : 'delivered'",
  ]),
  bug('every request asks for a token of its own', [
    'connector/http/credentials/token-keeper.js',
    'this.#renewal ??= this.#start();',
    'this.#renewal = this.#start();',
  ]),
];
