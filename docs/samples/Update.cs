// Updates one model and prints what became of it: dotnet run Update.cs <id>, with the API's address in API and a token in TOKEN.
#:property PublishAot=false
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

// Without WhenWritingNull every property that was never set goes out as null.
var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
// Longer than the minute that the API gives itself.
var api = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("API") + "/"), Timeout = TimeSpan.FromSeconds(90) };
api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("TOKEN"));

Console.WriteLine(await Update(args[0], new Changes { WindowsScore = 87.5, HealthStatus = "meetingGoals" }));

async Task<string> Update(string id, Changes changes)
{
    var outcome = "not-applied";
    for (var attempt = 1; ; attempt++)
    {
        var problem = new Problem("unknown", null, new Error("No answer of the API came."));
        var again = true;
        try
        {
            using var response = await api.PatchAsJsonAsync($"v1/model-performance/{id}", changes, options);
            if (response.IsSuccessStatusCode) return "applied";
            again = response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
            if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
                problem = (await response.Content.ReadFromJsonAsync<Problem>())!;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException) { }
        // One unknown attempt makes the whole unknown, whatever comes after it.
        if (problem.Outcome == "unknown") outcome = "unknown";
        if (!again || attempt == 3) return $"{outcome}: {problem.Error.Message}";
        await Task.Delay(TimeSpan.FromSeconds(problem.RetryAfterSeconds ?? 2));
    }
}

// Nullable, each of them: a plain double that was never set is sent as 0, and no rule can tell that 0 from a meant one.
record Changes
{
    public string? Model { get; init; }
    public string? Manufacturer { get; init; }
    public int? ModelDeviceCount { get; init; }
    public double? WorkFromAnywhereScore { get; init; }
    public double? WindowsScore { get; init; }
    public double? CloudManagementScore { get; init; }
    public double? CloudIdentityScore { get; init; }
    public double? CloudProvisioningScore { get; init; }
    public string? HealthStatus { get; init; }
}

record Problem(string Outcome, int? RetryAfterSeconds, Error Error);

record Error(string Message);
