using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>The OCI process: what a bundle's first process is, and what an exec is.</summary>
/// <param name="User"><c>uid:gid</c>.</param>
internal sealed record OciProcess(
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Env,
    string WorkingDirectory,
    string User,
    IReadOnlyList<uint> AdditionalGroups,
    string? Umask,
    ProcessCapabilities Capabilities,
    bool NoNewPrivileges,
    bool Terminal)
{
    /// <summary>Without values: they may be secrets.</summary>
    public override string ToString() => $"{Args.Count} args, {Env.Count} variables";

    public static OciProcess Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return Parse(document.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            throw new MalformedException("OCI process", "json", wrong.Message, inner: wrong);
        }
    }

    public static OciProcess Parse(JsonElement process)
    {
        var (user, sets) = (process.Member("user"), process.Member("capabilities"));
        return new OciProcess(
            process.Texts("args"),
            process.Texts("env"),
            process.Text("cwd"),
            string.Create(CultureInfo.InvariantCulture, $"{user.Number("uid")}:{user.Number("gid")}"),
            [.. user.Member("additionalGids").Items().Select(group => group.GetUInt32())],
            user.Member("umask").ValueKind == JsonValueKind.Number ? Convert.ToString((int)user.Number("umask"), 8).PadLeft(4, '0') : null,
            new ProcessCapabilities(sets.Texts("bounding"), sets.Texts("effective"), sets.Texts("inheritable"), sets.Texts("permitted"), sets.Texts("ambient")),
            process.Member("noNewPrivileges").ValueKind == JsonValueKind.True,
            process.Member("terminal").ValueKind == JsonValueKind.True);
    }
}
