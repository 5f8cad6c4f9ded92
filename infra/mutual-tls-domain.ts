import { DomainName, EndpointType, type RestApi, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface MutualTlsDomainProps {
  /** `partners.example.com`; its DNS record goes to `regionalDomainName`. */
  readonly domainName: string;
  /** ARN of the server's certificate, from the same Region. */
  readonly certificateArn: string;
  /** `s3://bucket/key` of the PEM with the authorities of the clients, in a versioned bucket. */
  readonly truststore: string;
  /** Of the object. @default the newest when the domain is made */
  readonly truststoreVersion?: string;
  /** Its default endpoint must be disabled: there, nobody would ask for a certificate. */
  readonly api: RestApi;
}

/**
 * A Regional domain on which every caller shows a client certificate. API Gateway checks the chain and the dates at the
 * handshake, and never a revocation: pins are checked by the authorizer behind it.
 */
export class MutualTlsDomain extends Construct {
  /** What a DNS record points at. */
  readonly regionalDomainName: string;

  constructor(scope: Construct, id: string, props: MutualTlsDomainProps) {
    super(scope, id);
    const [, bucket, key] = /^s3:\/\/([a-z0-9.-]{3,63})\/(\S+)$/.exec(props.truststore) ?? [];
    if (bucket === undefined || key === undefined) {
      throw new Error(`truststore must be s3://bucket/key, not ${props.truststore}`);
    }
    const domain = new DomainName(this, 'Domain', {
      domainName: props.domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
      mtls: {
        bucket: Bucket.fromBucketName(this, 'Truststore', bucket),
        key,
        ...(props.truststoreVersion === undefined ? {} : { version: props.truststoreVersion }),
      },
    });
    domain.addBasePathMapping(props.api, { stage: props.api.deploymentStage });
    this.regionalDomainName = domain.domainNameAliasDomainName;
  }
}
