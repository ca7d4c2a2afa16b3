/** Why the portal refuses a job for good, so that refusals can be grouped, and what an administrator can do. */
export interface Refusal {
  readonly cause: string;
  readonly message: string;
  readonly remedy: string;
}

interface Family {
  readonly pattern: RegExp;
  /** Missing where the message itself names nobody. */
  readonly cause?: string;
  readonly remedy: string;
}

const MEMBERSHIP =
  "Make the user an active member of the project and its allocation again for as long as brc-sync runs, or charge the job with the portal's command add_service_units_to_project.";
const OWNER = "The record belongs to somebody else, and the API never changes an owner: correct it in the portal's administration.";
const ORDER = 'The times of the job contradict each other: look at them with sacct -D -j, and correct the record by hand.';
const VALUE = 'The value does not fit the portal: see the job in Slurm (sacct -D -j), and enter the record by hand in the portal.';
const UNKNOWN = "Look for the message in the portal's log and settle the job by hand; report this, so that brc-sync learns it.";

/** The messages that the portal has for a job (contract portal-coldfront.md "POST /jobs/ and PUT /jobs/"). */
const FAMILIES: readonly Family[] = [
  {
    pattern: /^UserProfile for cluster_uid .* does not exist\.$/,
    cause: 'UserProfile for cluster_uid … does not exist.',
    remedy: "Enter the cluster UID in the user's profile in the portal, or correct the user map of the site.",
  },
  {
    pattern: /^Object with name=.* does not exist\.$/,
    cause: 'Object with name=… does not exist.',
    remedy: 'Create the project in the portal under the name that the account has in Slurm.',
  },
  {
    pattern: /^User .* is not a member of account .*\.$/,
    cause: 'User … is not a member of account ….',
    remedy: MEMBERSHIP,
  },
  {
    pattern: /^User .* is not an active member of the compute allocation for account .*\.$/,
    cause: 'User … is not an active member of the compute allocation for account ….',
    remedy: MEMBERSHIP,
  },
  {
    pattern: /^Account .* has no active compute allocation\.$/,
    cause: 'Account … has no active compute allocation.',
    remedy:
      "Set the allocation of the account's compute resource to Active for as long as brc-sync runs, or charge the jobs with the portal's command add_service_units_to_project.",
  },
  { pattern: /^Job \w+ date .* occurs before Job \w+ date .*\.$/, cause: 'Job … date … occurs before Job … date ….', remedy: ORDER },
  {
    pattern: /^Specified user .* does not match already associated user .*\.$/,
    cause: 'Specified user … does not match already associated user ….',
    remedy: OWNER,
  },
  {
    pattern: /^Specified account .* does not match already associated account .*\.$/,
    cause: 'Specified account … does not match already associated account ….',
    remedy: OWNER,
  },
  {
    pattern: /^Unexpected server error\.$/,
    remedy:
      'The portal finds several active compute allocations of the account, or one without its Service Units: its log names what; correct that in its administration.',
  },
  { pattern: /^This field (?:is required|may not be (?:null|blank))\.$/, remedy: VALUE },
  { pattern: /^Ensure /, remedy: VALUE },
  { pattern: /^(?:A valid |Not a valid |Datetime has wrong format)/, remedy: VALUE },
];

/** Reads the body of a 400: messages by field, as a list, or as `detail`. */
export function readRefusal(json: unknown, jobId: string): Refusal {
  const told = unique(
    messagesIn(json, '').map(({ field, text }) => ({ field, text, family: FAMILIES.find(({ pattern }) => pattern.test(text)) })),
  );
  if (told.length === 0) {
    return { cause: 'no message', message: `The portal refuses job ${jobId} and does not say why.`, remedy: UNKNOWN };
  }
  const withField = (field: string, text: string): string => (field === '' ? text : `${field}: ${text}`);
  return {
    cause: [
      ...new Set(
        told.map(({ field, text, family }) => withField(field, family === undefined ? withoutNames(text) : (family.cause ?? text))),
      ),
    ].join(' '),
    message: `The portal refuses job ${jobId}: ${told.map(({ field, text }) => withField(field, text)).join(' ')}`,
    remedy: [...new Set(told.map(({ family }) => family?.remedy ?? UNKNOWN))].join(' '),
  };
}

interface Message {
  readonly field: string;
  readonly text: string;
}

/** `{"field": ["…"]}`, `{"nodes": [{"name": ["…"]}]}`, `{"non_field_errors": ["…"]}`, `["…"]`. */
function messagesIn(value: unknown, field: string): readonly Message[] {
  if (typeof value === 'string') return [{ field, text: value }];
  if (Array.isArray(value)) return value.flatMap((element) => messagesIn(element, field));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isWhole = key === 'non_field_errors' || key === 'detail';
    return messagesIn(inner, isWhole ? field : field === '' ? key : `${field}.${key}`);
  });
}

function unique<T extends Message>(messages: readonly T[]): readonly T[] {
  return [...new Map(messages.map((message) => [`${message.field} ${message.text}`, message])).values()];
}

/** What differs from job to job taken out of a message that nobody knew: quotations, and words with digits, as ids and times have. */
function withoutNames(text: string): string {
  return text.replace(/"[^"]*"|'[^']*'/g, '…').replace(/\S*\d\S*/g, '…');
}
