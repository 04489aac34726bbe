@description('Begin of every rule’s name.')
param name string

@description('Where the rules are.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Application Insights whose records are watched.')
param insightsId string

@description('Workspace with the logs of storage.')
param workspaceId string

@description('E-mail address that is told; empty for none.')
param email string

@description('Action groups that are told, too.')
param actionGroupIds string[]

@description('Host name of the app.')
param hostName string

@description('Places from which it is asked whether updates can succeed; empty when nobody outside can ask.')
param availabilityLocations string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'model-perf'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var told = concat(empty(email) ? [] : [group.id], actionGroupIds)

// The availability test asks every five minutes: while it does, silence means that telemetry is lost, or the app is gone.
var silence = {
  'no-requests': { query: loadTextContent('../queries/alerts/no-requests.kql'), severity: 1, above: 0 }
}

// The first line of each query is the rule's title, the second says what to mend; docs/OPERATE.md has a section of that title.
var rules = union(empty(availabilityLocations) ? {} : silence, {
  'permission-missing': { query: loadTextContent('../queries/alerts/permission-missing.kql'), severity: 1, above: 0 }
  'operation-not-supported': {
    query: loadTextContent('../queries/alerts/operation-not-supported.kql')
    severity: 1
    above: 0
  }
  'schema-drift': { query: loadTextContent('../queries/alerts/schema-drift.kql'), severity: 2, above: 2 }
  'not-visible': { query: loadTextContent('../queries/alerts/not-visible.kql'), severity: 2, above: 0 }
  'credentials-rejected': {
    query: loadTextContent('../queries/alerts/credentials-rejected.kql')
    severity: 1
    above: 0
  }
  'identity-unavailable': {
    query: loadTextContent('../queries/alerts/identity-unavailable.kql')
    severity: 1
    above: 2
  }
  // Nine of the hour's twelve spans of five minutes.
  'throttling-sustained': {
    query: loadTextContent('../queries/alerts/throttling-sustained.kql')
    severity: 2
    above: 8
  }
  'audit-missing': { query: loadTextContent('../queries/alerts/audit-missing.kql'), severity: 1, above: 0 }
  'telemetry-gap': { query: loadTextContent('../queries/alerts/telemetry-gap.kql'), severity: 2, above: 0 }
  'failure-rate': { query: loadTextContent('../queries/alerts/failure-rate.kql'), severity: 2, above: 0 }
  'jobs-poisoned': {
    query: loadTextContent('../queries/alerts/jobs-poisoned.kql')
    severity: 2
    above: 0
    scope: workspaceId
  }
  'values-drift': { query: loadTextContent('../queries/alerts/values-drift.kql'), severity: 3, above: 0 }
  'jobs-failed': { query: loadTextContent('../queries/alerts/jobs-failed.kql'), severity: 1, above: 0 }
  'jobs-stuck': {
    query: loadTextContent('../queries/alerts/jobs-stuck.kql')
    severity: 1
    above: 0
    scope: workspaceId
  }
  slow: { query: loadTextContent('../queries/alerts/slow.kql'), severity: 3, above: 0 }
})

resource queryRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in items(rules): {
    name: '${name}-${rule.key}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: substring(split(rule.value.query, '\n')[0], 3)
      description: substring(split(rule.value.query, '\n')[1], 3)
      severity: rule.value.severity
      enabled: true
      evaluationFrequency: 'PT15M'
      windowSize: 'PT1H'
      scopes: [rule.value.?scope ?? insightsId]
      // A table of the workspace is not there before its first row.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.value.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.value.above
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: told }
    }
  }
]

var readyTest = '${name}-ready'

resource test 'Microsoft.Insights/webtests@2022-06-15' = if (!empty(availabilityLocations)) {
  name: readyTest
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: readyTest
    Name: 'Updates can succeed'
    Enabled: true
    Frequency: 300
    Timeout: 60
    Kind: 'standard'
    RetryEnabled: true
    Locations: map(availabilityLocations, location => { Id: location })
    Request: {
      RequestUrl: 'https://${hostName}/api/health/ready'
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource notReady 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(availabilityLocations)) {
  name: '${name}-not-ready'
  location: 'global'
  tags: tags
  properties: {
    description: 'Updates cannot succeed: npm run doctor tells what is missing.'
    severity: 1
    enabled: true
    scopes: [test.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: insightsId
      // Two places can fail by themselves. Source: "Create availability alerts": as many as there are, less two.
      failedLocationCount: max(1, length(availabilityLocations) - 2)
    }
    // The rule looks for functions that make ids; these are ids already.
    #disable-next-line use-resource-id-functions
    actions: map(told, id => { actionGroupId: id })
  }
}
