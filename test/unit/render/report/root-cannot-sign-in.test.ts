import { describe, expect, it } from 'vitest';
import { accountReport } from '../../../../functions/pipeline/report/account-report.ts';
import { organizationHtml } from '../../../../functions/render/html/organization-page.ts';
import { reportHtml } from '../../../../functions/render/html/page.ts';
import { findingsOf } from '../../../../functions/render/report/findings.ts';
import { nagios } from '../../../../functions/render/report/nagios.ts';
import { organizationTable } from '../../../../functions/render/report/organization-table.ts';
import { prometheus } from '../../../../functions/render/report/prometheus.ts';
import { table } from '../../../../functions/render/report/table.ts';
import { accountRead, organizationOf } from '../../../fakes/organization-report.ts';
import { testPipeline } from '../../../fakes/pipeline.ts';
import { reportedDevice, reportedUser, reportOf } from '../../../fakes/report.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const safe = [reportedUser('a', { state: 'protected', devices: [reportedDevice('S')] })];
const govCloud = reportOf(safe, { rootMfa: null });

describe('where the root user cannot sign in', () => {
  it.each([
    ['aws-us-gov', null],
    ['aws', false],
  ])('a report does not judge its MFA: %s', async (partition, rootMfa) => {
    const policyArn = `arn:${partition}:iam::111122223333:policy/ForceMFA`;
    const { iam, settings, now } = testPipeline({ policyArn }, { partition });
    iam.rootHasMfa = false;
    expect(await accountReport(iam, settings, reportDeps(now()))).toMatchObject({ rootMfa });
  });

  it('no format finds anything in it', () => {
    expect(findingsOf(govCloud)).toMatchObject({ level: 'ok', rootWithoutMfa: false });
    expect(nagios.render(govCloud)).toContain("'root without MFA'=0;;0;0;1");
    expect(prometheus.render(govCloud)).not.toContain('mfa_enforcer_root_mfa{');
    const look = { width: 80, color: false, all: false };
    expect(table(govCloud, look)).not.toContain('root');
    expect(reportHtml(govCloud, { version: '0.1.0' })).toContain('cannot sign in');
    expect(reportHtml(govCloud, { version: '0.1.0' })).not.toContain('The root user has no MFA');
  });

  it('nor does an organization’s', () => {
    const organization = organizationOf([accountRead('Gov', govCloud)]);
    const look = { width: 100, color: false, all: false };
    const text = organizationTable(organization, look);
    expect(text).toContain('No user in these accounts is unprotected.');
    expect(text).not.toContain('no MFA');
    expect(organizationHtml(organization, { version: '0.1.0' })).not.toContain('no MFA<');
  });
});
