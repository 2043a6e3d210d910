import type { Keys } from '../written.ts';
import type { Row } from './row.ts';

const TRUST: Keys = { 'ssl.truststore.location': '/s/trust.jks', 'ssl.truststore.password': 'store-secret' };
const CLIENT: Keys = { 'ssl.keystore.location': '/s/client.p12', 'ssl.keystore.password': 'store-secret' };
const P12: Keys = { ...CLIENT, 'ssl.keystore.type': 'PKCS12' };
const CERTIFICATE = { begins: '-----BEGIN' };

export const TLS_ROWS: readonly Row[] = [
  {
    key: 'ssl.protocol',
    unset: { 'http.tls.maxVersion': undefined },
    written: [
      ['TLSv1.2', { 'http.tls.maxVersion': 'TLSv1.2' }],
      ['TLS', { 'http.tls.maxVersion': undefined }],
    ],
    faults: [['SSL', /^invalid ssl\.protocol must be TLSv1\.3, TLSv1\.2 or TLS/]],
  },
  {
    key: 'ssl.truststore.location',
    beside: { ...TRUST, 'ssl.truststore.location': null },
    unset: {},
    written: [['/s/trust.jks', { 'http.tls.ca': CERTIFICATE }]],
    faults: [['/nowhere', /^\S+ ssl\.truststore\.location /]],
  },
  {
    key: 'ssl.truststore.password',
    beside: TRUST,
    unset: { 'http.tls.ca': CERTIFICATE },
    written: [['store-secret', { 'http.tls.ca': CERTIFICATE }]],
    faults: [['geheim', /^\S+ ssl\.truststore\.\w+ /]],
  },
  {
    key: 'ssl.truststore.type',
    beside: TRUST,
    unset: { 'http.tls.ca': CERTIFICATE },
    written: [['jks', { 'http.tls.ca': CERTIFICATE }]],
    faults: [['PEM', /^invalid ssl\.truststore\.type must be JKS or PKCS12/]],
  },
  {
    key: 'ssl.keystore.location',
    beside: { ...P12, 'ssl.keystore.location': null },
    unset: {},
    written: [['/s/client.p12', { 'http.tls.certificate': CERTIFICATE }]],
    faults: [['/nowhere', /^\S+ ssl\.keystore\.location /]],
  },
  {
    key: 'ssl.keystore.password',
    beside: P12,
    unset: {},
    written: [['store-secret', { 'http.tls.certificate': CERTIFICATE }]],
    faults: [['geheim', /^\S+ ssl\.keystore\.\w+ /]],
  },
  {
    key: 'ssl.keystore.type',
    beside: P12,
    unset: {},
    written: [['PKCS12', { 'http.tls.certificate': CERTIFICATE }]],
    faults: [['BKS', /^invalid ssl\.keystore\.type must be JKS or PKCS12/]],
  },
];

const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="geheim";';

function rowsOf(kind: 'success' | 'error'): readonly Row[] {
  const key = (rest: string): string => `connect.reporting.${kind}.config.${rest}`;
  const part = (rest: string): string => `reporter.${kind}.${rest}`;
  const told: Keys = { [key('enabled')]: 'true', [key('topic')]: 'reports', [key('bootstrap.servers')]: 'k:9092' };
  const sasl: Keys = {
    ...told,
    [key('security.protocol')]: 'SASL_PLAINTEXT',
    [key('sasl.mechanism')]: 'PLAIN',
    [key('sasl.jaas.config')]: JAAS,
  };
  const client = 'kafka.reports.producer.global';
  const escaped = (name: string): string => `${client}.${name.replaceAll('.', '\\.')}`;
  return [
    {
      key: key('enabled'),
      beside: { ...told, [key('enabled')]: null },
      unset: { reporter: null },
      written: [
        ['true', { [part('name')]: 'reports', [part('value')]: 'record', [part('format')]: 'text' }],
        ['false', { reporter: null }],
      ],
      faults: [['on', new RegExp(`^invalid connect\\.reporting\\.${kind}\\.config\\.enabled must be true or false`)]],
    },
    {
      key: key('topic'),
      beside: told,
      unset: {},
      written: [['other', { [part('name')]: 'other' }]],
      faults: [[null, new RegExp(`^missing connect\\.reporting\\.${kind}\\.config\\.topic is required`)]],
    },
    {
      key: key('bootstrap.servers'),
      beside: told,
      unset: {},
      written: [['b:1,c:2', { [escaped('bootstrap.servers')]: 'b:1,c:2' }]],
      faults: [[null, new RegExp(`^missing connect\\.reporting\\.${kind}\\.config\\.bootstrap\\.servers is required`)]],
    },
    {
      key: key('sasl.jaas.config'),
      beside: sasl,
      unset: {},
      written: [[JAAS, { [escaped('sasl.username')]: 'u' }]],
    },
    {
      key: key('security.protocol'),
      beside: told,
      unset: {},
      written: [['PLAINTEXT', { [escaped('security.protocol')]: 'plaintext' }]],
      faults: [['x', /^invalid connect\.reporting\.\w+\.config\.security\.protocol must be/]],
    },
    {
      key: key('sasl.mechanism'),
      beside: sasl,
      unset: {},
      written: [['PLAIN', { [escaped('sasl.mechanisms')]: 'PLAIN' }]],
    },
    {
      key: key('partition'),
      beside: told,
      unset: { [part('name')]: 'reports' },
      written: [['3', { [part('name')]: 'reports' }]],
      faults: [['x', /^invalid connect\.reporting\.\w+\.config\.partition must be a whole number/]],
    },
  ];
}

export const REPORT_ROWS: readonly Row[] = [...rowsOf('success'), ...rowsOf('error')];
