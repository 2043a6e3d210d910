/** node-rdkafka, its native half kept apart from Node's own libraries: whoever uses the client takes it from here. */
import './isolate.ts';

export type * from 'node-rdkafka';
export { default } from 'node-rdkafka';
