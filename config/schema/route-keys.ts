import { oneOf, statusRanges } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { headerPatterns, jsonTemplate, templatedUrl, textTemplate } from './template-formats.ts';

const routing = keyGroup('Routing and templates');

/** What each record makes of its request: address, headers, body. */
export const routeKeys = {
  httpDeleteUrl: routing.optional(
    'http.delete.url',
    templatedUrl,
    'Where a record without a value is deleted with `behavior.on.null.values=delete`; `http.url` by default. Same host as ' +
      '`http.url`, macros as there.',
  ),
  httpDeleteGoneCodes: routing.withDefault(
    'http.delete.gone.codes',
    statusRanges,
    '404,410',
    'Statuses that confirm the deletion of a record without a value beside `http.response.success.codes`: what is to be deleted is gone ' +
      'already, as after a deletion that was repeated.',
  ),
  httpRequestBody: routing.withDefault(
    'http.request.body',
    oneOf('auto', 'always', 'never'),
    'auto',
    'Whether requests have a body: `auto`, unless their method is GET or DELETE; `always`; `never`. One without a body carries ' +
      'one record.',
  ),
  httpHeadersForward: routing.optional(
    'http.headers.forward',
    headerPatterns,
    'Record headers that requests pass on, by name or with a `*` at the end, e.g. `Fiware-*,X-Trace`, without regard to case; of ' +
      'several with one name the last. Records that differ in them do not share a request. `http.headers.<Name>` wins; a pattern ' +
      'takes no `content-…`, `authorization` or `cookie`; what concerns the connection itself is never passed on. A value goes as it is where it ' +
      'is visible ASCII with blanks inside; in other UTF-8 texts each other character becomes `%XX`, and what is no ' +
      'UTF-8 becomes Base64. Empty and null values are left out.',
  ),
  httpBodyJson: routing.optional(
    'http.body.json',
    jsonTemplate,
    'JSON that takes the place of each record’s value, with macros. One that is a value by itself, in quotes or not, keeps its JSON type; within a longer ' +
      'string it is text; what a record has not is `null`. Several JSON texts on lines of their own are allowed where `batch.format` is `single`, `joined` or ' +
      '`ndjson` (as bulk APIs want an action before each document).',
  ),
  httpBodyTemplate: routing.optional(
    'http.body.template',
    textTemplate,
    'Text that takes the place of each record’s value, with macros, each put in as it is; with `batch.format` `single` or `joined`.',
  ),
  onMissingFields: routing.withDefault(
    'behavior.on.missing.fields',
    oneOf('null', 'fail'),
    'null',
    'What becomes of a record that has nothing, or JSON’s null, for a macro without a default in `http.body.json` or `http.body.template`: ' +
      '`null` stands in its place, or, with `fail`, it is an error of that record.',
  ),
};
