using System.Text.Json;
using Cove.Keys.Audit;
using Cove.Outcomes;

namespace Cove.Cli.Commands.Key.Audit;

/// <summary>A record of the audit log as a person reads it.</summary>
internal sealed record AuditEvent(long Number, DateTimeOffset At, string Operation, string Key, string Caller, string Outcome, string? Reason)
{
    private const string Format = "audit record";

    /// <exception cref="MalformedException">It is not a record of ours.</exception>
    public static AuditEvent Read(AuditRecord record)
    {
        try
        {
            using var document = JsonDocument.Parse(record.Entry);
            var entry = document.RootElement;
            var reason = entry.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.GetProperty("code")}: {finding.GetProperty("field")}").FirstOrDefault();
            return new(record.Number, entry.GetProperty("at").GetDateTimeOffset(), Text(entry, "operation"), Text(entry, "key"), Text(entry, "caller"), Text(entry, "outcome"), reason);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new MalformedException(Format, $"record {record.Number}", "is not an entry of the key service");
        }
    }

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString() ?? "";
}
