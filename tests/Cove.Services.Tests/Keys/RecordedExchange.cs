using System.Text;
using System.Text.Json.Nodes;

namespace Cove.Services.Tests.Keys;

/// <summary>One request of a real client and the answer it was content with.</summary>
internal sealed record RecordedExchange(string Method, string Target, string RequestBody, bool HasToken, int Status, string AnswerBody)
{
    /// <summary>Reads a recording: <c>&gt;&gt;&gt;</c> request line, indented headers, a blank line, the body; then <c>&lt;&lt;&lt;</c> status likewise.</summary>
    public static IEnumerable<RecordedExchange> Read(string file)
    {
        foreach (var block in File.ReadAllText(file).Split(">>> ", StringSplitOptions.RemoveEmptyEntries))
        {
            var halves = block.Split("\n<<< ", 2);
            var (request, answer) = (halves[0].Split('\n'), halves[1].Split('\n'));
            var line = request[0].Split(' ', 2);
            yield return new(line[0], line[1].Trim(), Body(request), request.Any(h => h.Contains("authorization: Bearer", StringComparison.OrdinalIgnoreCase)), int.Parse(answer[0].Trim()), Body(answer));
        }
    }

    /// <summary>The names of an answer's members, nested with dots, one of an array for all; only what clients read, not what the recording's stub made up.</summary>
    public static IEnumerable<string> Members(JsonNode? node, string prefix = "") => node switch
    {
        JsonObject o => o.SelectMany(m => Members(m.Value, $"{prefix}.{m.Key}").Prepend($"{prefix}.{m.Key}")),
        JsonArray { Count: > 0 } a => Members(a[0], $"{prefix}[]"),
        _ => [],
    };

    private static string Body(string[] lines)
    {
        var blank = Array.FindIndex(lines, 1, l => l.Trim().Length == 0);
        if (blank < 0) return "";
        var body = new StringBuilder();
        foreach (var line in lines[(blank + 1)..]) body.Append(line.Trim());
        return body.ToString();
    }
}
