// Recorded outcomes of each kind, for previews without a Slack workspace.

import { Outcome } from '../../../events/outcome.ts';
import accountUnreachableEvent from '../../../events/samples/outcomes/account-unreachable.event.json' with {
  type: 'json',
};
import accountUnreachable from '../../../events/samples/outcomes/account-unreachable.json' with {
  type: 'json',
};
import breakerOpen from '../../../events/samples/outcomes/breaker-open.json' with { type: 'json' };
import couldNotEnforce from '../../../events/samples/outcomes/could-not-enforce.json' with {
  type: 'json',
};
import exemptionBySelf from '../../../events/samples/outcomes/exemption-by-self.json' with {
  type: 'json',
};
import exemptionGranted from '../../../events/samples/outcomes/exemption-granted.json' with {
  type: 'json',
};
import exemptionPassword from '../../../events/samples/outcomes/exemption-password.json' with {
  type: 'json',
};
import exemptionRemoved from '../../../events/samples/outcomes/exemption-removed.json' with {
  type: 'json',
};
import mfaDeviceAddedByOther from '../../../events/samples/outcomes/mfa-device-added-by-other.json' with {
  type: 'json',
};
import organizationSweptClean from '../../../events/samples/outcomes/organization-swept.clean.json' with {
  type: 'json',
};
import organizationSwept from '../../../events/samples/outcomes/organization-swept.json' with {
  type: 'json',
};
import organizationSweptObserve from '../../../events/samples/outcomes/organization-swept.observe.json' with {
  type: 'json',
};
import organizationSweptThousand from '../../../events/samples/outcomes/organization-swept.thousand.json' with {
  type: 'json',
};
import policyMissing from '../../../events/samples/outcomes/policy-missing.json' with {
  type: 'json',
};
import policyRestored from '../../../events/samples/outcomes/policy-restored.json' with {
  type: 'json',
};
import sweepClean from '../../../events/samples/outcomes/sweep-clean.json' with { type: 'json' };
import sweepFinished from '../../../events/samples/outcomes/sweep-finished.json' with {
  type: 'json',
};
import sweepFinishedObserve from '../../../events/samples/outcomes/sweep-finished.observe.json' with {
  type: 'json',
};
import tamperingSeen from '../../../events/samples/outcomes/tampering-seen.json' with {
  type: 'json',
};
import userBlockedBoundary from '../../../events/samples/outcomes/user-blocked.boundary.json' with {
  type: 'json',
};
import userBlocked from '../../../events/samples/outcomes/user-blocked.json' with { type: 'json' };
import userBlockedMemberAccount from '../../../events/samples/outcomes/user-blocked.member-account.json' with {
  type: 'json',
};
import userBlockedObserve from '../../../events/samples/outcomes/user-blocked.observe.json' with {
  type: 'json',
};
import userUnblocked from '../../../events/samples/outcomes/user-unblocked.json' with {
  type: 'json',
};

/** Sample outcomes by name, each as it is published. */
export const sampleOutcomes: Readonly<Record<string, Outcome>> = Object.fromEntries(
  Object.entries({
    'account-unreachable': accountUnreachable,
    'account-unreachable.event': accountUnreachableEvent,
    'breaker-open': breakerOpen,
    'could-not-enforce': couldNotEnforce,
    'exemption-by-self': exemptionBySelf,
    'exemption-granted': exemptionGranted,
    'exemption-password': exemptionPassword,
    'exemption-removed': exemptionRemoved,
    'mfa-device-added-by-other': mfaDeviceAddedByOther,
    'organization-swept': organizationSwept,
    'organization-swept.clean': organizationSweptClean,
    'organization-swept.observe': organizationSweptObserve,
    'organization-swept.thousand': organizationSweptThousand,
    'policy-missing': policyMissing,
    'policy-restored': policyRestored,
    'sweep-clean': sweepClean,
    'sweep-finished': sweepFinished,
    'sweep-finished.observe': sweepFinishedObserve,
    'tampering-seen': tamperingSeen,
    'user-blocked': userBlocked,
    'user-blocked.boundary': userBlockedBoundary,
    'user-blocked.member-account': userBlockedMemberAccount,
    'user-blocked.observe': userBlockedObserve,
    'user-unblocked': userUnblocked,
  }).map(([name, value]) => [name, Outcome.parse(value)]),
);
