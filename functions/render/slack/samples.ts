// One recorded outcome of each kind, to look at messages without a workspace.

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
import userHeldBoundary from '../../../events/samples/outcomes/user-held.boundary.json' with {
  type: 'json',
};
import userHeld from '../../../events/samples/outcomes/user-held.json' with { type: 'json' };
import userHeldMemberAccount from '../../../events/samples/outcomes/user-held.member-account.json' with {
  type: 'json',
};
import userHeldObserve from '../../../events/samples/outcomes/user-held.observe.json' with {
  type: 'json',
};
import userReleased from '../../../events/samples/outcomes/user-released.json' with {
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
    'user-held': userHeld,
    'user-held.boundary': userHeldBoundary,
    'user-held.member-account': userHeldMemberAccount,
    'user-held.observe': userHeldObserve,
    'user-released': userReleased,
  }).map(([name, value]) => [name, Outcome.parse(value)]),
);
