using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>How an image's container runs by default, and what its layers are (OCI image specification, image configuration).</summary>
public sealed record ImageConfiguration
{
    /// <summary>The digests of the uncompressed layer tars, base first.</summary>
    public required IReadOnlyList<Digest> DiffIds { get; init; }

    /// <summary>The command's fixed part.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The arguments that a caller may replace.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment variables as NAME=VALUE, in the image's order.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>User, or user:group, by name or number; empty means root.</summary>
    public string User { get; init; } = "";

    /// <summary>The working directory; empty means the root.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The signal that stops the container; empty means SIGTERM.</summary>
    public string StopSignal { get; init; } = "";

    /// <summary>Labels, sorted by name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Ports as PORT/PROTOCOL, sorted.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>When the image was made, where it says.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="MalformedException">Not a configuration, or of another platform than linux/amd64.</exception>
    public static ImageConfiguration Parse(ReadOnlyMemory<byte> json)
    {
        using var document = OciJson.Parse(json, "configuration");
        var root = document.RootElement;
        var platform = $"{OciJson.Text(root, "os")}/{OciJson.Text(root, "architecture")}";
        if (platform != ImageIndex.Platform) throw OciJson.Wrong("platform", $"is {platform}, expected {ImageIndex.Platform}");
        var layers = OciJson.Object(root, "rootfs") ?? throw OciJson.Wrong("rootfs", "is missing");
        if (OciJson.Text(layers, "type") != "layers") throw OciJson.Wrong("rootfs.type", "is not 'layers'");
        using var none = JsonDocument.Parse("{}");
        var config = OciJson.Object(root, "config") ?? none.RootElement;
        return new ImageConfiguration
        {
            DiffIds = [.. OciJson.Texts(layers, "diff_ids").Select(id => Digest.Parse(id, "diff_id"))],
            Entrypoint = OciJson.Texts(config, "Entrypoint"),
            Command = OciJson.Texts(config, "Cmd"),
            Environment = OciJson.Texts(config, "Env"),
            User = OciJson.OptionalText(config, "User") ?? "",
            WorkingDirectory = OciJson.OptionalText(config, "WorkingDir") ?? "",
            StopSignal = OciJson.OptionalText(config, "StopSignal") ?? "",
            Labels = OciJson.Map(config, "Labels"),
            ExposedPorts = OciJson.Object(config, "ExposedPorts") is { } ports ? [.. ports.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)] : [],
            Created = ParseTime(OciJson.OptionalText(root, "created")),
        };
    }

    internal byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (Created is { } created) json.WriteString("created", created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteString("architecture", "amd64");
            json.WriteString("os", "linux");
            json.WriteStartObject("config");
            WriteTexts(json, "Entrypoint", Entrypoint);
            WriteTexts(json, "Cmd", Command);
            WriteTexts(json, "Env", Environment);
            if (User.Length > 0) json.WriteString("User"u8, User);
            if (WorkingDirectory.Length > 0) json.WriteString("WorkingDir", WorkingDirectory);
            if (StopSignal.Length > 0) json.WriteString("StopSignal"u8, StopSignal);
            WriteLabelsAndPorts(json);
            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            json.WriteStartArray("diff_ids");
            foreach (var id in DiffIds) json.WriteStringValue(id.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static DateTimeOffset? ParseTime(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw OciJson.Wrong("created", "is no date and time");

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private void WriteLabelsAndPorts(Utf8JsonWriter json)
    {
        if (Labels.Count > 0)
        {
            json.WriteStartObject("Labels"u8);
            foreach (var (name, value) in Labels.OrderBy(label => label.Key, StringComparer.Ordinal)) json.WriteString(name, value);
            json.WriteEndObject();
        }

        if (ExposedPorts.Count == 0) return;
        json.WriteStartObject("ExposedPorts"u8);
        foreach (var port in ExposedPorts.Order(StringComparer.Ordinal))
        {
            json.WriteStartObject(port);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
