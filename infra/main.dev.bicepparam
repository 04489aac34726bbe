using 'main.bicep'

param name = readEnvironmentVariable('AZURE_ENV_NAME', 'model-performance-dev')
param apiClientId = readEnvironmentVariable('ENTRA_API_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param graphApiVersion = readEnvironmentVariable('GRAPH_VERSION', 'beta')
param retentionDays = 30
param tags = { environment: 'development' }
