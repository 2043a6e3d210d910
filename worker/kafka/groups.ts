import { type Groups, OffsetsError } from '../herder.ts';

export function createGroups(): Groups {
  const fail = async (): Promise<never> => {
    throw new OffsetsError('groups can not be asked for yet');
  };
  return { offsets: fail, alter: fail, reset: fail, clusterId: async () => null };
}
