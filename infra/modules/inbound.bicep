import { cloud } from '../types.bicep'

@description('Begin of every name.')
param name string

@description('Where the endpoint is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Site that is reached through the endpoint alone.')
param siteId string

@description('Network in which its name leads to the endpoint.')
param networkId string

@description('Subnet that the endpoint gets its address from.')
param subnetId string

@description('Microsoft’s cloud: each has another domain for sites.')
param graphCloud cloud

// Source: "Azure Private Endpoint private DNS zone values".
var zoneNames = {
  global: 'privatelink.azurewebsites.net'
  usgov: 'privatelink.azurewebsites.us'
  usgovdod: 'privatelink.azurewebsites.us'
  china: 'privatelink.chinacloudsites.cn'
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneNames[graphCloud]
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: '${name}-site'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: 'site'
        properties: { privateLinkServiceId: siteId, groupIds: ['sites'] }
      }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: 'site'
        properties: { privateDnsZoneId: zone.id }
      }
    ]
  }
  dependsOn: [link]
}
