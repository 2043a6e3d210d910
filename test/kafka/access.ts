import type { KafkaNode } from './node.ts';
import type { Properties } from './program.ts';

/** Passwords of those who may do nothing but what a test allows them, at the LOGIN listener. */
export const USERS = { carol: 'carol-secret' } as const;
export type User = keyof typeof USERS;

/** server.properties of a broker that lets nobody do anything unasked; who comes by plain text may do all. */
export const AUTHORIZER: Properties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
  'allow.everyone.if.no.acl.found': 'false',
};

/** What a worker file needs for its consumers to log in as this user. */
export function loginAs(user: User): Properties {
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  return {
    'consumer.security.protocol': 'SASL_PLAINTEXT',
    'consumer.sasl.mechanism': 'PLAIN',
    'consumer.sasl.jaas.config': `${module} required username="${user}" password="${USERS[user]}";`,
  };
}

/** What an access rule is about: `--topic x` or `--group x`. */
export type Resource = { readonly topic: string } | { readonly group: string };

export function allow(node: KafkaNode, user: User, operations: readonly string[], on: Resource): Promise<void> {
  return change(node, '--add', user, operations, on);
}

/** Takes back what `allow` gave; what is no longer allowed is refused from the next request on. */
export function disallow(node: KafkaNode, user: User, operations: readonly string[], on: Resource): Promise<void> {
  return change(node, '--remove', user, operations, on);
}

async function change(
  node: KafkaNode,
  how: '--add' | '--remove',
  user: User,
  operations: readonly string[],
  on: Resource,
): Promise<void> {
  const resource = 'topic' in on ? ['--topic', on.topic] : ['--group', on.group];
  const wanted = operations.flatMap(operation => ['--operation', operation]);
  const args = ['--bootstrap-server', node.bootstrap(), how, '--allow-principal', `User:${user}`, ...wanted];
  const command = node.version.startsWith('3.') ? 'kafka.admin.AclCommand' : 'org.apache.kafka.tools.AclCommand';
  await node.java(command, [...args, ...resource, ...(how === '--remove' ? ['--force'] : [])]);
}
