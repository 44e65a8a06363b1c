using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.KeyService.Storage;

namespace Cove.KeyService.Secrets;

/// <summary>Secrets as answers show them.</summary>
internal sealed class SecretBundles(Uri vault)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Base => vault.GetLeftPart(UriPartial.Authority);

    /// <summary>A SecretBundle, with its value where one is given.</summary>
    public byte[] Bundle(StoredSecret secret, ReadOnlySpan<byte> value)
    {
        var buffer = new ArrayBufferWriter<byte>(value.Length + 1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("value", value);
            WriteMembers(writer, secret, withVersion: true);
            writer.WriteEndObject();
        }

        var json = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return json;
    }

    public byte[] Item(StoredSecret secret) => Write(writer => WriteMembers(writer, secret, withVersion: true));

    public byte[] Deleted(DeletedSecret deleted) => Write(writer => WriteDeleted(writer, deleted, withVersion: true));

    public byte[] Page(IEnumerable<StoredSecret> secrets, bool withVersion, string? nextLink)
        => Page(secrets, (writer, secret) => WriteMembers(writer, secret, withVersion), nextLink);

    public byte[] Page(IEnumerable<DeletedSecret> secrets, string? nextLink)
        => Page(secrets, (writer, deleted) => WriteDeleted(writer, deleted, withVersion: false), nextLink);

    private static byte[] Page<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write, string? nextLink) => Write(writer =>
    {
        writer.WriteStartArray("value");
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("nextLink", nextLink);
    });

    private void WriteDeleted(Utf8JsonWriter writer, DeletedSecret deleted, bool withVersion)
    {
        writer.WriteString("recoveryId", $"{Base}/deletedsecrets/{deleted.Secret.Name}");
        writer.WriteNumber("deletedDate", deleted.Deleted.ToUnixTimeSeconds());
        writer.WriteNumber("scheduledPurgeDate", deleted.ScheduledPurge.ToUnixTimeSeconds());
        WriteMembers(writer, deleted.Secret, withVersion);
    }

    private void WriteMembers(Utf8JsonWriter writer, StoredSecret secret, bool withVersion)
    {
        writer.WriteString("id", withVersion ? $"{Base}/secrets/{secret.Name}/{secret.Version}" : $"{Base}/secrets/{secret.Name}");
        if (secret.ContentType is not null) writer.WriteString("contentType", secret.ContentType);
        writer.WriteStartObject("attributes");
        writer.WriteBoolean("enabled", secret.Enabled);
        if (secret.NotBefore is { } nbf) writer.WriteNumber("nbf", nbf.ToUnixTimeSeconds());
        if (secret.Expires is { } exp) writer.WriteNumber("exp", exp.ToUnixTimeSeconds());
        writer.WriteNumber("created", secret.Created.ToUnixTimeSeconds());
        writer.WriteNumber("updated", secret.Updated.ToUnixTimeSeconds());
        writer.WriteString("recoveryLevel", "Recoverable+Purgeable");
        writer.WriteNumber("recoverableDays", KeyStore.RecoverableDays);
        writer.WriteEndObject();
        if (secret.Tags is not { } tags) return;
        writer.WriteStartObject("tags");
        foreach (var (name, value) in tags) writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
