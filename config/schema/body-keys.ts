import { escapedText } from './escapes.ts';
import { oneOf } from './formats.ts';
import { keyGroup } from './key-spec.ts';

const batch = keyGroup('Batches');
const values = keyGroup('Values');

const ESCAPES = 'Blanks count, and its escapes are read behind those of the file.';

/** What stands around and between the values of a `joined` body. */
export const joinedKeys = {
  batchPrefix: batch.withDefault(
    'batch.prefix',
    escapedText,
    '',
    `What stands before the first value of a \`joined\` body. ${ESCAPES}`,
  ),
  batchSeparator: batch.withDefault(
    'batch.separator',
    escapedText,
    '\\n',
    `What stands between two values of a \`joined\` body; may be nothing. ${ESCAPES} A value that holds it is not ` +
      'escaped: with texts and bytes, choose one that no value holds.',
  ),
  batchSuffix: batch.withDefault(
    'batch.suffix',
    escapedText,
    '',
    `What stands behind the last value of a \`joined\` body. ${ESCAPES}`,
  ),
};

/** What becomes of values that not every endpoint takes. */
export const valueKeys = {
  onNullValues: values.withDefault(
    'behavior.on.null.values',
    oneOf('fail', 'ignore', 'send', 'delete'),
    'fail',
    'A record without a value (a tombstone): `fail`, an error of that record; `ignore`, skipped and counted; `send`, sent ' +
      'as a value of no bytes where a body holds values as they are (`single`, `joined`), else as JSON’s `null`; `delete`, a ' +
      'DELETE without a body to its address: to `http.delete.url`, or `http.url`, which must hold a macro of the record then.',
  ),
  onEmptyValues: values.withDefault(
    'behavior.on.empty.values',
    oneOf('convert', 'null', 'ignore', 'fail', 'send'),
    'convert',
    'A value of no bytes: `convert`, what the converter says (JSON: a null one; string and bytes: an empty one; all others: ' +
      'an error); `null`, as a record without a value; `ignore`, `fail` and `send` as for these.',
  ),
  onJsonNullValues: values.withDefault(
    'behavior.on.json.null.values',
    oneOf('null', 'send', 'ignore', 'fail'),
    'null',
    'A value that is null though the record has one (JSON’s `null`, blanks alone, or what a transform made null): `null`, as ' +
      'a record without a value; `send`, as JSON’s `null`; `ignore`; `fail`.',
  ),
  onTextValues: values.withDefault(
    'behavior.on.text.values',
    oneOf('fail', 'quote', 'ignore'),
    'fail',
    'With `JsonConverter`, a value that is no JSON: `fail`, an error of that record; `quote`, taken for a string: its text ' +
      'where it is UTF-8, else its bytes in base64; `ignore`, skipped and counted.',
  ),
  onScalarValues: values.withDefault(
    'behavior.on.scalar.values',
    oneOf('send', 'ignore', 'fail'),
    'send',
    'A value that would be sent as something else than an object, an array or a null: a JSON string, number or boolean, or ' +
      'a text that begins with neither `{` nor `[`.',
  ),
  onArrayValues: values.withDefault(
    'behavior.on.array.values',
    oneOf('send', 'ignore', 'fail'),
    'send',
    'A value that would be sent as an array: its first character that is no blank is `[`.',
  ),
  onOtherValues: values.withDefault(
    'behavior.on.other.values',
    oneOf('send', 'ignore', 'fail'),
    'send',
    'A value that is neither a string nor an object (a Struct or a map), whatever it would be sent as: a number, a boolean, an array, bytes. ' +
      'With `StringConverter` all values are strings, and with `ByteArrayConverter` all are bytes.',
  ),
  onStringValues: values.withDefault(
    'behavior.on.string.values',
    oneOf('send', 'raw', 'json'),
    'send',
    'A value that is a string: `send`, as JSON where `value.converter` is `JsonConverter` or another that is none of texts (`"abc"`); `raw`, as its text ' +
      '(`abc`), with `batch.format` `single` or `joined`, as sinks for the JVM do, to which a string is a string whatever converter made it; `json`, as the JSON that its text is, and an error of the record ' +
      'where it is none.',
  ),
  writtenValues: values.withDefault(
    'http.body.values',
    oneOf('json', 'java'),
    'json',
    'How values are written: `json`; or `java`, with `batch.format` `single` or `joined`, as Java’s `toString` writes them, as sinks for the JVM ' +
      'do that send `record.value().toString()`: a string as its text, a Struct as `Struct{id=1,name=x}` without its nulls, a list as `[1, 2]`, a map as ' +
      '`{a=1, b=x}` in the order of the `HashMap` that `JsonConverter` makes (behind transforms that make maps anew, Java’s order may be another), numbers as Java’s Long, Double and ' +
      'BigDecimal. Otherwise than there, bytes are written in base64 (Java shows a place in memory), and dates in UTC (in Java in the zone of its process), as `Thu Jan 01 00:00:00 UTC 1970`.',
  ),
};
