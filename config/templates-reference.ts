/** The part of the reference that tells of macros. */
export const TEMPLATES = `## Templates

\`http.url\` (behind its host), \`http.delete.url\`, \`http.headers.<Name>\`, \`http.body.json\`, \`http.body.template\`, \`http.body.replace.replacements\` and \`batch.key\` may hold macros. What they stand
for is the record's once its transforms are done. Records with different addresses or headers do not share a request, and a partition's
records keep their order: a request ends where the next record goes elsewhere. Only who uses macros pays for them.

| Macro | Stands for |
| --- | --- |
| \`\${topic}\` | the topic |
| \`\${partition}\`, \`\${offset}\` | of the record in Kafka |
| \`\${timestamp}\` | the record's, epoch milliseconds |
| \`\${record.id}\` | \`topic-partition-offset\` in Kafka, whatever transforms make of the topic: the same for the same record at every repetition |
| \`\${key}\` | the key as \`key.converter\` has it: a text itself, numbers and objects as JSON, bytes in Base64 |
| \`\${key:/a/0}\` | what a JSON pointer (RFC 6901) names in a key that is JSON |
| \`\${value}\`, \`\${value:/a/0}\` | the value, or what a JSON pointer names in it; a text is looked into where it is JSON |
| \`\${header:Name}\` | the last record header of this name, without regard to case; Base64 where it is no UTF-8 |

A default stands behind a bar: \`\${header:x|none}\`. Within a macro \`%XX\` stands for a character: \`%7C\` for the bar, \`%7D\` for the brace, \`%25\` for
the sign itself. \`$\${\` stands for \`\${\`, and \`$$\` before a macro for a \`$\`. What a config provider gives holds no macros.

- **Address:** everything but RFC 3986's unreserved characters is escaped, the slash too. A record without what the address is made of, or with an empty text for a part of
  the path, takes the default, or is that record's error, as is one whose part of the path would be \`.\` or \`..\`. An address has at most 8,000 characters. Where it holds
  more than topic and partition, a 404 or 410 is the record's error; else it parks the connector, since the address is wrong.
- **Headers:** visible ASCII with blanks inside goes as it is, any other character as \`%XX\`. A header is left out where a macro of it has nothing and no default. Those of a
  record have at most 8,000 characters together.
- **JSON bodies:** a string that is exactly one macro, or a macro outside of strings, is that value with its type, numbers as they were written; within a longer string it is text. What
  a record has not is \`null\`; a default that is JSON is that value. Names of members are fixed. Line ends between tokens become blanks.
- **Text bodies:** texts as they are; what a record has not is \`null\`. With \`behavior.on.missing.fields=fail\` it is that record's error, here and in JSON bodies, where no default stands.
- **Replacements:** texts as they are, their \`$\` and \`\\\` too; what a record has not is nothing. A name in braces that is a group of the pattern is that group.
- **Batch keys:** records for which a macro stands for different texts, or that have nothing for it where others have, do not share a request.
`;
