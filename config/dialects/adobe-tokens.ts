import * as key from './adobe-keys.ts';
import { fault, ignored, remark, type Statement, set, warning } from './dialect.ts';

type AdobePeer = key.AdobePeer;
type TokenType = AdobePeer['values']['tokenType'];

/** Where its sink looks for the address of IMS while its key is empty. */
const IMS_VARIABLE = 'AUTH_ENDPOINT';
const EXAMPLE = 'https://ims-na1.adobelogin.com';
const SCOPE = 'openid,AdobeID,read_organizations,additional_info.projectedProductContext,session';
const METASCOPE = 'ent_dataservices_sdk';

const PATHS: Readonly<Record<TokenType, string>> = {
  access_token: '/ims/token/v1',
  jwt_token: '/ims/exchange/jwt/',
  oauth2_access_token: '/ims/token/v3',
};
const NEEDS: Readonly<Record<TokenType, readonly string[]>> = {
  access_token: [key.CLIENT_CODE],
  jwt_token: [key.IMS_ORG, key.ACCOUNT, key.KEY_FILE],
  oauth2_access_token: [],
};
/** What else they look at. */
const TAKES: Readonly<Record<TokenType, readonly string[]>> = {
  ...NEEDS,
  jwt_token: [...NEEDS.jwt_token, key.KEY_VALUE],
};
const OF_ONE_TYPE = Object.values(TAKES).flat();
const RETIRED =
  'Adobe has retired these tokens (end of life 2025-06-30): make an OAuth Server-to-Server credential, and write oauth2_access_token';

export function* tokens(peer: AdobePeer): Iterable<Statement> {
  const { values } = peer;
  if (values.authEnabled !== 'true') {
    if (values.authEnabled !== 'false') {
      yield warning(key.AUTH_ENABLED, 'is not true in small letters: no token is asked for, as by Adobe’s sink');
    }
    const idle = [key.TOKEN_TYPE, key.IMS, key.CLIENT_ID, key.CLIENT_SECRET, ...OF_ONE_TYPE];
    for (const each of idle) yield ignored(each, `${key.AUTH_ENABLED} is not true`);
    return;
  }
  const { tokenType } = values;
  for (const each of OF_ONE_TYPE.filter(one => !TAKES[tokenType].includes(one))) {
    yield ignored(each, `${key.TOKEN_TYPE} is ${tokenType}`);
  }
  const ims = values.ims ?? peer.variable(IMS_VARIABLE);
  const faults = [...faultsOf(peer, ims)];
  yield* faults;
  // What else there is to say would say the same again.
  if (faults.length > 0 || ims === null) return;
  yield set('http.auth.type', 'oauth2', key.AUTH_ENABLED);
  yield set('oauth2.dialect', tokenType === 'jwt_token' ? 'ims-jwt' : 'ims', key.TOKEN_TYPE);
  if (values.clientId !== null) yield set('oauth2.client.id', values.clientId, key.CLIENT_ID);
  if (values.clientSecret !== null) yield set('oauth2.client.secret', values.clientSecret.reveal(), key.CLIENT_SECRET);
  // As Java's new URL(context, path): the path takes the place of what stands behind the host.
  yield set('oauth2.token.url', new URL(PATHS[tokenType], ims).href, key.IMS);
  if (values.ims === null) {
    yield remark(key.AUTH_ENABLED, `has tokens asked for where ${IMS_VARIABLE} of the environment says`);
  }
  yield* grant(peer, ims);
}

function* faultsOf(peer: AdobePeer, ims: string | null): Iterable<Statement> {
  const { values } = peer;
  if (ims !== null && !(/^https?:/i.test(ims) && URL.canParse(ims))) {
    yield fault('invalid', key.IMS, `must be an absolute http:// or https:// address, e.g. ${EXAMPLE}`);
  }
  const given: Readonly<Record<string, unknown>> = {
    [key.IMS]: ims,
    [key.CLIENT_ID]: values.clientId,
    [key.CLIENT_SECRET]: values.clientSecret,
    [key.CLIENT_CODE]: values.clientCode,
    [key.IMS_ORG]: values.imsOrg,
    [key.ACCOUNT]: values.account,
    [key.KEY_FILE]: values.keyFile ?? values.keyValue,
  };
  const type = peer.wrote(key.TOKEN_TYPE) ? values.tokenType : `${values.tokenType}, its default`;
  for (const each of [key.IMS, key.CLIENT_ID, key.CLIENT_SECRET, ...NEEDS[values.tokenType]]) {
    if (given[each] !== null) continue;
    const example = each === key.IMS ? `, e.g. ${EXAMPLE} (or the variable ${IMS_VARIABLE})` : '';
    yield fault('missing', each, `is required with ${key.TOKEN_TYPE}=${type}${example}`);
  }
}

function* grant({ values, wrote }: AdobePeer, ims: string): Iterable<Statement> {
  switch (values.tokenType) {
    case 'oauth2_access_token':
      yield set('oauth2.scope', SCOPE, key.TOKEN_TYPE);
      return;
    case 'access_token':
      yield set('oauth2.grant.type', 'authorization_code', key.TOKEN_TYPE);
      if (values.clientCode !== null)
        yield set('oauth2.authorization.code', values.clientCode.reveal(), key.CLIENT_CODE);
      return;
    case 'jwt_token': {
      const retired = wrote(key.TOKEN_TYPE) ? RETIRED : `asks for those of ${key.TOKEN_TYPE}=jwt_token: ${RETIRED}`;
      yield warning(wrote(key.TOKEN_TYPE) ? key.TOKEN_TYPE : key.AUTH_ENABLED, `is honoured, but ${retired}`);
      yield* assertion(values, ims);
    }
  }
}

function* assertion(values: AdobePeer['values'], ims: string): Iterable<Statement> {
  if (values.imsOrg !== null) yield set('oauth2.assertion.issuer', values.imsOrg, key.IMS_ORG);
  if (values.account !== null) yield set('oauth2.assertion.subject', values.account, key.ACCOUNT);
  if (values.keyFile !== null) {
    yield set('oauth2.assertion.key.location', values.keyFile, key.KEY_FILE);
    yield ignored(key.KEY_VALUE, `${key.KEY_FILE} is written`);
  } else if (values.keyValue !== null) yield set('oauth2.assertion.key', values.keyValue.reveal(), key.KEY_VALUE);
  const base = ims.replace(/\/+$/, '');
  yield set('oauth2.assertion.claims', JSON.stringify({ [`${base}/s/${METASCOPE}`]: true }), key.IMS);
  if (values.clientId !== null) yield set('oauth2.assertion.audience', `${base}/c/${values.clientId}`, key.IMS);
}
