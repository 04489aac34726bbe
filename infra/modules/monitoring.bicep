import { retention } from '../types.bicep'

@description('Name of the workspace and of Application Insights.')
param name string

@description('Where they are.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('How long telemetry and audit events are kept, in days.')
param retentionDays retention

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    RetentionInDays: retentionDays
  }
}

@description('Resource id of the workspace, for diagnostic settings.')
output workspaceId string = workspace.id

@description('Resource id of Application Insights, for alerts and the workbook.')
output insightsId string = insights.id

@description('Where telemetry goes. Without local authentication it opens nothing by itself.')
output connectionString string = insights.properties.ConnectionString
