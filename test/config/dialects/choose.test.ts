import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIALECTS, dialectOf, namesOf } from '../../../config/dialects/choose.ts';

const AEP = 'com.adobe.platform.streaming.sink.impl.AEPSinkConnector';
const nothing = new Set<string>();

test('choose: full names are told apart whatever else is written', () => {
  for (const dialect of DIALECTS) {
    for (const name of dialect.classes) assert.equal(dialectOf(` ${name} `, nothing), dialect, name);
  }
});

test('choose: a simple name, with or without Connector, belongs to whom its keys belong', () => {
  for (const dialect of DIALECTS) {
    for (const marker of dialect.markers) {
      for (const name of dialect.classes.flatMap(namesOf)) {
        assert.equal(dialectOf(name, new Set([marker])), dialect, `${name} with ${marker}`);
      }
    }
  }
});

test('choose: a simple name that one vendor alone has needs no key to tell', () => {
  for (const name of ['AEPSinkConnector', 'AEPSink']) assert.equal(dialectOf(name, nothing)?.classes[0], AEP, name);
});

test('choose: our own names, and those that nobody knows, are no vendor’s', () => {
  const ours = ['tailrace.HttpSink', 'HttpSink', 'HttpSinkConnector', 'org.example.HttpSinkConnector', ''];
  for (const name of ours) assert.equal(dialectOf(name, nothing), null, name);
});

test('choose: names as Kafka Connect answers to them', () => {
  assert.deepEqual(namesOf('org.example.HttpSinkConnector'), [
    'org.example.HttpSinkConnector',
    'HttpSinkConnector',
    'HttpSink',
  ]);
  assert.deepEqual(namesOf('HttpSink'), ['HttpSink', 'HttpSink', 'HttpSink']);
});
