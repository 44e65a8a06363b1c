namespace Cove.AttestationService.Http;

/// <summary>The versions of the REST API that clients may ask for.</summary>
internal static class ApiVersions
{
    private static readonly string[] Known = ["2018-09-01-preview", "2020-10-01", "2022-08-01", "2022-09-01-preview", "2023-04-01-preview", "2025-06-01", "2026-03-11-preview"];

    /// <summary>Requires exactly one <c>api-version</c>, and one of those known.</summary>
    public static void Require(HttpRequest request)
    {
        var given = request.Query["api-version"];
        if (given.Count != 1 || !Known.Contains(given[0], StringComparer.OrdinalIgnoreCase))
            throw MaaErrors.InvalidParameter($"api-version is {(given.Count == 0 ? "missing" : $"\"{given}\"")}, expected one of {string.Join(", ", Known)}");
    }
}
