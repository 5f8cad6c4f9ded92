import { Construct } from 'constructs';
import type { ApiKeyFormat } from '../functions/core/credentials/api-key.ts';
import { path as jwksPath } from '../functions/endpoints/jwks/config.ts';
import { path as tokenPath } from '../functions/endpoints/token/config.ts';
import { Admin } from './admin.ts';
import { apiKeyFormatOf } from './api-key-format.ts';
import { IntrospectEndpoint } from './endpoints/introspect.ts';
import { JwksEndpoint } from './endpoints/jwks.ts';
import { MetadataEndpoint } from './endpoints/metadata.ts';
import { RevokeEndpoint } from './endpoints/revoke.ts';
import { TokenEndpoint } from './endpoints/token.ts';
import { Exports } from './exports.ts';
import { KeyRing } from './key-ring.ts';
import type { IKeyward } from './keyward-ref.ts';
import { KeywardTable } from './keyward-table.ts';
import { type Settings, type StageKind, settingsOf } from './settings.ts';
import { TokenService } from './token-service.ts';

export interface KeywardProps {
  /** Under which others find this deployment: `/keyward/<name>/v1/…`. @default default */
  readonly name?: string;
  /** `dev` forgets everything with the stack. @default prod */
  readonly stage?: StageKind;
  /**
   * The issuer identifier: every token carries it, every verifier compares it byte by byte. Changing it kills all tokens.
   * Under a domain of one's own, route that domain to `service.api` and name it here. @default the API's own URL
   */
  readonly issuer?: string;
  /** What a new client may ask for when its creator names no resource (RFC 8707). @default none: creators name one */
  readonly defaultResource?: string;
  /** Scopes to advertise in the metadata documents. @default none */
  readonly scopesSupported?: readonly string[];
  /** Durations and limits that differ from the stage's. @default none */
  readonly settings?: Partial<Settings>;
  /**
   * What API keys begin with: `<prefix>_<environment>_…`. Changing it kills all keys.
   * @default kw, and live (in dev: test)
   */
  readonly apiKeys?: Partial<ApiKeyFormat>;
}

/** The authorization server: tables, key ring, endpoints, the operator function, and what others need to find it. */
export class Keyward extends Construct implements IKeyward {
  readonly name: string;
  readonly issuer: string;
  readonly settings: Settings;
  readonly apiKeyFormat: ApiKeyFormat;
  readonly clients: KeywardTable;
  readonly verification: KeywardTable;
  /** Short-lived, and losing it loses no truth: the only table that an authorizer may write. */
  readonly counters: KeywardTable;
  readonly ring: KeyRing;
  readonly service: TokenService;
  readonly admin: Admin;

  constructor(scope: Construct, id: string, props: KeywardProps = {}) {
    super(scope, id);
    const stage = props.stage ?? 'prod';
    this.name = props.name ?? 'default';
    this.settings = settingsOf(stage, props.settings ?? {});
    this.apiKeyFormat = apiKeyFormatOf(stage, props.apiKeys ?? {});
    this.clients = new KeywardTable(this, 'Clients', { stage });
    this.verification = new KeywardTable(this, 'Verification', { stage, sorted: true });
    this.counters = new KeywardTable(this, 'Counters', { stage });
    this.ring = new KeyRing(this, 'KeyRing', {
      stage,
      settings: this.settings,
      verification: this.verification,
    });
    this.service = new TokenService(this, 'TokenService');
    this.issuer = props.issuer ?? this.service.url;
    this.endpoints(props.scopesSupported ?? []);
    this.admin = new Admin(this, 'Admin', {
      issuer: this.issuer,
      clients: this.clients,
      verification: this.verification,
      counters: this.counters,
      settings: this.settings,
      defaultResource: props.defaultResource ?? '',
      apiKeyFormat: this.apiKeyFormat,
    });
    new Exports(this, 'Exports', this.name, {
      issuer: this.issuer,
      jwksUri: `${this.issuer}${jwksPath}`,
      tokenEndpoint: `${this.issuer}${tokenPath}`,
      verificationTableName: this.verification.tableName,
      verificationTableArn: this.verification.tableArn,
      clientsTableArn: this.clients.tableArn,
      countersTableArn: this.counters.tableArn,
      apiKeyPrefix: this.apiKeyFormat.prefix,
      apiKeyEnvironment: this.apiKeyFormat.environment,
      adminArn: this.admin.function.functionArn,
      rotationArn: this.ring.rotation.functionArn,
      ringArn: this.ring.secret.secretArn,
    });
  }

  private endpoints(scopesSupported: readonly string[]): void {
    const { service, issuer, settings, verification, clients, counters, apiKeyFormat } = this;
    const ring = this.ring.secret;
    const maxAgeSeconds = settings.publicDocumentMaxAgeSeconds;
    const authenticating = { service, issuer, settings, verification, clients, counters };
    new TokenEndpoint(this, 'Token', { ...authenticating, ring });
    new RevokeEndpoint(this, 'Revoke', { ...authenticating, apiKeyFormat });
    new IntrospectEndpoint(this, 'Introspect', { ...authenticating, apiKeyFormat, ring });
    new JwksEndpoint(this, 'Jwks', { service, verification, maxAgeSeconds });
    new MetadataEndpoint(this, 'Metadata', { service, issuer, scopesSupported, maxAgeSeconds });
  }
}
