using 'main.bicep'

// What `azd env set <variable> <value>` chooses. A list is separated by commas.
param name = readEnvironmentVariable('AZURE_ENV_NAME', 'model-performance')
param apiClientId = empty(readEnvironmentVariable('ENTRA_API_CLIENT_ID', ''))
  ? fail('The registration of the API is not known. Set its client id: azd env set ENTRA_API_CLIENT_ID <client id>; or let azd provision make it: azd env set ENTRA_GRANTS script.')
  : readEnvironmentVariable('ENTRA_API_CLIENT_ID', '')
param allowedClientIds = empty(readEnvironmentVariable('ENTRA_ALLOWED_CLIENT_IDS', ''))
  ? []
  : split(readEnvironmentVariable('ENTRA_ALLOWED_CLIENT_IDS', ''), ',')
param authenticationInFront = bool(readEnvironmentVariable('AUTHENTICATION_IN_FRONT', 'false'))
param graphCloud = readEnvironmentVariable('GRAPH_CLOUD', 'global')
param graphApiVersion = readEnvironmentVariable('GRAPH_VERSION', 'beta')
param validation = readEnvironmentVariable('VALIDATION', 'strict')
param auditFrom = readEnvironmentVariable('AUDIT_FROM', 'read')
param publicBaseUrl = readEnvironmentVariable('PUBLIC_BASE_URL', '')
param corsOrigins = empty(readEnvironmentVariable('CORS_ORIGINS', ''))
  ? []
  : split(readEnvironmentVariable('CORS_ORIGINS', ''), ',')
param maximumInstances = json(readEnvironmentVariable('MAXIMUM_INSTANCES', '10'))
param instanceMemoryMB = json(readEnvironmentVariable('INSTANCE_MEMORY_MB', '2048'))
param callsPerInstance = json(readEnvironmentVariable('CALLS_PER_INSTANCE', '16'))
param alwaysReady = json(readEnvironmentVariable('ALWAYS_READY', '1'))
param alwaysReadyJobs = json(readEnvironmentVariable('ALWAYS_READY_JOBS', '0'))
param zoneRedundant = bool(readEnvironmentVariable('ZONE_REDUNDANT', 'false'))
param rollingUpdates = bool(readEnvironmentVariable('ROLLING_UPDATES', 'false'))
param privateNetworking = bool(readEnvironmentVariable('PRIVATE_NETWORKING', 'false'))
param allowedRanges = empty(readEnvironmentVariable('ALLOWED_RANGES', ''))
  ? []
  : split(readEnvironmentVariable('ALLOWED_RANGES', ''), ',')
param privateInbound = bool(readEnvironmentVariable('PRIVATE_INBOUND', 'false'))
param bulkWritesPer20Seconds = json(readEnvironmentVariable('BULK_WRITES_PER_20_S', '80'))
param bulkChunksAtOnce = json(readEnvironmentVariable('BULK_CHUNKS_AT_ONCE', '8'))
param jobRetentionDays = json(readEnvironmentVariable('JOB_RETENTION_DAYS', '30'))
param retentionDays = json(readEnvironmentVariable('RETENTION_DAYS', '365'))
param samplingPercent = json(readEnvironmentVariable('TELEMETRY_SAMPLING_PERCENT', '100'))
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param actionGroupIds = empty(readEnvironmentVariable('ACTION_GROUP_IDS', ''))
  ? []
  : split(readEnvironmentVariable('ACTION_GROUP_IDS', ''), ',')
param availabilityLocations = split(
  readEnvironmentVariable(
    'AVAILABILITY_LOCATIONS',
    'emea-nl-ams-azr,emea-gb-db3-azr,us-va-ash-azr,us-ca-sjc-azr,apac-sg-sin-azr'
  ),
  ','
)
