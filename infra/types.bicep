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
@description('How many instances there may be, and how large they are.')
type scale = {
  @description('Most instances at the same time.')
  @minValue(40)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('Memory of one instance, in megabytes.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Instances that are kept warm for HTTP. They are paid for even when nobody calls.')
  @minValue(0)
  @maxValue(20)
  alwaysReady: int
}
