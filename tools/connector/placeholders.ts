/** What the committed files of the connector hold in place of one organisation's own values. */
export const placeholders = {
  host: 'your-app.azurewebsites.net',
  connectorClientId: '00000000-0000-0000-0000-0000000000c1',
  tenantId: '00000000-0000-0000-0000-000000000071',
} as const;
