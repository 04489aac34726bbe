@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Application Insights whose records it shows.')
param insightsId string

@description('Title of the workbook.')
param title string

// The queries of docs/OPERATE.md: the first line of each is its question.
var charts = [
  { query: loadTextContent('../queries/updates-by-outcome.kql'), visualization: 'barchart' }
  { query: loadTextContent('../queries/failed-updates.kql'), visualization: 'table' }
  { query: loadTextContent('../queries/graph-attempts.kql'), visualization: 'table' }
  { query: loadTextContent('../queries/throttling-by-hour.kql'), visualization: 'timechart' }
  { query: loadTextContent('../queries/latency-by-attempts.kql'), visualization: 'table' }
  { query: loadTextContent('../queries/accepted-not-visible.kql'), visualization: 'table' }
  {
    query: replace(loadTextContent('../queries/who-changed.kql'), '00000000-0000-0000-0000-000000000000', '{model}')
    visualization: 'table'
  }
]

var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    parameters: [
      {
        id: guid(title, 'time')
        version: 'KqlParameterItem/1.0'
        name: 'time'
        label: 'Time'
        type: 4
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [{ durationMs: 3600000 }, { durationMs: 86400000 }, { durationMs: 604800000 }]
        }
      }
      {
        id: guid(title, 'model')
        version: 'KqlParameterItem/1.0'
        name: 'model'
        label: 'Id of a model, for its audit'
        type: 1
        value: ''
      }
    ]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, title, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: title
    category: 'workbook'
    sourceId: insightsId
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat(
        [parameters],
        map(range(0, length(charts)), index => {
          type: 3
          name: 'query-${index}'
          content: {
            version: 'KqlItem/1.0'
            query: charts[index].query
            title: substring(split(charts[index].query, '\n')[0], 3)
            size: 0
            queryType: 0
            resourceType: 'microsoft.insights/components'
            timeContextFromParameter: 'time'
            visualization: charts[index].visualization
          }
        })
      )
      fallbackResourceIds: [insightsId]
    })
  }
}
