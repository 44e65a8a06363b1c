using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.Outcomes;

namespace Cove.Keys.ReleasePolicy;

/// <summary>
/// On what attestation a key may leave its vault: tokens of which authorities, with which claims. Written in the policy grammar of
/// Azure Key Vault; what does not follow it is refused when the key is made, and what cannot be decided denies.
/// </summary>
public sealed class KeyReleasePolicy
{
    /// <summary>Longest JSON text, in bytes.</summary>
    public const int MaximumLength = 64 * 1024;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly bool _all;
    private readonly IReadOnlyList<PolicyAuthority> _authorities;

    private KeyReleasePolicy(bool all, IReadOnlyList<PolicyAuthority> authorities) => (_all, _authorities) = (all, authorities);

    /// <summary>The authorities that it names, in order.</summary>
    public IEnumerable<AuthorityUrl> Authorities => _authorities.Select(a => a.Url);

    /// <summary>Reads a policy.</summary>
    /// <param name="utf8">The JSON text, decoded from the <c>data</c> member.</param>
    /// <exception cref="MalformedException">It does not follow the grammar, or is over its limits.</exception>
    public static KeyReleasePolicy Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, PolicyReader.Format, MaximumLength);
        var (all, authorities) = new PolicyReader().ReadRoot(document.RootElement);
        return new(all, authorities);
    }

    /// <summary>The policy as the services store and echo it: compact, version 1.0.0, booleans as strings, members in the dialect's order.</summary>
    public byte[] ToJson(ReleaseDialect dialect)
    {
        var sorted = dialect == ReleaseDialect.ManagedHsm;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            if (!sorted) writer.WriteString("version", "1.0.0");
            writer.WriteStartArray(_all ? "allOf" : "anyOf");
            foreach (var authority in _authorities) authority.WriteTo(writer, sorted);
            writer.WriteEndArray();
            if (sorted) writer.WriteString("version", "1.0.0");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What these claims of that issuer do not satisfy; empty when the policy holds.</summary>
    internal IReadOnlyList<Finding> Evaluate(string issuer, JsonElement claims)
    {
        var findings = new List<Finding>();
        List<PolicyAuthority> known = AuthorityUrl.TryParse(issuer, out var url) ? [.. _authorities.Where(a => a.Url == url)] : [];
        if (known.Count == 0 || (_all && known.Count < _authorities.Count))
        {
            findings.Add(new("release-authority-not-accepted", "iss", string.Join(_all ? " and " : " or ", Authorities), issuer,
                "Key Vault key release policy grammar"));
            return findings;
        }

        var held = known.Count(a => a.Conditions.Holds(claims, findings));
        return (_all ? held == known.Count : held > 0) ? [] : findings;
    }
}
