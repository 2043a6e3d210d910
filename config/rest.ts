import type { Findings } from './findings.ts';
import { isLoopback } from './host.ts';
import { readListenerTls } from './listener-tls.ts';
import { splitList } from './schema/formats.ts';
import type { WorkerSection } from './schema/section.ts';
import { type Files, unreadable } from './source/files.ts';
import type { ListenerConfig, RestConfig } from './types.ts';

/** Jetty's CrossOriginFilter, where nothing else is written. */
const CORS_METHODS = ['GET', 'POST', 'HEAD'];

/** The listeners, what they serve, and to whom. */
export function readRest(section: WorkerSection, files: Files, findings: Findings): RestConfig {
  const { values } = section;
  const { listeners, adminListeners, advertisedHost, advertisedPort, basicAuthFile } = values;
  const origins = splitList(values.allowOrigin ?? '');
  const methods = splitList(values.allowMethods ?? '').map(method => method.toUpperCase());
  const advertised = listeners.find(({ protocol }) => protocol === values.advertisedListener) ?? null;
  if (values.advertisedListener !== null && advertised === null) {
    findings.fault('conflict', section.origin('rest.advertised.listener'), 'is the protocol of no listener');
  }
  if (basicAuthFile !== null) checkUsersFile(section, basicAuthFile, files, findings);
  const hasTls = isSecure(listeners);
  const rest: RestConfig = {
    listeners,
    adminListeners,
    tls: hasTls ? readListenerTls(section, 'listeners.https.', 'listeners', files, findings) : null,
    adminTls: isSecure(adminListeners ?? [])
      ? readListenerTls(section, 'admin.listeners.https.', 'admin.listeners', files, findings)
      : null,
    advertised: {
      host: advertisedHost ?? advertised?.host ?? null,
      port: advertisedPort ?? advertised?.port ?? null,
    },
    usersFile: basicAuthFile,
    readers: splitList(values.basicAuthReadOnly ?? ''),
    allowInsecureWrites: values.listenersAllowInsecureWrites,
    cors: origins.length === 0 ? null : { origins, methods: methods.length === 0 ? CORS_METHODS : methods },
    responseHeaders: values.responseHeaders ?? [],
    topicTracking: { enabled: values.topicTracking, reset: values.topicTrackingReset },
  };
  noteExtensions(section, findings);
  noteIdle(section, rest, findings);
  remarkRemote(section, rest, findings);
  return rest;
}

function isSecure(listeners: readonly ListenerConfig[]): boolean {
  return listeners.some(({ protocol }) => protocol === 'https');
}

function checkUsersFile({ origin }: WorkerSection, path: string, files: Files, findings: Findings): void {
  const key = 'listeners.basic.auth.file';
  try {
    files.read(path);
  } catch (error) {
    findings.fault('unreadable', origin(key), `names a file that can't be read: ${unreadable(error)}`);
    return;
  }
  if (files.isOpenToAll(path)) {
    findings.note('remark', origin(key), 'names a file of hashes, which every user of this machine may read');
  }
}

const BASIC_AUTH = 'BasicAuthSecurityRestExtension';

/** A worker file of the JVM starts as it is; what protected it there is told, and changes need something that does here. */
function noteExtensions(section: WorkerSection, findings: Findings): void {
  const key = 'rest.extension.classes';
  for (const name of splitList(section.values.restExtensions ?? '')) {
    const simple = name.slice(name.lastIndexOf('.') + 1);
    if (simple !== BASIC_AUTH && simple !== BASIC_AUTH.replace(/RestExtension$/, '')) {
      const message =
        'is not supported: JVM extensions can not be loaded, protect the listener by its address or listeners.basic.auth.file';
      findings.fault('unsupported', section.origin(key), message);
    } else if (section.values.basicAuthFile === null) {
      const text = `protects nothing here: its JAAS file is not read, and reads are open. Write the users into listeners.basic.auth.file (htpasswd -B)`;
      findings.note('warning', section.origin(key), text);
    } else findings.note('ignored', section.origin(key), 'listeners.basic.auth.file has the users');
  }
}

/** What is written and nothing asks for. */
function noteIdle(section: WorkerSection, rest: RestConfig, findings: Findings): void {
  const idle = (keys: readonly string[], why: string) => {
    for (const key of keys) {
      const written = section.inFile(key);
      if (written !== null) findings.note('ignored', written.origin, why);
    }
  };
  const below = (prefix: string) => [...section.meant.keys()].filter(key => key.startsWith(prefix));
  if (!isSecure(rest.listeners)) idle([...below('listeners.https.ssl.'), 'ssl.client.auth'], 'no listener is https');
  if (!isSecure(rest.adminListeners ?? [])) idle(below('admin.listeners.https.ssl.'), 'no admin listener is https');
  if (rest.usersFile === null) idle(['listeners.basic.auth.read.only'], 'there is no listeners.basic.auth.file');
  if (rest.cors === null) idle(['access.control.allow.methods'], 'no access.control.allow.origin is written');
}

/** As in Kafka Connect, whose own default listens everywhere. */
function remarkRemote({ values, origin }: WorkerSection, rest: RestConfig, findings: Findings): void {
  const remote = rest.listeners.filter(({ host }) => !isLoopback(host));
  const isProtected =
    rest.usersFile !== null || (remote.every(at => at.protocol === 'https') && rest.tls?.clientAuth === 'required');
  if (remote.length === 0 || isProtected) return;
  const hosts = remote.map(({ host }) => host).join(', ');
  const unprotected = isSecure(remote) ? 'without authentication' : 'without TLS or authentication';
  if (rest.allowInsecureWrites) {
    const text = `lets everybody who reaches ${hosts} change connectors, ${unprotected}`;
    findings.note('warning', origin('listeners.allow.insecure.writes'), text);
  } else if (!values.listenersAllowInsecureRemote) {
    const text =
      `lets other machines read connectors, /health and /metrics on ${hosts}, ${unprotected}; changes are refused there unless ` +
      'listeners.basic.auth.file, listeners.https.ssl.client.auth=required or listeners.allow.insecure.writes=true is written: ' +
      'http://127.0.0.1:8083 keeps them out, listeners.allow.insecure.remote=true says that this is meant';
    findings.note('remark', origin('listeners'), text);
  }
}
