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

@description('Host name of the app.')
param hostName string

@description('Action groups that are told. Without one, alerts are only seen in the portal.')
param actionGroupIds string[]

// The first line of each query is the rule's title, the second says what to mend.
var rules = {
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
  'telemetry-gap': { query: loadTextContent('../queries/alerts/telemetry-gap.kql'), severity: 2, above: 0 }
  'failure-rate': { query: loadTextContent('../queries/alerts/failure-rate.kql'), severity: 2, above: 0 }
  'poison-rows': {
    query: loadTextContent('../queries/alerts/poison-rows.kql')
    severity: 2
    above: 0
    scope: workspaceId
  }
  'values-drift': { query: loadTextContent('../queries/alerts/values-drift.kql'), severity: 3, above: 0 }
  slow: { query: loadTextContent('../queries/alerts/slow.kql'), severity: 3, above: 0 }
}

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
      actions: { actionGroups: actionGroupIds }
    }
  }
]

var readyTest = '${name}-ready'

resource availability 'Microsoft.Insights/webtests@2022-06-15' = {
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
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
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

resource notReady 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-not-ready'
  location: 'global'
  tags: tags
  properties: {
    description: 'Updates cannot succeed: npm run doctor tells what is missing.'
    severity: 1
    enabled: true
    scopes: [availability.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: availability.id
      componentId: insightsId
      failedLocationCount: 2
    }
    // The rule looks for functions that make ids; these are ids already.
    #disable-next-line use-resource-id-functions
    actions: map(actionGroupIds, id => { actionGroupId: id })
  }
}
