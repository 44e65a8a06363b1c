using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Policy.Generation;

/// <summary>The digest that a policy names a seccomp profile by: SHA-256 over one canonical JSON form of it (spec §1.5, §6.5).</summary>
public static class SeccompDigest
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The digest of a profile, 64 lower-case hexadecimal digits; empty for no profile.</summary>
    /// <param name="base64">Base64 of the profile in JSON, as templates carry it; null or empty for none.</param>
    /// <exception cref="MalformedException">Not base64, or not a profile.</exception>
    public static string OfBase64(string? base64) => CanonicalOfBase64(base64) is { } canonical ? Of(canonical) : "";

    /// <summary>The digest of a profile in JSON.</summary>
    /// <exception cref="MalformedException">Not a profile.</exception>
    public static string OfJson(ReadOnlyMemory<byte> json) => Of(Canonical(json));

    /// <summary>The canonical form whose digest a policy names: what a host must send for it to match. Null for no profile.</summary>
    /// <inheritdoc cref="OfBase64"/>
    public static string? CanonicalOfBase64(string? base64)
    {
        if (string.IsNullOrEmpty(base64)) return null;
        try
        {
            return Canonical(Convert.FromBase64String(base64));
        }
        catch (FormatException e)
        {
            throw new MalformedException("seccomp profile", "text", "is not base64", inner: e);
        }
    }

    private static string Of(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    private static string Canonical(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes) throw new MalformedException("seccomp profile", "text", $"is {json.Length} bytes, at most {MaxBytes}");
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new MalformedException("seccomp profile", "text", "is not a JSON object");
            return CompactJson.Write(Profile(document.RootElement), indented: false, sorted: false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new MalformedException("seccomp profile", "text", $"is not a profile: {e.Message}", inner: e);
        }
    }

    // The members in the order of the OCI runtime specification's structure. Those that are always present get their empty values.
    private static Dictionary<string, object?> Profile(JsonElement profile)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal) { ["defaultAction"] = Text(profile, "defaultAction") ?? "" };
        Add(members, "defaultErrnoRet", Number(profile, "defaultErrnoRet"));
        Add(members, "architectures", Texts(profile, "architectures"));
        Add(members, "flags", Texts(profile, "flags"));
        Add(members, "listenerPath", Text(profile, "listenerPath"));
        Add(members, "listenerMetadata", Text(profile, "listenerMetadata"));
        if (profile.TryGetProperty("syscalls", out var syscalls) && syscalls.GetArrayLength() > 0)
            members["syscalls"] = syscalls.EnumerateArray().Select(object? (call) => Syscall(call)).ToList();
        return members;
    }

    private static Dictionary<string, object?> Syscall(JsonElement call)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["names"] = Texts(call, "names") ?? [],
            ["action"] = Text(call, "action") ?? "",
        };
        Add(members, "errnoRet", Number(call, "errnoRet"));
        if (call.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Array && args.GetArrayLength() > 0)
            members["args"] = args.EnumerateArray().Select(object? (arg) => Argument(arg)).ToList();
        return members;
    }

    private static Dictionary<string, object?> Argument(JsonElement arg)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["index"] = Number(arg, "index") ?? 0,
            ["value"] = Number(arg, "value") ?? 0,
        };
        if (Number(arg, "valueTwo") is { } two and not 0) members["valueTwo"] = two;
        members["op"] = Text(arg, "op") ?? "";
        return members;
    }

    private static void Add(Dictionary<string, object?> members, string name, object? value)
    {
        if (value is not (null or "")) members[name] = value;
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static long? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetInt64() : null;

    private static List<object?>? Texts(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && value.GetArrayLength() > 0
            ? [.. value.EnumerateArray().Select(item => item.GetString())]
            : null;
}
