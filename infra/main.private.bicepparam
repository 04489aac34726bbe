using 'main.bicep'

extends 'main.prod.bicepparam'

param privateNetworking = true
