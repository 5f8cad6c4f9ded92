import type { Command } from 'commander';
import type { CertificateView, RevocationView } from '../functions/admin/views.ts';
import { readCertificateFile } from './certificate-file.ts';
import { confirm } from './confirm.ts';
import { administer } from './deployment.ts';
import { Failure } from './failure.ts';
import { globals } from './globals.ts';
import { type GranteeOptions, granteeMembers, withGrantee } from './grantee-options.ts';
import { print } from './output.ts';
import { run } from './run.ts';

interface AddOptions extends GranteeOptions {
  readonly name?: string;
  readonly certificate?: string;
  readonly issuer?: string;
  readonly san?: string;
}

interface RevokeOptions {
  readonly certificate?: string;
  readonly issuer?: string;
  readonly serial?: string;
  readonly yes?: boolean;
}

/** `keyward certificates …` */
export function certificatesCommand(program: Command): void {
  const certificates = program
    .command('certificates')
    .description('client certificates that are credentials');

  withGrantee(
    certificates
      .command('add')
      .description('pin a certificate, or let in every one of an issuer with a certain name'),
  )
    .option('--certificate <file>', 'the certificate (PEM), - for stdin')
    .option('--issuer <file>', "the issuer's certificate (PEM), - for stdin")
    .option('--san <name>', 'dns:HOST, uri:URI or email:ADDRESS')
    .option('--name <name>', 'what people call it')
    .action((options: AddOptions, command: Command) => {
      const { name, san } = options;
      if ((options.certificate === undefined) === (options.issuer === undefined)) {
        throw new Failure('usage', 'give either --certificate, or --issuer and --san');
      }
      return run(command, {
        command: 'certificates.add',
        ...files(options),
        ...(san === undefined ? {} : { san }),
        ...(name === undefined ? {} : { name }),
        ...granteeMembers(options),
      });
    });

  certificates
    .command('list')
    .description('all pinned certificates and all rules')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const all = (await administer(connection, {
        command: 'certificates.list',
      })) as CertificateView[];
      print(format === 'json' ? all : all.map(summary), format);
    });

  certificates
    .command('revocations')
    .description('all certificates that were revoked')
    .action(async (_options, command: Command) => {
      const { connection, format } = globals(command);
      const all = (await administer(connection, {
        command: 'certificates.revocations',
      })) as RevocationView[];
      print(format === 'json' ? all : all.map(revocationSummary), format);
    });

  certificates
    .command('remove <certificate_id>')
    .description('forget a pin or a rule; a pinned certificate may still be let in by a rule')
    .option('--yes', 'really')
    .action((id: string, options: { yes?: boolean }, command: Command) => {
      confirm(options, `remove ${id}`);
      return run(command, { command: 'certificates.remove', certificate_id: id });
    });

  certificates
    .command('revoke')
    .description('refuse a certificate from now on, whatever would let it in')
    .option('--certificate <file>', 'the certificate (PEM), - for stdin')
    .option('--issuer <file>', "the issuer's (PEM), where the certificate itself is not at hand")
    .option('--serial <hex>', 'and its serial number')
    .option('--yes', 'really: this cannot be taken back')
    .action((options: RevokeOptions, command: Command) => {
      const { certificate, issuer, serial } = options;
      const isBySerial = issuer !== undefined || serial !== undefined;
      if ((certificate === undefined) !== isBySerial) {
        throw new Failure('usage', 'give either --certificate, or --issuer and --serial');
      }
      confirm(options, 'revoke it');
      return run(command, {
        command: 'certificates.revoke',
        ...files(options),
        ...(serial === undefined ? {} : { serial }),
      });
    });

  const issuers = certificates.command('issuers').description('the issuers of a rule');

  for (const verb of ['add', 'remove'] as const) {
    issuers
      .command(`${verb} <certificate_id>`)
      .description(verb === 'add' ? 'believe another issuer too' : 'believe this issuer no longer')
      .requiredOption('--issuer <file>', "the issuer's certificate (PEM), - for stdin")
      .option('--yes', 'really')
      .action((id: string, options: { issuer: string; yes?: boolean }, command: Command) => {
        if (verb === 'remove') confirm(options, `remove the issuer from ${id}`);
        return run(command, {
          command: `certificates.issuers.${verb}`,
          certificate_id: id,
          issuer: readCertificateFile(options.issuer),
        });
      });
  }
}

function files({
  certificate,
  issuer,
}: {
  readonly certificate?: string;
  readonly issuer?: string;
}): { readonly certificate?: string; readonly issuer?: string } {
  return {
    ...(certificate === undefined ? {} : { certificate: readCertificateFile(certificate) }),
    ...(issuer === undefined ? {} : { issuer: readCertificateFile(issuer) }),
  };
}

/** What fits on a line of a terminal; `--output json` has the rest. */
function summary(certificate: CertificateView): object {
  const { certificate_id, name, owner, status, scope, not_after } = certificate;
  return { certificate_id, name, owner, status, scope, not_after };
}

function revocationSummary({ serial, subject, issuer, revoked_at }: RevocationView): object {
  return { serial, subject, issuer, revoked_at };
}
