/** What `headgate init` writes. A test parses it. */
export const POLICY_TEMPLATE = `# yaml-language-server: $schema=node_modules/headgate/schema/headgate.schema.json
#
# Who may do what how often. Check with \`npx headgate validate\`, look at one route with
# \`npx headgate explain "POST /login"\`. Every key: docs/reference/policy.md in the package.

# How a caller is recognised; the first that proves something wins. Everybody else is an address.
identify:
  - apiKey: x-api-key
anonymous: allow # \`reject\` answers 401 without an identity

# Kinds of clients; the first is the default. \`npx headgate client add\` gives a client its tier.
tiers: [free, gold]

limits:
  # Credential stuffing: one address tries one password after the other. One budget for both routes, and rather
  # closed than unguarded while the counters cannot be reached.
  sign-in:
    per: address
    routes:
      - POST /login
      - POST /password-reset
    rate: 5/minute # at most 5 in any minute: a sliding window
    onStoreFailure: deny

  # Retry loops: a client whose code sends again and again without waiting. Short bursts are fine, a loop is not.
  client:
    per: client # a caller without identity counts as its address
    rate: { free: 60/minute, gold: 1000/minute }
    algorithm: token-bucket
    burst: { free: 20, gold: 200 }

  # Cron jobs: everybody's export starts at midnight. Dear work is counted by the day, and some of it counts more.
  export:
    per: client
    routes:
      - POST /exports
      - GET /reports/* # * is the rest of the path
    rate: 10/day
    algorithm: fixed-window # counted from midnight UTC
    cost: { POST /exports: 2 }

  # Everything together: what the backend can bear. One counter for all: the fixed window is the cheapest to count, and
  # lets twice the rate through at worst, around the start of a second.
  ceiling:
    per: all
    rate: 500/second
    algorithm: fixed-window

  # Tried out first: counted and reported, never enforced. Take \`mode\` away when the numbers look right.
  address:
    per: address
    rate: 300/minute
    mode: shadow

# Never limited: the office, a health check.
# exempt:
#   - address: 203.0.113.0/24
#   - client: monitoring

# Behind a CDN or another proxy, the caller's address is in a header. Only the proxy knows the secret's value.
# address:
#   header: x-forwarded-for
#   trusted: [203.0.113.0/24]
#   secretHeader: x-origin-secret
#   secretSha256: "0000000000000000000000000000000000000000000000000000000000000000"
`;
