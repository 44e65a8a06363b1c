using System.Buffers;
using System.Data.Common;
using System.Text.Json;
using Cove.Hosting.Storage;
using Cove.Keys.Audit;

namespace Cove.KeyService.Audit;

/// <summary>
/// Every release, denial and change, in order. Each row's hash is SHA-256 over the hash before it and its own text, so that a row
/// changed, removed or put in breaks the chain from there on; triggers refuse updates and deletions.
/// </summary>
internal sealed class AuditLog(Database database, TimeProvider clock)
{
    /// <summary>Appends an entry. When the task completes it is on disk: answer the caller only then.</summary>
    public Task<long> AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
        => database.WriteAsync(connection => Append(connection, entry), cancellationToken);

    /// <summary>Appends an entry in the same transaction as the change that it tells of.</summary>
    public long Append(DbConnection connection, AuditEntry entry)
    {
        var (last, hash) = Head(connection);
        var text = Text(last + 1, entry);
        connection.ExecuteKept("INSERT INTO audit (seq, entry, hash) VALUES (@seq, @entry, @hash)", ("@seq", last + 1), ("@entry", text),
            ("@hash", AuditChain.Next(hash, text)));
        return last + 1;
    }

    /// <summary>Records after one of them, oldest first.</summary>
    /// <param name="after">The number of a record; 0 for all.</param>
    /// <param name="most">How many.</param>
    public IReadOnlyList<AuditRecord> Read(long after, int most) => database.Read(connection =>
    {
        using var some = connection.Command("SELECT seq, entry, hash FROM audit WHERE seq > @after ORDER BY seq LIMIT @most", ("@after", after), ("@most", most));
        using var row = some.ExecuteReader();
        var records = new List<AuditRecord>();
        while (row.Read()) records.Add(new(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2)));
        return records;
    });

    private static (long Last, byte[] Hash) Head(DbConnection connection) => connection.Ask(
        "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
        row => row.Read() ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : (0, new byte[AuditChain.HashLength]));

    private byte[] Text(long number, AuditEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", number);
            writer.WriteString("at", clock.GetUtcNow());
            writer.WriteString("operation", entry.Operation);
            writer.WriteString("key", entry.Key);
            writer.WriteString("caller", entry.Caller);
            writer.WriteString("request", entry.RequestId);
            if (entry.Authority is not null) writer.WriteString("authority", entry.Authority);
            if (entry.Simulated) writer.WriteBoolean("simulated", true);
            writer.WriteString("outcome", entry.Findings.Count == 0 ? "done" : "denied");
            writer.WriteStartArray("findings");
            foreach (var finding in entry.Findings)
            {
                writer.WriteStartObject();
                writer.WriteString("code", finding.Code);
                writer.WriteString("field", finding.Field);
                writer.WriteString("expected", finding.Expected);
                writer.WriteString("actual", finding.Actual);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
