@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Application Insights whose records it shows.')
param insightsId string

@description('Title of the workbook.')
param title string

// The queries of docs/OPERATE.md, a page for single updates and one for jobs: the first line of each is its question.
var charts = [
  { page: 'updates', query: loadTextContent('../queries/updates-by-outcome.kql'), visualization: 'barchart' }
  { page: 'updates', query: loadTextContent('../queries/failed-updates.kql'), visualization: 'table' }
  { page: 'updates', query: loadTextContent('../queries/graph-attempts.kql'), visualization: 'table' }
  { page: 'updates', query: loadTextContent('../queries/throttling-by-hour.kql'), visualization: 'timechart' }
  { page: 'updates', query: loadTextContent('../queries/latency-by-attempts.kql'), visualization: 'table' }
  { page: 'updates', query: loadTextContent('../queries/accepted-not-visible.kql'), visualization: 'table' }
  {
    page: 'updates'
    query: replace(loadTextContent('../queries/who-changed.kql'), '00000000-0000-0000-0000-000000000000', '{model}')
    visualization: 'table'
  }
  { page: 'jobs', query: loadTextContent('../queries/jobs-by-status.kql'), visualization: 'barchart' }
  { page: 'jobs', query: loadTextContent('../queries/jobs-rows-by-outcome.kql'), visualization: 'barchart' }
  { page: 'jobs', query: loadTextContent('../queries/jobs-pace-used.kql'), visualization: 'timechart' }
]

var pages = {
  type: 11
  name: 'pages'
  content: {
    version: 'LinkItem/1.0'
    style: 'tabs'
    links: map(['updates', 'jobs'], page => {
      id: guid(title, page)
      cellValue: 'page'
      linkTarget: 'parameter'
      linkLabel: page == 'jobs' ? 'Jobs' : 'Updates'
      subTarget: page
      style: 'link'
    })
  }
}

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
        [parameters, pages],
        map(range(0, length(charts)), index => {
          type: 3
          name: 'query-${index}'
          conditionalVisibility: { parameterName: 'page', comparison: 'isEqualTo', value: charts[index].page }
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
