@{
  RootModule = 'ModelPerformance.psm1'
  ModuleVersion = '1.0.0'
  GUID = '5d0f0f0e-8a3c-4a53-9f0b-6a1c2c7be1d4'
  Description = 'Reads and updates Intune model performance through the Model Performance API.'
  PowerShellVersion = '7.4'
  FunctionsToExport = @(
    'Connect-ModelPerformance', 'Get-ModelPerformance', 'Set-ModelPerformance',
    'Start-ModelPerformanceJob', 'Wait-ModelPerformanceJob', 'Stop-ModelPerformanceJob'
  )
  CmdletsToExport = @()
  AliasesToExport = @()
}
