using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;

namespace Cove.Formats.InitData;

/// <summary>
/// Init data of confidential containers (kata-and-containerd §1.3): a TOML document whose digest a guest's report carries as HOST_DATA, with
/// named texts for the guest, one of which is the policy. Read strictly: what is not known is refused, as nobody would enforce it.
/// </summary>
public sealed class InitDataDocument
{
    /// <summary>Most bytes of a document.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of HOST_DATA.</summary>
    public const int HostDataSize = 32;

    private const string Format = "init data";
    private const string Version = "0.1.0";
    private const string PolicyName = "policy.rego";

    private readonly byte[] hostData;

    private InitDataDocument(IReadOnlyDictionary<string, string> data, byte[] hostData) => (Data, this.hostData) = (data, hostData);

    /// <summary>The texts by name, e.g. <c>policy.rego</c>, <c>aa.toml</c>.</summary>
    public IReadOnlyDictionary<string, string> Data { get; }

    /// <summary>What the report of a guest that was launched with it has as HOST_DATA: its digest, the first 32 bytes of a longer one.</summary>
    public ReadOnlyMemory<byte> HostData => hostData;

    /// <summary>The policy.</summary>
    /// <exception cref="MalformedException">It carries none, and an absent policy allows nothing.</exception>
    public string Policy => Data.TryGetValue(PolicyName, out var policy) ? policy : throw new MalformedException(Format, PolicyName, "is missing: an absent policy allows nothing");

    /// <summary>Reads a document.</summary>
    /// <param name="toml">Its bytes exactly as delivered: the digest is over them.</param>
    /// <exception cref="MalformedException">Not such a document; of another version or algorithm; with something in it that is not known.</exception>
    public static InitDataDocument Parse(ReadOnlySpan<byte> toml)
    {
        if (toml.IsEmpty || toml.Length > MaxBytes) throw new MalformedException(Format, "document", $"has {toml.Length} bytes, not 1 to {MaxBytes}");
        var (head, data) = InitDataReader.Read(Decode(toml));
        if (head.GetValueOrDefault("version") is not Version) throw new MalformedException(Format, "version", $"is {head.GetValueOrDefault("version") ?? "missing"}, expected {Version}");
        var digest = head.GetValueOrDefault("algorithm") switch
        {
            "sha256" => SHA256.HashData(toml),
            "sha384" => SHA384.HashData(toml),
            "sha512" => SHA512.HashData(toml),
            var other => throw new MalformedException(Format, "algorithm", $"is {other ?? "missing"}, expected sha256, sha384 or sha512"),
        };
        return new InitDataDocument(data, digest[..HostDataSize]);
    }

    private static string Decode(ReadOnlySpan<byte> toml)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(toml);
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(Format, "document", "is not UTF-8", bad.Index, bad);
        }
    }
}
