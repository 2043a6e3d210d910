/** What our own connector is called: full name, simple name, and both with and without the suffix. */
export const CONNECTOR_CLASSES = ['tailrace.HttpSink', 'tailrace.HttpSinkConnector', 'HttpSink', 'HttpSinkConnector'];
