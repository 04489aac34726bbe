# Nothing here is written in a way that Windows PowerShell cannot read, so that it gets to this sentence.
if ($PSVersionTable.PSVersion -lt [version] '7.4') {
  throw "This module needs PowerShell 7.4 or newer, and this is $($PSVersionTable.PSVersion). Start it with: pwsh"
}
$ErrorActionPreference = 'Stop'

$script:connection = $null
$script:properties = @(
  'model', 'manufacturer', 'modelDeviceCount', 'workFromAnywhereScore', 'windowsScore', 'cloudManagementScore',
  'cloudIdentityScore', 'cloudProvisioningScore', 'healthStatus'
)

<#
.SYNOPSIS
Says where the API is, and with which token it is called.
.PARAMETER BaseUrl
Address of the app, such as https://<app>.azurewebsites.net.
.PARAMETER Token
A token, or a script block that gives one and is asked before each call. By default the variable TOKEN of the environment.
.PARAMETER ApiClientId
Client id of the API: the Azure CLI is then asked for a token, before each call.
.EXAMPLE
Connect-ModelPerformance https://models.azurewebsites.net -ApiClientId 00000000-0000-0000-0000-000000000000
#>
function Connect-ModelPerformance {
  [CmdletBinding()]
  param([Parameter(Mandatory)] [uri] $BaseUrl, [object] $Token = $env:TOKEN, [guid] $ApiClientId)
  if ($PSBoundParameters.ContainsKey('ApiClientId')) {
    $Token = { az account get-access-token --scope "$ApiClientId/.default" --query accessToken --output tsv }.GetNewClosure()
  }
  if (-not $Token) { throw 'There is no token. Give -Token or -ApiClientId, or set TOKEN.' }
  $script:connection = @{ Root = "$($BaseUrl.AbsoluteUri.TrimEnd('/'))/api/v1/model-performance"; Token = $Token }
}

# What the API refuses or cannot tell becomes an error whose id is the problem's code and whose target is the problem, with its outcome.
function Write-Problem($Cmdlet, $Problem, [string] $Outcome) {
  $message = "$($Problem.error.message) (outcome: $Outcome)"
  $exception = [System.Exception]::new($message)
  $exception.Data['outcome'] = $Outcome
  $record = [System.Management.Automation.ErrorRecord]::new($exception, $Problem.error.code, 'InvalidResult', $Problem)
  $Cmdlet.WriteError($record)
}

# One call. It is sent again where that can help: after 429, 5xx and when no answer came. Gives the answer, or writes the error and gives nothing.
function Invoke-Api($Cmdlet, [string] $Method, [string] $Path, $Body, [hashtable] $Headers = @{}, [string] $ContentType = 'application/json') {
  if (-not $script:connection) { throw 'Call Connect-ModelPerformance first.' }
  $outcome = 'not-applied'
  for ($attempt = 1; ; $attempt++) {
    $token = $script:connection.Token
    if ($token -is [scriptblock]) { $token = & $token }
    $request = @{ Method = $Method; Uri = $Path; TimeoutSec = 90; Headers = $Headers + @{ Authorization = "Bearer $token" } }
    if (-not $Path.StartsWith('http')) { $request.Uri = $script:connection.Root + $Path }
    if ($null -ne $Body) { $request.Body = $Body; $request.ContentType = $ContentType }
    $status = 0
    $answer = $null
    try { $answer = Invoke-RestMethod @request -SkipHttpErrorCheck -StatusCodeVariable status -ResponseHeadersVariable script:answerHeaders } catch { Write-Verbose $_ }
    Write-Verbose "$Method $($request.Uri) $status"
    if ($status -ge 200 -and $status -lt 300) { return $answer }
    if (-not $answer.error.message) {
      $answer = [pscustomobject] @{ error = @{ code = 'no-answer'; message = 'No answer of the API came.' }; outcome = 'unknown' }
    }
    # One unknown attempt makes the whole unknown, whatever comes after it.
    if ($answer.outcome -ne 'not-applied') { $outcome = 'unknown' }
    $again = $status -eq 0 -or $status -eq 429 -or $status -ge 500
    if (-not $again -or $attempt -eq 3) { return Write-Problem $Cmdlet $answer $outcome }
    $wait = 2
    if ($answer.retryAfterSeconds) { $wait = $answer.retryAfterSeconds }
    Start-Sleep -Seconds $wait
  }
}

<#
.SYNOPSIS
Lists models, or gives those with the ids.
.EXAMPLE
Get-ModelPerformance -Manufacturer 'Dell Inc.' | Where-Object windowsScore -lt 50
#>
function Get-ModelPerformance {
  [CmdletBinding(DefaultParameterSetName = 'List')]
  param(
    [Parameter(Mandatory, ParameterSetName = 'One', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [string] $Id,
    [Parameter(ParameterSetName = 'List')] [string] $Model,
    [Parameter(ParameterSetName = 'List')] [string] $Manufacturer,
    [Parameter(ParameterSetName = 'List')] [string] $HealthStatus
  )
  process {
    if ($Id) { return Invoke-Api $PSCmdlet Get "/$Id" }
    $filters = $PSBoundParameters.GetEnumerator() | Where-Object Key -in 'Model', 'Manufacturer', 'HealthStatus'
    $query = $filters | ForEach-Object { "$($_.Key.Substring(0, 1).ToLowerInvariant() + $_.Key.Substring(1))=$([uri]::EscapeDataString($_.Value))" }
    for ($next = '?' + ($query -join '&'); $next; $next = $page.nextLink) {
      $page = Invoke-Api $PSCmdlet Get $next
      $page.value
    }
  }
}

# PowerShell itself reads '87,5' as 875: a text is a number only as JSON writes one.
function ConvertTo-Number($Value, [string] $Name, [type] $Type) {
  if ($Value -is [string] -and $Value -notmatch '^-?\d+(\.\d+)?([eE][+-]?\d+)?$') {
    throw "'$Value' is no number for ${Name}: a number has a decimal point and no separator of thousands."
  }
  $Value -as $Type
}

# What of an object is to be sent: the properties that have a value. Texts of a CSV become numbers; an empty cell leaves a property as it is.
function ConvertTo-Change($Row, [string[]] $Clear) {
  $change = [ordered] @{}
  foreach ($name in $script:properties) {
    $value = $Row.$name
    if ($Clear -contains $name) { $change[$name] = $null }
    elseif ($null -eq $value -or "$value" -eq '') { continue }
    elseif ($name -eq 'modelDeviceCount') { $change[$name] = ConvertTo-Number $value $name ([int]) }
    elseif ($name -like '*Score') { $change[$name] = ConvertTo-Number $value $name ([double]) }
    else { $change[$name] = [string] $value }
  }
  $change
}

<#
.SYNOPSIS
Updates models one by one, and gives each as Microsoft Graph then has it. -WhatIf shows what would change.
.PARAMETER Clear
Properties to clear: model, manufacturer.
.EXAMPLE
Set-ModelPerformance 7ec79407-9407-7ec7-0794-c77e0794c77e -WindowsScore 87.5 -HealthStatus meetingGoals
.EXAMPLE
Import-Csv updates.csv | Set-ModelPerformance -WhatIf
#>
function Set-ModelPerformance {
  [CmdletBinding(SupportsShouldProcess)]
  param(
    [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [string] $Id,
    [Parameter(ValueFromPipelineByPropertyName)] [string] $Model,
    [Parameter(ValueFromPipelineByPropertyName)] [string] $Manufacturer,
    [Parameter(ValueFromPipelineByPropertyName)] [object] $ModelDeviceCount,
    [Parameter(ValueFromPipelineByPropertyName)] [object] $WorkFromAnywhereScore,
    [Parameter(ValueFromPipelineByPropertyName)] [object] $WindowsScore,
    [Parameter(ValueFromPipelineByPropertyName)] [object] $CloudManagementScore,
    [Parameter(ValueFromPipelineByPropertyName)] [object] $CloudIdentityScore,
    [Parameter(ValueFromPipelineByPropertyName)] [object] $CloudProvisioningScore,
    [Parameter(ValueFromPipelineByPropertyName)] [string] $HealthStatus,
    [ValidateSet('model', 'manufacturer')] [string[]] $Clear = @()
  )
  process {
    $body = ConvertTo-Change ([pscustomobject] $PSBoundParameters) $Clear | ConvertTo-Json
    $query = if ($Clear) { '?null=clear' } else { '' }
    if ($WhatIfPreference) {
      $preview = Invoke-Api $PSCmdlet Post "/$Id/preview$query" $body
      foreach ($change in $preview.changes) {
        [pscustomobject] @{ id = $preview.id; property = $change.property; from = $change.from; to = $change.to }
      }
    }
    elseif ($PSCmdlet.ShouldProcess($Id, 'Update model performance')) { Invoke-Api $PSCmdlet Patch "/$Id$query" $body }
  }
}

. $PSScriptRoot/Jobs.ps1
