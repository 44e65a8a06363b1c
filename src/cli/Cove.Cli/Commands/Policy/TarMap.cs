using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Cli.Commands.Policy;

/// <summary>A JSON file that says which archive holds which image: <c>{"NAME": "PATH"}</c>, paths from the file's own folder.</summary>
internal static class TarMap
{
    /// <exception cref="MalformedException">It is no such file.</exception>
    public static IReadOnlyList<(string Image, string Path)> Parse(byte[] file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.ValueKind == JsonValueKind.String
                    ? member.Value.GetString()!
                    : throw new MalformedException("map of archives", member.Name, "is not a path")))]
                : throw new MalformedException("map of archives", "document", "is not an object");
        }
        catch (JsonException bad)
        {
            throw new MalformedException("map of archives", "document", $"is not JSON: {bad.Message}", inner: bad);
        }
    }
}
