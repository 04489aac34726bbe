// What a .NET caller sends: every member of its class, and the ways in which it can say what it means.
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

var (address, token) = (args[0], args[1]);
using var client = new HttpClient();
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

var update = new ModelPerformance { WindowsScore = 87.5 };
var leaveOut = new JsonSerializerOptions(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
var mergePatch = new StringContent("""{"model":null,"windowsScore":1.5}""", Encoding.UTF8, "application/merge-patch+json");

await Tell("every member", client.PatchAsJsonAsync(address, update));
await Tell("nulls left out", client.PatchAsJsonAsync(address, update, leaveOut));
await Tell("nulls confirmed", client.PatchAsJsonAsync($"{address}?null=clear", update));
await Tell("a merge patch", client.PatchAsync(address, mergePatch));

// What was read is sent back with one value changed.
var read = (await client.GetFromJsonAsync<JsonObject>(address))!;
read["windowsScore"] = 2.5;
await Tell("read and sent back", client.PatchAsJsonAsync($"{address}?null=clear", read));

static async Task Tell(string what, Task<HttpResponseMessage> call)
{
    using var response = await call;
    var body = await response.Content.ReadFromJsonAsync<JsonObject>();
    var seen = new { what, status = (int)response.StatusCode, code = body?["error"]?["code"], model = body?["model"], windowsScore = body?["windowsScore"] };
    Console.WriteLine(JsonSerializer.Serialize(seen));
}

sealed class ModelPerformance
{
    public string? Model { get; set; }
    public string? Manufacturer { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? ModelDeviceCount { get; set; }
    public double WindowsScore { get; set; }
}
