using System.Net;
using System.Text.Json;
using Cove.Cli.Shell;
using Cove.Outcomes;

namespace Cove.Cli.Vault;

/// <summary>What a key service's error answer means for the user. The service's own message is kept: it names the reason.</summary>
internal static class KeyServiceRefusal
{
    public static CommandFailedException Of(HttpStatusCode status, byte[] body, Uri vault)
    {
        var (code, message, inner) = Read(body);
        message = $"{(message ?? $"HTTP {(int)status}").TrimEnd('.')}, {vault.Authority}";
        return status switch
        {
            HttpStatusCode.BadRequest => CommandFailedException.Usage("key-request-refused", message),
            HttpStatusCode.NotFound => CommandFailedException.Usage("key-not-found", message, "cove key list"),
            HttpStatusCode.Conflict => CommandFailedException.Usage("key-conflict", message, "cove key list"),
            HttpStatusCode.Unauthorized => CommandFailedException.NotPermitted("not-authenticated", message, "give an access token with --token FILE"),
            HttpStatusCode.Forbidden when inner == "ForbiddenByRbac" => CommandFailedException.NotPermitted("not-permitted", message, "ask the key's owner for the role"),
            HttpStatusCode.Forbidden => CommandFailedException.Rejected(
                "the key service does not release",
                [new Finding("key-release-refused", code ?? "Forbidden", "evidence that satisfies the key's release policy", message)]),
            _ => CommandFailedException.Unavailable("key-service-failed", message, "cove dev status"),
        };
    }

    private static (string? Code, string? Message, string? Inner) Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? (Text(error, "code"), Text(error, "message"), error.TryGetProperty("innererror", out var inner) && inner.ValueKind == JsonValueKind.Object ? Text(inner, "code") : null)
                : default;
        }
        catch (JsonException)
        {
            return default; // a gateway's page, say: the status has to do
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
