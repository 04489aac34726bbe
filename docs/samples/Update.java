// Updates one model and prints what became of it: java -cp <Jackson> Update.java <id>, with the API's address in API and a token in TOKEN.
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

class Update {
    static final HttpClient http = HttpClient.newHttpClient();
    static final ObjectMapper json = new ObjectMapper();

    // Without NON_NULL every property that was never set goes out as null. Boxed types, each of them: a plain double is sent as 0.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Changes(
            String model,
            String manufacturer,
            Integer modelDeviceCount,
            Double workFromAnywhereScore,
            Double windowsScore,
            Double cloudManagementScore,
            Double cloudIdentityScore,
            Double cloudProvisioningScore,
            String healthStatus) {}

    static String update(String id, Changes changes) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("API") + "/v1/model-performance/" + id))
                .header("Authorization", "Bearer " + System.getenv("TOKEN"))
                .header("Content-Type", "application/json")
                // Longer than the minute that the API gives itself.
                .timeout(Duration.ofSeconds(90))
                .method("PATCH", BodyPublishers.ofString(json.writeValueAsString(changes)))
                .build();
        var outcome = "not-applied";
        for (var attempt = 1; ; attempt++) {
            JsonNode problem = json.readTree("{\"outcome\":\"unknown\",\"error\":{\"message\":\"No answer of the API came.\"}}");
            var again = true;
            try {
                var response = http.send(request, BodyHandlers.ofString());
                var status = response.statusCode();
                if (status < 300) return "applied";
                again = status == 429 || status >= 500;
                var type = response.headers().firstValue("content-type").orElse("");
                if (type.equals("application/problem+json")) problem = json.readTree(response.body());
            } catch (IOException lost) {
                // Stays unknown.
            }
            // One unknown attempt makes the whole unknown, whatever comes after it.
            if (problem.get("outcome").asText().equals("unknown")) outcome = "unknown";
            if (!again || attempt == 3) return outcome + ": " + problem.at("/error/message").asText();
            Thread.sleep(Duration.ofSeconds(problem.path("retryAfterSeconds").asInt(2)).toMillis());
        }
    }

    public static void main(String[] arguments) throws Exception {
        var changes = new Changes(null, null, null, null, 87.5, null, null, null, "meetingGoals");
        System.out.println(update(arguments[0], changes));
    }
}
