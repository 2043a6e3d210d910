import type { Places } from '../../connector/batch.ts';

/** Room for any number of requests at a time. */
export const ANY_ROOM: Places = { leave: () => {}, enter: async signal => !signal.aborted };
