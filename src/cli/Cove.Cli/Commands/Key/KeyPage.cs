using System.Text.Json;
using Cove.Cli.Output;
using Cove.Cli.Vault;

namespace Cove.Cli.Commands.Key;

/// <summary>How a key is shown. Never its secret part: the service does not give it.</summary>
internal static class KeyPage
{
    public static Answer Answer(string did, KeyBundle key) => Output.Answer.Of(page => Write(page, did, key), writer => WriteJson(writer, key));

    private static void Write(Page page, string did, KeyBundle key)
    {
        page.Line($"{did}{(did.Length > 0 ? " " : "")}{page.Strong(key.Name)}: {key.KeyType}{(key.Detail is { } detail ? $", {detail}" : "")}{(key.Enabled ? "" : ", disabled")}");
        page.Line($"  id          {key.Id}");
        if (key.Operations.Count > 0) page.Line($"  operations  {string.Join(", ", key.Operations)}");
        if (key.Created is { } created) page.Line($"  created     {created:yyyy-MM-dd HH:mm:ss} UTC");
        if (key.ReleasePolicy is not { } policy)
        {
            page.Line("  release     never: it has no release policy");
            return;
        }

        var first = true;
        foreach (var line in ReleasePolicyText.Lines(policy))
        {
            page.Line($"  {(first ? "release   " : "          ")}  {line}");
            first = false;
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, KeyBundle key)
    {
        writer.WriteStartObject();
        writer.WriteString("id", key.Id);
        writer.WriteString("name", key.Name);
        writer.WriteString("type", key.KeyType);
        writer.WriteString("detail", key.Detail);
        writer.WriteStartArray("operations");
        foreach (var operation in key.Operations) writer.WriteStringValue(operation);
        writer.WriteEndArray();
        writer.WriteBoolean("enabled", key.Enabled);
        writer.WriteBoolean("exportable", key.Exportable);
        if (key.Created is { } created) writer.WriteString("created", created);
        writer.WritePropertyName("releasePolicy");
        if (key.ReleasePolicy is { } policy) policy.WriteTo(writer);
        else writer.WriteNullValue();
        writer.WriteEndObject();
    }
}
