// What a caller writes with each generated client: two properties of one model, and the outcome when that fails.
using System.Net.Http.Headers;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

var (client, api, token, id) = (args[0], args[1], args[2], args[3]);
Console.WriteLine(await (client == "nswag" ? FromNSwagAsync() : FromKiotaAsync()));

async Task<string> FromNSwagAsync()
{
    var http = new HttpClient { BaseAddress = new Uri(api + "/") };
    http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    var models = new FromNSwag.Client(http) { BaseUrl = api };
    try
    {
        var model = await models.UpdateModelPerformanceAsync(id, null, new() { WindowsScore = 87.5 });
        return $"{model.Model}: {model.WindowsScore}";
    }
    catch (FromNSwag.ApiException error)
    {
        return error.StatusCode.ToString();
    }
}

async Task<string> FromKiotaAsync()
{
    var provider = new BaseBearerTokenAuthenticationProvider(new Given(token));
    var models = new FromKiota.ModelClient(new HttpClientRequestAdapter(provider) { BaseUrl = api });
    try
    {
        var model = await models.V1.ModelPerformance[id].PatchAsync(new() { WindowsScore = 87.5 });
        return $"{model!.Model}: {model.WindowsScore}";
    }
    catch (ApiException error)
    {
        return error.ResponseStatusCode.ToString();
    }
}

/// <summary>A token that is there already; Microsoft.Kiota.Authentication.Azure gets one from a credential.</summary>
class Given(string token) : IAccessTokenProvider
{
    public AllowedHostsValidator AllowedHostsValidator { get; } = new();
    public Task<string> GetAuthorizationTokenAsync(Uri uri, Dictionary<string, object>? context = null, CancellationToken cancel = default) => Task.FromResult(token);
}
