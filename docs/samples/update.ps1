# Updates one model and prints what became of it: pwsh update.ps1 <id>, with the API's address in API and a token in TOKEN.
#Requires -Version 7.4
param([Parameter(Mandatory)] [string] $Id)
$ErrorActionPreference = 'Stop'

function Update-Model([string] $Id, [hashtable] $Changes) {
  $request = @{
    Uri = "$env:API/v1/model-performance/$Id"
    Method = 'Patch'
    Headers = @{ Authorization = "Bearer $env:TOKEN" }
    ContentType = 'application/json'
    # What is not in the table is not sent. A key with $null is: it would clear the model's name.
    Body = ConvertTo-Json $Changes
    # Longer than the minute that the API gives itself.
    TimeoutSec = 90
  }
  $outcome = 'not-applied'
  for ($attempt = 1; ; $attempt++) {
    $status = 0
    try { $answer = Invoke-RestMethod @request -SkipHttpErrorCheck -StatusCodeVariable status } catch { $answer = $null }
    if ($status -in 200..299) { return 'applied' }
    $message = $answer.error.message ?? 'No answer of the API came.'
    # One unknown attempt makes the whole unknown, whatever comes after it.
    if ($answer.outcome -ne 'not-applied') { $outcome = 'unknown' }
    $again = $status -eq 0 -or $status -eq 429 -or $status -ge 500
    if (-not $again -or $attempt -eq 3) { return "${outcome}: $message" }
    Start-Sleep -Seconds ($answer.retryAfterSeconds ?? 2)
  }
}

Update-Model $Id @{ windowsScore = 87.5; healthStatus = 'meetingGoals' }
