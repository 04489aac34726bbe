using 'main.bicep'

extends 'main.prod.bicepparam'

param privateNetworking = true
param privateInbound = true
param zoneRedundant = true
