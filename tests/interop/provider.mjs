// The npm oidc-provider with a sign-in and a consent page of our own, for tests.
//
// Prints one JSON line, {"issuer": …}, when it is ready; ends when its standard input closes.
// argv[2] is a JSON object: accessTokenSeconds, algorithm, clientKeys (public keys, as JWKs with an
// alg: a client that proves itself with each is coatcheck-ALG; no other algorithm is taken), port, everything (true: every protocol
// that Coatcheck speaks, with DPoP nonces required), initialAccessToken (without it nobody is
// registered).
// Beside the provider's own endpoints: GET /test/stats, POST /test/set, POST /test/rotate-keys, POST
// /test/forget-clients, which ends every registration, and POST /test/end-secrets, which lets every
// registered client's secret be over since yesterday.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { errors, Provider } from 'oidc-provider';
import { applyDpopBinding } from 'oidc-provider/lib/helpers/grant_common.js';
import validateDpop from 'oidc-provider/lib/helpers/validate_dpop.js';

const options = {
  accessTokenSeconds: 300,
  algorithm: 'RS256',
  clientKeys: [],
  everything: false,
  initialAccessToken: undefined,
  port: 0,
  ...JSON.parse(process.argv[2] ?? '{}'),
};

const KEY_KINDS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

const accounts = {
  maria: { name: 'Maria Sample', email: 'maria@example.org', email_verified: true },
  jonas: { name: 'Jonas Sample', email: 'jonas@example.org', email_verified: true },
};
const state = { down: false, userinfoDown: false, losesAnswers: false, name: null };
const stats = { token: 0, lost: 0, userinfo: 0, jwks: 0, revocation: 0 };
const stored = new Map();
const shownInitialToken = [];
let keyNumber = 0;

// Shared by every Provider object here, so that grants outlive a change of keys.
class Adapter {
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload, expiresIn) {
    const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Infinity;
    stored.set(this.key(id), { payload: { ...payload }, expiresAt });
  }
  async find(id) {
    const entry = stored.get(this.key(id));
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  }
  async #findBy(name, value) {
    for (const [key, { payload }] of stored) {
      if (key.startsWith(`${this.model}:`) && payload[name] === value) return payload;
    }
    return undefined;
  }
  async findByUid(uid) {
    return this.#findBy('uid', uid);
  }
  async findByUserCode(userCode) {
    return this.#findBy('userCode', userCode);
  }
  async consume(id) {
    stored.get(this.key(id)).payload.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    stored.delete(this.key(id));
  }
  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of stored) {
      if (payload.grantId === grantId) stored.delete(key);
    }
  }
}

function newKey() {
  keyNumber += 1;
  const { privateKey } = generateKeyPairSync(...KEY_KINDS[options.algorithm]);
  const jwk = privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: `key-${keyNumber}`, use: 'sig', alg: options.algorithm };
}

function client(id, more) {
  return {
    client_id: id,
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'https://paste.example/back'],
    id_token_signed_response_alg: options.algorithm,
    ...more,
  };
}

function device() {
  const grant_types = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'];
  const more = { grant_types, response_types: [], redirect_uris: [] };
  return client('coatcheck-device', { ...more, token_endpoint_auth_method: 'none' });
}

function proving(key) {
  const more = { jwks: { keys: [key] }, token_endpoint_auth_signing_alg: key.alg };
  return client(`coatcheck-${key.alg}`, { ...more, token_endpoint_auth_method: 'private_key_jwt' });
}

function proofAlgorithms() {
  if (!options.clientKeys.length) return {};
  return { clientAuthSigningAlgValues: ['HS256', ...options.clientKeys.map((key) => key.alg)] };
}

function exchanging() {
  const grant_types = ['authorization_code', 'refresh_token', EXCHANGE];
  return client('coatcheck-exchange', { grant_types, token_endpoint_auth_method: 'none' });
}

// RFC 8693 as a grant type of our own, because the library has none: less of an access token. The
// library's own code checks the DPoP proof and its nonce; a bound token is exchanged for a bound one.
async function exchange(ctx) {
  const { params, client: asking } = ctx.oidc;
  const subject = await provider.AccessToken.find(params.subject_token ?? '');
  if (!subject?.isValid || subject.clientId !== asking.clientId) {
    throw new errors.InvalidGrant('the subject token is not good');
  }
  const proof = await validateDpop(provider, ctx);
  if (subject.jkt !== proof?.thumbprint) {
    throw new errors.InvalidGrant('the subject token is bound to another key');
  }
  const scopes = (params.scope ?? subject.scope).split(' ');
  if (!scopes.every((scope) => subject.scopes.has(scope))) {
    throw new errors.InvalidScope('that is more than there is', params.scope);
  }
  const { accountId, expiresWithSession, grantId, sessionUid } = subject;
  const scope = scopes.join(' ');
  const made = { accountId, client: asking, expiresWithSession, grantId, gty: 'exchange', scope };
  const token = new provider.AccessToken({ ...made, sessionUid });
  await applyDpopBinding(provider, ctx, proof, token);
  ctx.body = {
    access_token: await token.save(),
    expires_in: token.expiration,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope,
    token_type: token.tokenType,
  };
}

function findAccount(ctx, id) {
  return {
    accountId: id,
    async claims() {
      const picture = `${issuer}/test/picture.png`;
      const known = accounts[id];
      return { sub: id, preferred_username: id, picture, ...known, name: state.name ?? known?.name };
    },
  };
}

function everything() {
  const resource = { scope: 'photos print', audience: 'photos', accessTokenFormat: 'opaque' };
  return {
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    jwtResponseModes: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    registration: { enabled: true, initialAccessToken: options.initialAccessToken },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => resource,
    },
    rpInitiatedLogout: { enabled: true },
  };
}

function configuration(key) {
  return {
    adapter: Adapter,
    jwks: { keys: [key] },
    clients: [
      client('coatcheck', { token_endpoint_auth_method: 'none' }),
      ...(options.everything ? [exchanging()] : []),
      client('coatcheck-basic', { client_secret: 'a+b c%:/?', token_endpoint_auth_method: 'client_secret_basic' }),
      client('coatcheck-jwt', {
        client_secret: 'a-secret-of-at-least-thirty-two-bytes!',
        token_endpoint_auth_method: 'client_secret_jwt',
      }),
      client('coatcheck-post', { client_secret: 'a+b c%:/?', token_endpoint_auth_method: 'client_secret_post' }),
      ...options.clientKeys.map((key) => proving(key)),
      ...(options.everything ? [device()] : []),
    ],
    clientAuthMethods: [
      'none',
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
    ],
    enabledJWA: { idTokenSigningAlgValues: [options.algorithm], ...proofAlgorithms() },
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'picture'],
      email: ['email', 'email_verified'],
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      introspection: { enabled: true, allowedPolicy: () => true },
      ...(options.everything ? everything() : {}),
    },
    findAccount,
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: () => options.accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: 86400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86400,
      Session: 86400,
    },
  };
}

let issuer;
let provider;
let answer;

function useKey(key) {
  provider = new Provider(issuer, configuration(key));
  if (options.everything) {
    const parameters = ['subject_token', 'subject_token_type', 'requested_token_type', 'scope'];
    provider.registerGrantType(EXCHANGE, exchange, parameters);
  }
  provider.on('server_error', (ctx, error) => console.error(error));
  answer = provider.callback();
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function html(response, text) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><title>Sample provider</title>${text}`);
}

async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  const [, , uid, action] = request.url.split('/');
  const path = `/interaction/${uid}`;
  if (request.method === 'GET') {
    if (details.prompt.name === 'login') {
      const hint = details.params.login_hint === 'jonas' ? 'jonas' : 'maria';
      return html(response, `<form method=post action="${path}/login">
        <input name=login value="${hint}"><button>Sign in</button></form>`);
    }
    return html(response, `<form method=post action="${path}/allow"><button>Allow</button></form>
      <form method=post action="${path}/deny"><button>Deny</button></form>`);
  }
  const form = new URLSearchParams(await body(request));
  if (action === 'deny') {
    const result = { error: 'access_denied', error_description: 'The person said no' };
    return provider.interactionFinished(request, response, result);
  }
  if (action === 'login') {
    const result = { login: { accountId: form.get('login') } };
    return provider.interactionFinished(request, response, result);
  }
  const result = { consent: { grantId: await consent(details) } };
  const merge = { mergeWithLastSubmission: true };
  return provider.interactionFinished(request, response, result, merge);
}

async function consent({ grantId, params, prompt, session }) {
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return grant.save();
}

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function control(request, response) {
  if (request.url === '/test/picture.png') {
    response.setHeader('content-type', 'image/png');
    return response.end(PIXEL);
  }
  if (request.url === '/test/rotate-keys') useKey(newKey());
  if (request.url === '/test/forget-clients') registered().forEach((key) => stored.delete(key));
  if (request.url === '/test/end-secrets') registered().forEach(endSecret);
  if (request.url === '/test/set') Object.assign(state, JSON.parse(await body(request)));
  response.setHeader('content-type', 'application/json');
  const clients = registered().map((key) => stored.get(key).payload);
  return response.end(JSON.stringify({ ...stats, clients, shownInitialToken }));
}

function endSecret(key) {
  stored.get(key).payload.client_secret_expires_at = Math.floor(Date.now() / 1000) - 86400;
}

function registered() {
  return [...stored.keys()].filter((key) => key.startsWith('Client:'));
}

function count(request) {
  const { pathname } = new URL(request.url, issuer);
  const shown = request.url + JSON.stringify(request.headers);
  const token = options.initialAccessToken;
  if (token && shown.includes(token)) shownInitialToken.push(pathname);
  if (pathname === '/token') stats.token += 1;
  if (pathname === '/me') stats.userinfo += 1;
  if (pathname === '/jwks') stats.jwks += 1;
  if (pathname === '/token/revocation') stats.revocation += 1;
  return pathname;
}

async function serve(request, response) {
  if (request.url.startsWith('/test/')) return control(request, response);
  const pathname = count(request);
  if (state.down || (state.userinfoDown && pathname === '/me')) {
    response.statusCode = 503;
    return response.end('<h1>Down for maintenance</h1>');
  }
  if (request.url.startsWith('/interaction/')) return interaction(request, response);
  if (state.losesAnswers && pathname === '/token') lose(response);
  return answer(request, response);
}

// All is done as usual, and nobody ever hears of it.
function lose(response) {
  response.write = () => true;
  response.end = () => {
    stats.lost += 1;
    return response;
  };
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end();
  });
});
server.listen(options.port, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  useKey(newKey());
  console.log(JSON.stringify({ issuer }));
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
