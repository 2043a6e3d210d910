import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { produce } from '../kafka/producing.ts';
import { type MockBroker, startMockBroker } from '../support/broker.ts';
import { skipWithoutNativeReader } from './available.ts';
import { runChild } from './child.ts';

const limit = { timeout: 60_000 };
const RECORDS = 20_000;

describe('the native half, used as nobody should', { skip: skipWithoutNativeReader(), concurrency: true }, () => {
  let broker: MockBroker;
  before(async () => {
    broker = await startMockBroker();
    await broker.produce(
      'events',
      Array.from({ length: RECORDS }, (_, i) => ({ value: `{"i":${i}}`, key: `${i}`, partition: i % 4 })),
    );
  });
  before(async () => {
    const text = (size: number): string => `"${'x'.repeat(size - 2)}"`;
    for (const [topic, size] of Object.entries({ small: 1_000, large: 900_000, larger: 1_200_000 })) {
      await broker.createTopic(topic);
      const properties = { 'message.max.bytes': '2000000' };
      await produce(broker.bootstrapServers, topic, [{ value: text(size), partition: 0 }], { properties });
    }
  });
  after(() => broker.close());

  const cases: Readonly<Record<string, string>> = {
    'a client that is not connected is refused': `
      try { new BlockReader(client.getClient(), () => {}); } catch (error) { console.log(error.message); }
      process.exit();`,
    'a read after the disconnect is refused, and closing late or twice does no harm': `
      await connected();
      const reader = new BlockReader(client.getClient(), () => {});
      await read(reader);
      await disconnected();
      try { await read(reader); } catch (error) { console.log(error.message); }
      reader.close();
      reader.close();
      try { await read(reader); } catch (error) { console.log(error.message); }
      gc();`,
    'a disconnect under a read waits for it': `
      await connected();
      assign('events');
      const reader = new BlockReader(client.getClient(), () => {});
      let records = 0;
      while (records < 1000) for (const run of (await read(reader)).runs) records += run.end - run.start;
      const last = read(reader).then(() => 'read', error => error.message);
      const gone = disconnected();
      for (;;) try { await read(reader); } catch (error) { if (error.message !== 'a read is in flight') break; await new Promise(setImmediate); }
      await Promise.all([last, gone]);
      reader.close();
      console.log('Erroneous state');`,
    'a reader that is closed under a read lets it end': `
      await connected();
      const reader = new BlockReader(client.getClient(), () => console.log('news after the end'));
      const reading = read(reader);
      reader.close();
      await reading;
      try { await read(reader); } catch (error) { console.log(error.message); }
      await disconnected();`,
    'two reads at a time are refused': `
      await connected();
      const reader = new BlockReader(client.getClient(), () => {});
      const first = read(reader);
      await read(reader).catch(error => console.log(error.message.replace('a read is in flight', 'Erroneous state')));
      await first;
      reader.close();
      await disconnected();`,
    'garbage collections during reads take nothing away that is needed': `
      await connected();
      assign('events');
      let records = 0;
      const blocks = [];
      let reader = new BlockReader(client.getClient(), () => {});
      while (records < ${RECORDS}) {
        const reading = read(reader);
        gc();
        const result = await reading;
        for (const run of result.runs) records += run.end - run.start;
        if (result.runs.length > 0) blocks.push(result);
        if (records > ${RECORDS / 2} && reader.old === undefined) {
          reader.close();
          reader = new BlockReader(client.getClient(), () => {});
          reader.old = true;
        }
        gc();
      }
      for (const { values, valueEnd } of blocks) JSON.parse('[' + Buffer.from(values.buffer, 0, valueEnd.at(-1)) + ']');
      reader.close();
      await disconnected();
      console.log('Erroneous state');`,
    'a column that was freed is empty, and may be freed again': `
      await connected();
      assign('events');
      const reader = new BlockReader(client.getClient(), () => {});
      let result;
      do result = await read(reader); while (result.runs.length === 0);
      const view = Buffer.from(result.values.buffer);
      const before = view.length;
      free(result.values);
      free(result.values);
      gc();
      if (before > 0 && view.length === 0 && result.values.length === 0 && result.offset.length > 0) console.log('Erroneous state');
      reader.close();
      await disconnected();`,
    'names that are no bytes are refused': `
      await connected();
      for (const name of ['i', null, {}, [1]]) {
        try { new BlockReader(client.getClient(), () => {}, [name]); process.exit(1); }
        catch (error) { if (error.message !== 'names must be bytes') throw error; }
      }
      await disconnected();
      console.log('Erroneous state');`,
    'what is told ahead outlives its reader, and is freed by itself': `
      await connected();
      assign('events');
      const blocks = [];
      for (let records = 0; records < ${RECORDS}; gc()) {
        const reader = new BlockReader(client.getClient(), () => {}, [Buffer.from('i')]);
        const reading = new Promise((resolve, reject) =>
          reader.read({ ...options, quotedUpTo: 100 }, (error, result) => (error === null ? resolve(result) : reject(error))));
        reader.close();
        const result = await reading;
        if (result.runs.length === 0) continue;
        records += result.valueEnd.length;
        blocks.push(result);
      }
      gc();
      for (const { values, members: { places, end }, quoted } of blocks) {
        if (end.at(-1) !== end.length || places.length !== 4 * end.length) throw new Error('a member each');
        const text = Buffer.from(quoted.values.buffer, 0, quoted.valueEnd.at(-1));
        const inside = JSON.parse('[' + text + ']').map((one, i) => JSON.parse(one).i + ':' + (places[4 * i + 3] >> 8));
        const names = Array.from(end, (_, i) => Buffer.from(values.buffer, places[4 * i], 3) + '');
        if (!inside.every(one => one.endsWith(':1')) || !names.every(name => name === '"i"')) throw new Error('the name');
        for (const column of [values, places, quoted.values]) free(column);
        if (places.length + quoted.values.length + values.length > 0) throw new Error('not freed');
      }
      await disconnected();
      console.log('Erroneous state');`,
    'the process may exit during a read': `
      await connected();
      assign('events');
      const reader = new BlockReader(client.getClient(), () => {});
      for (let i = 0; i < 50; i++) await read(reader);
      read(reader);
      console.log('Erroneous state');
      process.exit();`,
    'a reader that nobody closed does not keep the process alive': `
      await connected();
      const reader = new BlockReader(client.getClient(), () => {});
      await read(reader);
      await disconnected();
      console.log('Erroneous state');`,
    'a large text leaves no memory behind with the JSON check, and one that is larger still takes none': `
      await connected();
      const reader = new BlockReader(client.getClient(), () => {});
      const seen = [];
      const capacities = async topic => {
        assign(topic);
        for (let records = 0; records < 1;) {
          const { runs } = await read(reader);
          for (const run of runs) records += run.end - run.start;
          seen.push(reader.jsonCapacity());
        }
        await read(reader);
        return reader.jsonCapacity();
      };
      for (const [topic, least, most] of [['small', 1, 65536], ['large', 900000, 1048576], ['larger', 0, 65536]]) {
        seen.length = 0;
        const after = await capacities(topic);
        const highest = Math.max(...seen);
        if (highest < least || highest > most || after > 65536) throw new Error(topic + ': ' + seen + ', then ' + after);
      }
      reader.close();
      await disconnected();
      console.log('Erroneous state');`,
  };
  for (const [name, code] of Object.entries(cases)) {
    it(name, limit, async () => {
      const [exit, signal, output] = await runChild(broker.bootstrapServers, code);
      assert.deepEqual([exit, signal], [0, null], output);
      assert.match(output, /^(Local: )?Erroneous state/);
      assert.doesNotMatch(output, /news after the end/);
    });
  }
});
