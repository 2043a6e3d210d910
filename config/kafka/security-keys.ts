import { boolean, password, text, tokenUrl } from '../schema/formats.ts';
import { ALL, type ClientKey, keys, security } from './client-key.ts';

/** sasl.* and ssl.*; security.ts and tls.ts say what becomes of them. */
export const SECURITY_KEYS: readonly ClientKey[] = [
  ...security(text, 'sasl.mechanism', 'sasl.mechanisms', 'sasl.username', 'sasl.login.callback.handler.class'),
  ...security(password, 'sasl.jaas.config', 'sasl.password'),
  ...security(tokenUrl, 'sasl.oauthbearer.token.endpoint.url'),
  ...security(text, 'sasl.oauthbearer.client.id', 'sasl.oauthbearer.scope'),
  ...security(text, 'sasl.oauthbearer.client.credentials.client.id', 'sasl.oauthbearer.extensions'),
  ...security(password, 'sasl.oauthbearer.client.secret', 'sasl.oauthbearer.client.credentials.client.secret'),
  ...security(text, 'sasl.oauthbearer.method'),
  ...security(text, 'sasl.kerberos.service.name', 'sasl.kerberos.principal', 'sasl.kerberos.keytab'),
  ...security(text, 'ssl.truststore.type', 'ssl.truststore.location', 'ssl.keystore.type', 'ssl.keystore.location'),
  ...security(password, 'ssl.truststore.certificates', 'ssl.keystore.certificate.chain'),
  ...security(password, 'ssl.truststore.password', 'ssl.keystore.password', 'ssl.keystore.key', 'ssl.key.password'),
  ...security(
    text,
    'ssl.endpoint.identification.algorithm',
    'ssl.protocol',
    'ssl.enabled.protocols',
    'ssl.cipher.suites',
  ),
  ...security(boolean, 'enable.ssl.certificate.verification'),
  ...security(text, 'ssl.ca.location', 'ssl.certificate.location', 'ssl.key.location', 'ssl.crl.location'),
  ...security(password, 'ssl.ca.pem', 'ssl.certificate.pem', 'ssl.key.pem', 'https.ca.pem'),
  ...security(text, 'https.ca.location'),
  ...keys(ALL, text, 'ssl.curves.list', 'ssl.sigalgs.list'),
];
