import type { Converter } from '../../connector/converters/choose.ts';
import type { SimBroker } from './broker.ts';
import { kafkaFault } from './broker.ts';
import { CODE } from './group.ts';
import type { SeededRandom } from './random.ts';

/** A converter with a defect, which shows at times. @param told before it throws */
export function throwing(converter: Converter, broker: SimBroker, random: SeededRandom, told: () => void): Converter {
  return {
    ...converter,
    convert: block => {
      if (!random.chance(broker.faults.convertThrows)) return converter.convert(block);
      told();
      throw new Error('a defect in a converter');
    },
  };
}

/** A call of the client that throws at times. @param told which call, before it throws */
export function maybeThrow(call: string, broker: SimBroker, random: SeededRandom, told: (call: string) => void): void {
  if (!random.chance(broker.faults.callThrows)) return;
  told(call);
  throw kafkaFault(CODE.state, `${call} fails`);
}
