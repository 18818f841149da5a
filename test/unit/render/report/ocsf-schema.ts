import * as z from 'zod';

/**
 * The class "compliance_finding" of the Open Cybersecurity Schema Framework, version 1.5.0, with the profile "cloud", and the
 * objects in it: names, types, required attributes and enumerations as schema.ocsf.io publishes them (Apache-2.0). Attributes
 * whose objects are not written here are left out, so that a finding that has one fails.
 */
const text = z.string();
const texts = z.array(text);
const time = z.int();

/** An enumeration by its numbers, and the caption that its sibling attribute must have. */
const captions = {
  activity: { 0: 'Unknown', 1: 'Create', 2: 'Update', 3: 'Close', 99: 'Other' },
  severity: {
    0: 'Unknown',
    1: 'Informational',
    2: 'Low',
    3: 'Medium',
    4: 'High',
    5: 'Critical',
    6: 'Fatal',
    99: 'Other',
  },
  status: {
    0: 'Unknown',
    1: 'New',
    2: 'In Progress',
    3: 'Suppressed',
    4: 'Resolved',
    5: 'Archived',
    99: 'Other',
  },
  compliance: { 0: 'Unknown', 1: 'Pass', 2: 'Warning', 3: 'Fail', 99: 'Other' },
} as const;

const idOf = (of: Readonly<Record<number, string>>) =>
  z.int().refine((id) => id in of, 'a number of the enumeration');

const product = z.strictObject({
  name: text.optional(),
  uid: text.optional(),
  cpe_name: text.optional(),
  lang: text.optional(),
  path: text.optional(),
  url_string: text.optional(),
  vendor_name: text.optional(),
  version: text.optional(),
});

const metadata = z.strictObject({
  correlation_uid: text.optional(),
  event_code: text.optional(),
  labels: texts.optional(),
  log_level: text.optional(),
  log_name: text.optional(),
  log_provider: text.optional(),
  log_version: text.optional(),
  logged_time: time.optional(),
  modified_time: time.optional(),
  original_time: text.optional(),
  processed_time: time.optional(),
  product,
  profiles: texts.optional(),
  sequence: z.int().optional(),
  tenant_uid: text.optional(),
  uid: text.optional(),
  version: text,
});

const cloud = z.strictObject({
  account: z
    .strictObject({
      name: text.optional(),
      uid: text.optional(),
      labels: texts.optional(),
      type: text.optional(),
      type_id: z.int().min(0).max(18).or(z.literal(99)).optional(),
    })
    .optional(),
  cloud_partition: text.optional(),
  project_uid: text.optional(),
  provider: text,
  region: text.optional(),
  zone: text.optional(),
});

const findingInfo = z.strictObject({
  created_time: time.optional(),
  data_sources: texts.optional(),
  desc: text.optional(),
  first_seen_time: time.optional(),
  last_seen_time: time.optional(),
  modified_time: time.optional(),
  product: product.optional(),
  product_uid: text.optional(),
  related_events_count: z.int().optional(),
  src_url: text.optional(),
  title: text.optional(),
  types: texts.optional(),
  uid: text,
  uid_alt: text.optional(),
});

const compliance = z.strictObject({
  category: text.optional(),
  control: text.optional(),
  desc: text.optional(),
  requirements: texts.optional(),
  standards: texts.optional(),
  status: text.optional(),
  status_code: text.optional(),
  status_detail: text.optional(),
  status_details: texts.optional(),
  status_id: idOf(captions.compliance).optional(),
});

const resourceDetails = z.strictObject({
  name: text.optional(),
  uid: text.optional(),
  created_time: time.optional(),
  data: z.record(text, z.unknown()).optional(),
  labels: texts.optional(),
  modified_time: time.optional(),
  type: text.optional(),
  uid_alt: text.optional(),
  cloud_partition: text.optional(),
  criticality: text.optional(),
  namespace: text.optional(),
  region: text.optional(),
  version: text.optional(),
  zone: text.optional(),
});

/** A Compliance Finding. Its type is class × 100 + activity, and each caption is that of its number. */
export const ComplianceFinding = z
  .strictObject({
    activity_id: idOf(captions.activity),
    activity_name: text.optional(),
    category_name: text.optional(),
    category_uid: z.literal(2),
    class_name: text.optional(),
    class_uid: z.literal(2003),
    cloud,
    comment: text.optional(),
    compliance,
    count: z.int().optional(),
    duration: z.int().optional(),
    end_time: time.optional(),
    finding_info: findingInfo,
    message: text.optional(),
    metadata,
    raw_data: text.optional(),
    remediation: z
      .strictObject({
        desc: text,
        kb_articles: texts.optional(),
        references: texts.optional(),
      })
      .optional(),
    resources: z.array(resourceDetails).optional(),
    severity: text.optional(),
    severity_id: idOf(captions.severity),
    start_time: time.optional(),
    status: text.optional(),
    status_code: text.optional(),
    status_detail: text.optional(),
    status_id: idOf(captions.status).optional(),
    time,
    timezone_offset: z.int().optional(),
    type_name: text.optional(),
    type_uid: z.int(),
  })
  .refine(({ type_uid, class_uid, activity_id }) => type_uid === class_uid * 100 + activity_id)
  .refine((one) =>
    [
      [captions.activity, one.activity_id, one.activity_name],
      [captions.severity, one.severity_id, one.severity],
      [captions.status, one.status_id, one.status],
      [captions.compliance, one.compliance.status_id, one.compliance.status],
    ].every(([of, id, caption]) => (of as Record<number, string>)[id as number] === caption),
  );
