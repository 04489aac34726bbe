@export()
@description('Microsoft’s cloud that Graph and Entra ID are in.')
type cloud = 'global' | 'usgov' | 'usgovdod' | 'china'

@export()
@description('Version of Microsoft Graph that is called; each needs a permission of its own.')
type graphVersion = 'beta' | 'v1.0'

@export()
@description('A GUID in its usual spelling.')
@minLength(36)
@maxLength(36)
type guidText = string

@export()
@description('How long Azure Monitor keeps records, in days: it takes these values and no others.')
type retention = 30 | 60 | 90 | 120 | 180 | 270 | 365 | 550 | 730

@export()
@description('How many instances there may be, how large they are, and how many of them wait for work.')
type scale = {
  maximumInstances: int
  instanceMemoryMB: 512 | 2048 | 4096
  callsPerInstance: int
  @description('Instances that wait for HTTP.')
  alwaysReady: int
  @description('Instances that wait for jobs.')
  alwaysReadyJobs: int
  zoneRedundant: bool
  rollingUpdates: bool
}
