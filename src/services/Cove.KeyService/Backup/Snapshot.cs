using System.Buffers;
using System.Data.Common;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.KeyService.Backup;

/// <summary>
/// The whole state at one moment as lines of JSON: first what it is, then a row a line, each an array of the table's name and its values. What is secret in the
/// rows stays sealed for its own place, so that not even this text gives a key away.
/// </summary>
internal static class Snapshot
{
    /// <summary>Longest snapshot, in bytes; a backup that could not be restored is not made.</summary>
    public const int MaximumLength = 128 * 1024 * 1024;

    private const string Format = "full backup";
    private const string FormatName = "cove-full-backup";
    private const int Version = 1;
    private const int MaximumLine = 4 * 1024 * 1024;

    /// <summary>Writes what this view of the database shows.</summary>
    /// <exception cref="MalformedException">The state is too much for one backup.</exception>
    public static byte[] Write(DbConnection connection, string name, Uri vault, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("format", FormatName);
        writer.WriteNumber("version", Version);
        writer.WriteString("name", name);
        writer.WriteString("vault", vault.AbsoluteUri);
        writer.WriteString("at", now);
        writer.WriteEndObject();
        End(buffer, writer);
        foreach (var table in BackupTable.All)
        {
            using var command = connection.Command(table.Select);
            using var row = command.ExecuteReader();
            while (row.Read()) WriteRow(buffer, writer, table, row);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The rows of a snapshot.</summary>
    /// <exception cref="MalformedException">It is of a kind that this service does not know.</exception>
    public static IReadOnlyList<BackupRow> Read(ReadOnlyMemory<byte> snapshot)
    {
        var rest = snapshot;
        using (var about = StrictJson.ParseObject(Line(ref rest), Format, MaximumLine))
        {
            if (StrictJson.RequiredString(about.RootElement, "format", Format) != FormatName || !about.RootElement.TryGetProperty("version", out var version) || !version.TryGetInt32(out var number)
                || number != Version)
                throw new MalformedException(Format, "version", $"is not {FormatName} {Version}");
        }

        var rows = new List<BackupRow>();
        while (!rest.IsEmpty) rows.Add(ReadRow(Line(ref rest)));
        return rows;
    }

    private static void WriteRow(ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer, BackupTable table, DbDataReader row)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(table.Name);
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (row.IsDBNull(i)) writer.WriteNullValue();
            else if (table.Columns[i].Kind == ColumnKind.Text) writer.WriteStringValue(row.GetString(i));
            else if (table.Columns[i].Kind == ColumnKind.Number) writer.WriteNumberValue(row.GetInt64(i));
            else if (table.Columns[i].Kind == ColumnKind.Truth) writer.WriteBooleanValue(row.GetBoolean(i));
            else writer.WriteBase64StringValue(row.GetFieldValue<byte[]>(i));
        }

        writer.WriteEndArray();
        End(buffer, writer);
    }

    private static void End(ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
    {
        writer.Flush();
        writer.Reset();
        buffer.Write("\n"u8);
        if (buffer.WrittenCount > MaximumLength) throw new MalformedException(Format, "length", $"is more than {MaximumLength} bytes: there are too many keys for one backup");
    }

    private static ReadOnlyMemory<byte> Line(ref ReadOnlyMemory<byte> rest)
    {
        var end = rest.Span.IndexOf((byte)'\n');
        if (end is < 0 or > MaximumLine) throw new MalformedException(Format, "line", $"does not end within {MaximumLine} bytes");
        var line = rest[..end];
        rest = rest[(end + 1)..];
        return line;
    }

    private static BackupRow ReadRow(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            var table = BackupTable.All.FirstOrDefault(t => row[0].ValueEquals(t.Name)) ?? throw new MalformedException(Format, "table", $"is {row[0]}, which this service does not know");
            if (row.GetArrayLength() != table.Columns.Count + 1) throw new MalformedException(Format, table.Name, $"has {row.GetArrayLength() - 1} columns, expected {table.Columns.Count}");
            return new(table, [.. table.Columns.Select((column, i) => Value(row[i + 1], column.Kind))]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new MalformedException(Format, "row", "is not a table's name and its values", inner: e);
        }
    }

    private static object? Value(JsonElement value, ColumnKind kind) => value.ValueKind == JsonValueKind.Null ? null : kind switch
    {
        ColumnKind.Text => value.GetString(),
        ColumnKind.Number => value.GetInt64(),
        ColumnKind.Truth => value.GetBoolean(),
        _ => value.GetBytesFromBase64(),
    };
}
