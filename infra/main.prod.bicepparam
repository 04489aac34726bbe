using 'main.bicep'

param name = readEnvironmentVariable('AZURE_ENV_NAME', 'model-performance')
param apiClientId = readEnvironmentVariable('ENTRA_API_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param graphApiVersion = readEnvironmentVariable('GRAPH_VERSION', 'beta')
param validation = 'strict'
param storageSku = 'Standard_ZRS'
param retentionDays = 365
param scaling = { maximumInstanceCount: 100, instanceMemoryMB: 2048, alwaysReady: 1 }
param tags = { environment: 'production' }
