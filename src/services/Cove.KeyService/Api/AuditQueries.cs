using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.Keys.Audit;

namespace Cove.KeyService.Api;

/// <summary>Gives the audit log to whoever checks it: the records as they are hashed. No route of Azure's; only owners may read it.</summary>
internal sealed class AuditQueries(AuditLog log, Uri vault)
{
    private const int Longest = 500;

    /// <summary>GET /audit?after=NUMBER&amp;maxresults=COUNT: records after one, oldest first, and where to go on.</summary>
    public async Task ListAsync(KeyCall call)
    {
        call.Require(DataAction.ReadAudit, RoleScope.Everything);
        var after = Number(call, "after", 0, long.MaxValue);
        var most = (int)Number(call, "maxresults", Longest, Longest);
        var records = log.Read(after, most + 1);
        await call.AnswerAsync(Page(records.Take(most), records.Count > most ? Next(call, records[most - 1].Number, most) : null));
    }

    private static long Number(KeyCall call, string name, long otherwise, long largest)
    {
        if (call.Query(name) is not { } text) return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest && (number > 0 || name == "after")
            ? number
            : throw KeyErrors.BadParameter($"{name} is {text}, expected a number up to {largest}.");
    }

    private static byte[] Page(IEnumerable<AuditRecord> records, string? nextLink)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var record in records)
            {
                writer.WriteStartObject();
                writer.WriteNumber("number", record.Number);
                writer.WriteString("entry", Base64Url.Encode(record.Entry.Span));
                writer.WriteString("hash", Base64Url.Encode(record.Hash.Span));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("nextLink", nextLink);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private string Next(KeyCall call, long after, int most) =>
        string.Create(CultureInfo.InvariantCulture, $"{vault.GetLeftPart(UriPartial.Authority)}/audit?api-version={call.ApiVersion}&after={after}&maxresults={most}");
}
