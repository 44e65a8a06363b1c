using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Agent.Containers;

/// <summary>A seccomp profile as policies name it: by SHA-256 of its compact JSON (container-policy §1.5).</summary>
internal static class SeccompProfile
{
    /// <summary>The hash of exactly these bytes, which are also exactly what runc gets.</summary>
    /// <exception cref="MalformedException">They are no JSON object.</exception>
    public static string Hash(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object) throw new MalformedException("seccomp profile", "json", "is not an object");
        }
        catch (JsonException wrong)
        {
            throw new MalformedException("seccomp profile", "json", "cannot be read", wrong.BytePositionInLine, wrong);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }
}
