// Answers `palisade simulate` lines with another engine, for comparison.
// In: JSON lines on standard input. Out: one {"id", "decision"} or {"id", "error"} per line, in order.
// The other engine is AGPL: it is installed beside this file and run as a program, nothing of it is copied.
import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const named = (policies) => policies.map((policy, index) => ({ name: `policy-${index}`, policy }))
const levels = (levels) =>
  (levels ?? []).map((level) => ({ orgIdentifier: level.org_id, policies: named(level.policies) }))
// It takes `RCPFullAWSAccess` for granted and refuses to be given it.
const withoutFullAccess = (levels) =>
  (levels ?? []).map((level) => ({
    ...level,
    policies: level.policies.filter((policy) => JSON.stringify(policy).includes('"Deny"')),
  }))

function toSimulation(line) {
  const { request } = line
  return {
    request: {
      principal: request.principal === 'anonymous' ? anonymousPrincipal : request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource_account_id },
      contextVariables: request.context ?? {},
    },
    identityPolicies: named(line.identity_policies ?? []),
    resourcePolicy: line.resource_policy ?? undefined,
    permissionBoundaryPolicies: line.permission_boundaries ? named(line.permission_boundaries) : undefined,
    sessionPolicy: line.session_policy ?? undefined,
    serviceControlPolicies: levels(line.scps),
    resourceControlPolicies: levels(withoutFullAccess(line.rcps)),
    vpcEndpointPolicies: line.vpc_endpoint_policies ? named(line.vpc_endpoint_policies) : undefined,
  }
}

for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (!text.trim()) continue
  const line = JSON.parse(text)
  let answer
  try {
    const result = await runSimulation(toSimulation(line), { simulationMode: 'Strict' })
    // It drops context keys that its tables do not list for the action, where `simulate` takes the
    // context as complete: such answers are marked, not compared.
    answer =
      result.resultType === 'error'
        ? { id: line.id, error: result.errors }
        : { id: line.id, decision: result.overallResult, ignored: result.result?.ignoredContextKeys ?? [] }
  } catch (error) {
    answer = { id: line.id, error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
