import type { CustomRecordsConfig, RecordPlace } from '../../../config/answer-types.ts';
import { createJudge, type Judge } from './judge.ts';
import { isNothing, placeOf, statusOf } from './members.ts';
import { valueAt } from './pointer.ts';
import { inOrder, type Named, type RecordMapper, type RecordStatus } from './record-answers.ts';

/**
 * Items as the user describes them.
 * @param isSuccess whether a status confirms
 */
export function createCustomMapper(config: CustomRecordsConfig, isSuccess: (status: number) => boolean): RecordMapper {
  const judge = config.judging === null ? null : createJudge(config.judging);
  return (answer, named) => {
    const items: unknown = valueAt(answer, config.items);
    if (!Array.isArray(items) || items.length !== named.records) return null;
    const ordered = inOrder<unknown>(items, named.records, placeReader(config.place, named));
    if (ordered === null) return null;
    const statuses = ordered.map(item => readItem(item, config, judge, isSuccess));
    return statuses.every(status => status !== null) ? { statuses, itemOf: index => ordered[index] } : null;
  };
}

function placeReader(place: RecordPlace, named: Named): (item: unknown, position: number) => number | null {
  switch (place.by) {
    case 'position':
      return (_, position) => position;
    case 'index':
      return item => {
        const index = placeOf(valueAt(item, place.pointer));
        return index === null ? null : index - place.first;
      };
    case 'id': {
      const places = named.ids();
      return item => {
        const id = valueAt(item, place.pointer);
        return typeof id === 'string' ? (places.get(id) ?? null) : null;
      };
    }
  }
}

/** A status that says no decides; one that confirms, or none, only as far as no rule says otherwise. */
function readItem(
  item: unknown,
  { status: pointer }: CustomRecordsConfig,
  judge: Judge | null,
  isSuccess: (status: number) => boolean,
): RecordStatus | null {
  const written = pointer === null ? undefined : valueAt(item, pointer);
  const status = isNothing(written) ? undefined : statusOf(written);
  if (status === null) return null;
  if (status !== undefined && (judge === null || !isSuccess(status))) return status;
  if (judge === null) return null;
  const judgement = judge.ofItem(item, status ?? Number.NaN);
  return judgement === 'unclear' ? null : judgement;
}
