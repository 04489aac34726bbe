# Many updates at once: a job runs in the API at the rate that Microsoft Graph allows, and goes on when this window is closed.

# The id of each row that names a model by other properties. Refuses, by row, what fits no model or several.
function Resolve-Id([object[]] $Rows, [string[]] $Match) {
  $keyOf = { param($one) ($Match | ForEach-Object { "$($one.$_)".ToLowerInvariant() }) -join "`n" }
  $models = Get-ModelPerformance | Group-Object { & $keyOf $_ } -AsHashTable -AsString
  $mistakes = for ($index = 0; $index -lt $Rows.Count; $index++) {
    $found = @(if ($models) { $models[(& $keyOf $Rows[$index])] | Where-Object { $_ } })
    if ($found.Count -eq 1) { $Rows[$index] = $Rows[$index] | Select-Object *, @{ Name = 'id'; Expression = { $found[0].id } } -ExcludeProperty ($Match + 'id') }
    else { "Row $($index + 1): $($found.Count) models have $($Match -join ' and ') '$((& $keyOf $Rows[$index]) -replace "`n", "' and '")'." }
  }
  if ($mistakes) { throw ($mistakes -join ' ') }
  $Rows
}

<#
.SYNOPSIS
Hands in many updates as one job, and gives the job.
.PARAMETER Path
A CSV file, as Excel of any country saves it. It is sent as it is.
.PARAMETER InputObject
Rows with an id and the properties to change, such as Import-Csv gives.
.PARAMETER Match
Properties by which rows name their model instead of an id, such as Model,Manufacturer.
.PARAMETER IdempotencyKey
The same key with the same rows is the same job, however often it is handed in.
.EXAMPLE
Start-ModelPerformanceJob -Path updates.csv | Wait-ModelPerformanceJob -Result | Where-Object outcome -ne applied
.EXAMPLE
Import-Csv updates.csv | Start-ModelPerformanceJob -Match Model,Manufacturer
#>
function Start-ModelPerformanceJob {
  [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Rows')]
  param(
    [Parameter(Mandatory, ParameterSetName = 'File')] [string] $Path,
    [Parameter(Mandatory, ParameterSetName = 'Rows', ValueFromPipeline)] [object] $InputObject,
    [Parameter(ParameterSetName = 'Rows')] [ValidateSet('model', 'manufacturer')] [string[]] $Match,
    [string] $IdempotencyKey = [guid]::NewGuid(),
    [switch] $NullClears
  )
  begin { $rows = [System.Collections.Generic.List[object]]::new() }
  process { if ($InputObject) { $rows.Add($InputObject) } }
  end {
    if ($Path) { $body, $type, $what = [IO.File]::ReadAllBytes((Resolve-Path $Path)), 'text/csv', $Path }
    else {
      $all = if ($Match) { @(Resolve-Id $rows.ToArray() $Match) } else { $rows.ToArray() }
      $updates = @(foreach ($row in $all) { $change = ConvertTo-Change $row @(); $change.Insert(0, 'id', $row.id); $change })
      $body, $type, $what = (ConvertTo-Json @{ updates = $updates } -Depth 4), 'application/json', "$($updates.Count) rows"
    }
    $query = if ($NullClears) { '?null=clear' } else { '' }
    if ($PSCmdlet.ShouldProcess($what, 'Start a bulk update')) {
      Invoke-Api $PSCmdlet Post "/jobs$query" $body @{ 'Idempotency-Key' = $IdempotencyKey } $type
    }
  }
}

<#
.SYNOPSIS
Waits until a job has ended, and gives the job, or with -Result what became of each row.
#>
function Wait-ModelPerformanceJob {
  [CmdletBinding()]
  param([Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [string] $JobId, [switch] $Result)
  process {
    # Retry-After fits a job of minutes, and one of few rows ends in two seconds: the first looks come earlier.
    $early = 1
    while ($job = Invoke-Api $PSCmdlet Get "/jobs/$JobId") {
      $wait = "$($script:answerHeaders['Retry-After'])"
      if (-not $wait) { break }
      $told = "$($job.rows.total - $job.rows.pending) of $($job.rows.total) rows, perhaps until $($job.estimatedEndAt)"
      Write-Progress -Activity "Bulk update $JobId" -Status $told -PercentComplete $job.percent
      Start-Sleep -Seconds ([Math]::Min($early, [int] $wait))
      $early = [Math]::Min($early * 2, 3600)
    }
    Write-Progress -Activity "Bulk update $JobId" -Completed
    if ($job -and $Result) { (Invoke-Api $PSCmdlet Get "/jobs/$JobId/result").value }
    elseif ($job) { $job }
  }
}

<#
.SYNOPSIS
Cancels what of a job has not started yet, and gives the job. What was sent keeps its result.
#>
function Stop-ModelPerformanceJob {
  [CmdletBinding(SupportsShouldProcess)]
  param([Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [string] $JobId)
  process {
    if ($PSCmdlet.ShouldProcess($JobId, 'Cancel the bulk update')) { Invoke-Api $PSCmdlet Delete "/jobs/$JobId" }
  }
}
