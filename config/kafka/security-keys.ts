import { boolean, password, text } from '../schema/formats.ts';
import { ALL, type ClientKey, keys, security } from './client-key.ts';

/** sasl.* and ssl.*; security.ts and tls.ts say what becomes of them. */
export const SECURITY_KEYS: readonly ClientKey[] = [
  ...security(text, 'sasl.mechanism', 'sasl.mechanisms', 'sasl.username', 'sasl.login.callback.handler.class'),
  ...security(password, 'sasl.jaas.config', 'sasl.password'),
  ...security(text, 'sasl.oauthbearer.token.endpoint.url', 'sasl.oauthbearer.client.id', 'sasl.oauthbearer.scope'),
  ...security(text, 'sasl.oauthbearer.client.credentials.client.id', 'sasl.oauthbearer.extensions'),
  ...security(password, 'sasl.oauthbearer.client.secret', 'sasl.oauthbearer.client.credentials.client.secret'),
  ...security(text, 'sasl.oauthbearer.method'),
  ...security(text, 'sasl.kerberos.service.name', 'sasl.kerberos.principal', 'sasl.kerberos.keytab'),
  ...security(text, 'ssl.truststore.type', 'ssl.truststore.location', 'ssl.truststore.certificates'),
  ...security(text, 'ssl.keystore.type', 'ssl.keystore.location', 'ssl.keystore.certificate.chain'),
  ...security(password, 'ssl.truststore.password', 'ssl.keystore.password', 'ssl.keystore.key', 'ssl.key.password'),
  ...security(
    text,
    'ssl.endpoint.identification.algorithm',
    'ssl.protocol',
    'ssl.enabled.protocols',
    'ssl.cipher.suites',
  ),
  ...security(boolean, 'enable.ssl.certificate.verification'),
  ...keys(
    ALL,
    text,
    'ssl.ca.location',
    'ssl.ca.pem',
    'ssl.certificate.location',
    'ssl.certificate.pem',
    'ssl.key.location',
  ),
  ...keys(ALL, text, 'ssl.crl.location', 'ssl.curves.list', 'ssl.sigalgs.list', 'https.ca.location', 'https.ca.pem'),
  ...keys(ALL, password, 'ssl.key.pem'),
];
