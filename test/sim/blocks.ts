import { type Block, FLAG_CHECKED, FLAG_RAW_NEWLINE } from '../../connector/block.ts';
import { blockFromMessages, type KafkaMessage } from '../../connector/block-builder.ts';
import { withMembers } from '../../connector/converters/json-members.ts';
import type { TopicIds } from '../../worker/task/ports.ts';
import type { ConsumerOptions } from './client.ts';

/** What a read hands over. @param ids of the topics, as the client knew them when the records had been taken out */
export function blockOf(messages: readonly KafkaMessage[], options: ConsumerOptions, ids: TopicIds): Block | null {
  if (messages.length === 0) return null;
  const block = freeable(identified(blockFromMessages(messages, options), ids));
  const { json = false, members = null } = options.ahead ?? {};
  if (json) markJson(block);
  return members === null ? block : withMembers(block, members);
}

const GARBAGE = 0x23;

/** As the native reader's: what is read of a column after it was freed is garbage. */
function freeable(block: Block): Block {
  return {
    ...block,
    free: ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength).fill(GARBAGE),
  };
}

/** As the native reader's, which asks the client when it has taken the records out. */
function identified(block: Block, ids: TopicIds): Block {
  return { ...block, runs: block.runs.map(run => ({ ...run, topicId: ids.get(run.topic) ?? null })) };
}

/** As the native reader's, which looks at each value before anybody else does. */
function markJson({ count, values, valueEnd, separator, flags }: Block): void {
  for (let i = 0, start = 0; i < count; i++) {
    const text = values.toString('utf8', start, valueEnd[i]!);
    start = valueEnd[i]! + separator.length;
    if (!isJson(text)) continue;
    flags[i]! |= text.includes('\n') ? FLAG_CHECKED | FLAG_RAW_NEWLINE : FLAG_CHECKED;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
