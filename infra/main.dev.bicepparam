using 'main.bicep'

extends 'main.prod.bicepparam'

param validation = readEnvironmentVariable('VALIDATION', 'documented')
param alwaysReady = 0
param retentionDays = 30
